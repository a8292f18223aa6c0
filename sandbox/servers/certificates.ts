/** Certificates made for one run: no key lies in the repository, and none is trusted by anything else. */

import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'

/** A host name that is not loopback, and that no name server knows: only a proxy leads to it (RFC 6761, section 6.4). */
export const remoteHost = 'id.example.test'

/** PEM, and what signs with it. */
type Certificate = {
  key: string
  cert: string
  name: string
  keys: CryptoKeyPair
}

type CertificateOptions = {
  /** DNS names and IPv4 addresses; `localhost` and `127.0.0.1` unless given. The first is the common name. */
  hosts?: readonly string[]
  /** Who signs it; itself unless given. */
  issuer?: Certificate
  /** The length of an RSA key; the key is on the curve P-256 unless given. */
  rsaBits?: number
  /** Whether it is a client's, which is of no use to a server. */
  isOfClient?: boolean
}

export type Certificates = Record<'authority' | 'good' | 'ipv6' | 'selfSigned' | 'otherHost', Certificate>

type CryptoKeyPair = Awaited<ReturnType<typeof generateKeys>>

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) }

function generateKeys(rsaBits?: number) {
  const its = rsaBits ? { ...rsa, modulusLength: rsaBits } : algorithm
  return webcrypto.subtle.generateKey(its, true, ['sign', 'verify'])
}

/** Makes the certificate of a server on loopback. Who trusts it (`NODE_EXTRA_CA_CERTS`) trusts the server. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { hosts = ['localhost', '127.0.0.1'], issuer, rsaBits, isOfClient } = options
  const keys = await generateKeys(rsaBits)
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage
  const name = `CN=${hosts[0]}`
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: name,
      issuer: issuer?.name ?? name,
      notBefore: new Date('2000-01-01T00:00:00Z'),
      // The last that a certificate can say: a test must not depend on the date.
      notAfter: new Date('9999-12-31T23:59:59Z'),
      publicKey: keys.publicKey,
      signingKey: (issuer?.keys ?? keys).privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true),
        new x509.ExtendedKeyUsageExtension([isOfClient ? clientAuth : serverAuth]),
        new x509.SubjectAlternativeNameExtension(hosts.map(host => ({ type: isIP(host) ? 'ip' : 'dns', value: host }))),
      ],
    },
    webcrypto,
  )
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: certificate.toString('pem'), name, keys }
}

export async function makeCertificates(): Promise<Certificates> {
  const authority = await makeCertificate({ hosts: ['ca.example.test'] })
  return {
    authority,
    good: await makeCertificate({ hosts: ['localhost', '127.0.0.1', remoteHost], issuer: authority }),
    ipv6: await makeCertificate({ hosts: ['2001:db8::1'], issuer: authority }),
    selfSigned: await makeCertificate(),
    otherHost: await makeCertificate({ hosts: ['other.example.test'], issuer: authority }),
  }
}
