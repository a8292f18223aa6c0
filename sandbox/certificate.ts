import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'

export type CertificateOptions = {
  /** DNS names and IPv4 addresses; `localhost` and `127.0.0.1` unless given. The first is the common name. */
  hosts?: string[] | undefined
  /** Whole seconds; the end of the year 9999, the last that a certificate can say, unless given. */
  until?: Date | undefined
  /** Who signs it; itself unless given. */
  issuer?: Certificate | undefined
}

/** PEM, and the name that a certificate which it signs carries as its issuer's. */
export type Certificate = { key: string; cert: string; name: string }

/**
 * Makes the certificate of a server on loopback, so that no private key has to lie in the repository. Unless somebody
 * else is to sign it, it is signed by itself: who trusts it as an authority (`NODE_EXTRA_CA_CERTS`, the `ca` option)
 * trusts the server.
 *
 * @returns a certificate that is valid since 1970
 */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { hosts = ['localhost', '127.0.0.1'], until = new Date(Date.UTC(9999, 11, 31, 23, 59, 59)), issuer } = options
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid.ecdsaWithSha256)
  const name = hosts[0] ?? ''
  // RFC 5280, section 4.1: the fields in this order.
  const certificate = sequence(
    der(0xa0, integer(2)),
    // The serial number: positive, and its own for each certificate of an issuer.
    der(0x02, Buffer.from([1]), randomBytes(8)),
    algorithm,
    commonName(issuer?.name ?? name),
    sequence(time(new Date(0)), time(until)),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        extension(oid.basicConstraints, sequence(boolean(true))),
        extension(oid.subjectAltName, sequence(...hosts.map(alternativeName))),
      ),
    ),
  )
  const signed = sequence(certificate, algorithm, bits(sign('sha256', certificate, issuer?.key ?? privateKey)))
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    name,
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
function time(date: Date): Buffer {
  const digits = `${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid.commonName, der(0x0c, Buffer.from(name)))))
}

/** A DNS name has the tag 2 and an IP address the tag 7 (RFC 5280, section 4.2.1.6). */
function alternativeName(host: string): Buffer {
  return isIPv4(host) ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))
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
