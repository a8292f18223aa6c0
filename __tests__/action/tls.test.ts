/** Faults of a TLS handshake, with a real server: the words in each error are OpenSSL's. */

import { expect, test } from '@jest/globals'
import { makeCertificate } from '../../sandbox/servers/certificates.ts'
import { certificates, issues, keyInputs, runAgainst, trust } from '../support/action.ts'

// Certificates of the CA that the steps trust, which are of no use to a server.
const issuer = certificates.authority
const weak = await makeCertificate({ hosts: ['127.0.0.1'], issuer, rsaBits: 1024 })
const ofClient = await makeCertificate({ hosts: ['127.0.0.1'], issuer, isOfClient: true })
const requiresCertificate = { requestCert: true, rejectUnauthorized: true }
const plainHttp = 'HTTP/1.1 400 SERVER-TEXT\r\n\r\nSERVER-TEXT'

const weakCiphers = { ciphers: 'DEFAULT:@SECLEVEL=0' }
const isWeak = /\(EE certificate key too weak, \w+\)(?!.*NODE_EXTRA_CA_CERTS).*\[ERR_CERTIFICATE_INVALID\]$/
const isUnfit = /\(un\w+ certificate purpose, INVALID_PURPOSE\)(?!.*NODE_EXTRA_CA_CERTS).*\[ERR_CERTIFICATE_INVALID\]$/
const isRequired = /client certificate \(tlsv13 alert certificate required, \w+\).*\[ERR_CLIENT_CERTIFICATE\]$/
const threeCauses = /alert handshake failure, \S+\).* cipher .* curve .* client certificate.*\[ERR_TLS\]$/

type Setting = Parameters<typeof runAgainst>[1] & object
const answersPlainHttp: Setting['onConnection'] = socket => socket.once('data', () => socket.end(plainHttp))
test.concurrent.each<[name: string, says: RegExp, setting: Setting]>([
  ['a private CA that the step does not trust', /NODE_EXTRA_CA_CERTS .*\[ERR_CERTIFICATE_UNTRUSTED\]$/, { env: {} }],
  ['a CA that is not the one in NODE_EXTRA_CA_CERTS', /_EXTRA_CA\]$/, { certificate: certificates.selfSigned }],
  ['RSA with 1024 bits, from a trusted CA', isWeak, { certificate: weak, tlsOptions: weakCiphers }],
  ['the certificate of a client, from a trusted CA', isUnfit, { certificate: ofClient }],
  ['a client certificate is required over TLS 1.3', isRequired, { tlsOptions: requiresCertificate }],
  [
    'a client certificate is required over TLS 1.2: one alert, and the three causes that it can have',
    threeCauses,
    { tlsOptions: { ...requiresCertificate, maxVersion: 'TLSv1.2' } },
  ],
  ['plain http', /does not speak https.* port in "base-url".*\[ERR_TLS\]$/, { onConnection: answersPlainHttp }],
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
  expect(run.errors).toEqual([expect.stringMatching(/\(\d s, 1 attempt\).*\[ERR_TIMEOUT\]$/)])
})

test.concurrent('NODE_TLS_REJECT_UNAUTHORIZED=0 is allowed on loopback, where no one else can listen', async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const setting = { scheme: 'https', certificate: certificates.selfSigned, env } as const
  const { run } = await runAgainst([issues()], setting)
  expect(run).toKeepPromises()
  expect(run.exitCode).toBe(0)
})
