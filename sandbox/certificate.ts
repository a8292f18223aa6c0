import { generateKeyPairSync, sign } from 'node:crypto'

/**
 * Makes the certificate of a server on loopback, so that no private key has to lie in the repository. It is signed by
 * itself: who trusts it as an authority (`NODE_EXTRA_CA_CERTS`, the `ca` option) trusts the server.
 *
 * @returns PEM, for the host names `127.0.0.1` and `localhost`, valid whatever the clock says
 */
export function makeCertificate(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid.ecdsaWithSha256)
  const name = sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from('localhost')))))
  // RFC 5280, section 4.1: the fields in this order.
  const certificate = sequence(
    der(0xa0, integer(2)),
    integer(1),
    algorithm,
    name,
    sequence(utcTime('700101000000Z'), generalizedTime('99991231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension(oid.basicConstraints, sequence(boolean(true))), extension(oid.subjectAltName, names))),
  )
  const signed = sequence(certificate, algorithm, bits(sign('sha256', certificate, privateKey)))
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}

/** One value of the Distinguished Encoding Rules (X.690): tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.from([value]))
}

function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]))
}

/** RFC 5280, section 4.1.2.5: years before 2050 are written with two digits, later ones with four. */
function utcTime(value: string): Buffer {
  return der(0x17, Buffer.from(value))
}

function generalizedTime(value: string): Buffer {
  return der(0x18, Buffer.from(value))
}

/** A bit string of whole bytes. */
function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), content)
}

function extension(identifier: Buffer, value: Buffer): Buffer {
  return sequence(identifier, der(0x04, value))
}

/** Object identifiers, encoded. */
const oid = {
  /** 1.2.840.10045.4.3.2 */
  ecdsaWithSha256: Buffer.from('06082a8648ce3d040302', 'hex'),
  /** 2.5.4.3 */
  commonName: Buffer.from('0603550403', 'hex'),
  /** 2.5.29.19 */
  basicConstraints: Buffer.from('0603551d13', 'hex'),
  /** 2.5.29.17 */
  subjectAltName: Buffer.from('0603551d11', 'hex'),
}

/** A DNS name has the tag 2 and an IP address the tag 7 (RFC 5280, section 4.2.1.6). */
const names = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))
