/** Faults of a TLS handshake, with a real server: the words in each error are OpenSSL's. */

import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { expect, test } from '@jest/globals'
import * as x509 from '@peculiar/x509'
import { certificates, issues, keyInputs, runAgainst, trust } from '../support/action.ts'

const ec = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const exponent = new Uint8Array([1, 0, 1])
const weakRsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: exponent }

/** A certificate of the CA that the steps trust, which is of no use to a server. */
async function unfit(algorithm: typeof ec | typeof weakRsa, purpose: x509.ExtendedKeyUsage) {
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const cert = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=127.0.0.1',
      issuer: certificates.authority.name,
      notBefore: new Date('2000-01-01T00:00:00Z'),
      notAfter: new Date('9999-12-31T23:59:59Z'),
      publicKey,
      signingKey: certificates.authority.keys.privateKey,
      signingAlgorithm: ec,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
        new x509.ExtendedKeyUsageExtension([purpose]),
      ],
    },
    webcrypto,
  )
  const key = await webcrypto.subtle.exportKey('pkcs8', privateKey)
  return { cert: cert.toString('pem'), key: x509.PemConverter.encode(key, 'PRIVATE KEY') }
}

const weak = await unfit(weakRsa, x509.ExtendedKeyUsage.serverAuth)
const forClients = await unfit(ec, x509.ExtendedKeyUsage.clientAuth)
const requiresCertificate = { requestCert: true, rejectUnauthorized: true }
const plainHttp = 'HTTP/1.1 400 SERVER-TEXT\r\n\r\nSERVER-TEXT'

test.concurrent.each<[name: string, says: RegExp, setting: Parameters<typeof runAgainst>[1]]>([
  [
    'a private CA that the step does not trust',
    /private CA.* NODE_EXTRA_CA_CERTS .*\[ERR_CERTIFICATE_UNTRUSTED\]$/,
    { env: {} },
  ],
  [
    'a CA that is not the one in NODE_EXTRA_CA_CERTS',
    /although NODE_EXTRA_CA_CERTS is set.*\[ERR_CERTIFICATE_EXTRA_CA\]$/,
    { certificate: certificates.selfSigned },
  ],
  [
    'RSA with 1024 bits, from a trusted CA',
    /\(EE certificate key too weak, \w+\)(?!.*NODE_EXTRA_CA_CERTS).*\[ERR_CERTIFICATE_INVALID\]$/,
    { certificate: weak, tlsOptions: { ciphers: 'DEFAULT:@SECLEVEL=0' } },
  ],
  [
    'the certificate of a client, from a trusted CA',
    /\(un\w+ certificate purpose, INVALID_PURPOSE\)(?!.*NODE_EXTRA_CA_CERTS).*\[ERR_CERTIFICATE_INVALID\]$/,
    { certificate: forClients },
  ],
  [
    'a client certificate is required over TLS 1.3',
    /requires a client certificate \(tlsv13 alert certificate required, (EPROTO|ERR_SSL_\w+)\).*\[ERR_CLIENT_CERTIFICATE\]$/,
    { tlsOptions: requiresCertificate },
  ],
  [
    'a client certificate is required over TLS 1.2: one alert, and the three causes that it can have',
    /alert handshake failure, (EPROTO|ERR_SSL_\S+)\).* cipher .* curve .* client certificate.*\[ERR_TLS\]$/,
    { tlsOptions: { ...requiresCertificate, maxVersion: 'TLSv1.2' } },
  ],
  [
    'plain http at an https address',
    /does not speak https.* port in "base-url".*\[ERR_TLS\]$/,
    { onConnection: socket => socket.once('data', () => socket.end(plainHttp)) },
  ],
])('%s', async (_name, says, setting) => {
  const { run, server } = await runAgainst([issues()], { scheme: 'https', env: trust, ...setting })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(says)])
  expect(server).toMatchObject({ requests: [], connections: 1 })
})

test.concurrent('a server that never says hello: ends with the time', async () => {
  const inputs = { ...keyInputs, retries: '0', timeout: '1s' }
  const { run } = await runAgainst([], { scheme: 'https', env: trust, onConnection: () => {}, inputs })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/\(1 s, 1 attempt\).*\[ERR_TIMEOUT\]$/)])
})

test.concurrent('NODE_TLS_REJECT_UNAUTHORIZED=0 is allowed on loopback, where no one else can listen', async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const setting = { scheme: 'https', certificate: certificates.selfSigned, env } as const
  const { run } = await runAgainst([issues()], setting)
  expect(run).toKeepPromises()
  expect(run.exitCode).toBe(0)
})
