/** Who receives the secret is checked, and nothing turns the check off. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { certificates, type Fault, folder, grants, runFault } from '../support/action.ts'
import { startProxy } from '../support/proxy.ts'

/** A failed handshake: no request arrives, and there is exactly one connection. */
function refused(error: RegExp, more: Partial<Fault> = {}): Fault {
  return {
    name: '',
    answers: given => [given.good],
    inputs: { retries: '2' },
    requests: 0,
    attempts: 1,
    error,
    check: ({ server }) => expect(server.connections).toBe(1),
    ...more,
  }
}

const succeeds: Fault = { name: '', answers: given => [given.good], requests: 1 }
const https = { scheme: 'https' } as const

const untrusted =
  /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted \(\w+\): for a private CA set NODE_EXTRA_CA_CERTS to its PEM file/
const useless =
  /^The certificate of \S+ is not trusted \(\w+\): the file in NODE_EXTRA_CA_CERTS contains no PEM certificate that vouches for/

describe.each(grants)('with %s', grant => {
  test.concurrent('a private authority in NODE_EXTRA_CA_CERTS: succeeds', async () => {
    await runFault(succeeds, { ...https, grant })
  })

  test.concurrent('a private authority that is not named: not trusted, and not tried again', async () => {
    await runFault(refused(untrusted), { ...https, grant, trust: false })
  })
})

test.concurrent.each<[certificate: 'selfSigned' | 'expired' | 'otherHost', error: RegExp]>([
  ['selfSigned', untrusted],
  ['expired', /^The certificate of \S+ has expired or is not yet valid \(CERT_HAS_EXPIRED\): have it renewed/],
  ['otherHost', /^The certificate of \S+ is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\): .*"base-url"/],
])('the certificate "%s": an error, and not tried again', async (certificate, error) => {
  await runFault(refused(error), { ...https, certificate, trust: certificate !== 'selfSigned' })
})

// Node itself warns of a file that it cannot read at all, on stderr; these two it reads.
const empty = join(folder, 'empty.pem')
writeFileSync(empty, '')
const another = join(folder, 'another.pem')
writeFileSync(another, certificates.selfSigned.cert)
test.concurrent.each([
  ['has another CA', another],
  ['is empty', empty],
])('a file in NODE_EXTRA_CA_CERTS that %s: says that it does not vouch', async (_name, file) => {
  await runFault(refused(useless, { env: { NODE_EXTRA_CA_CERTS: file } }), { ...https, trust: false })
})

test.concurrent('a server that requires a client certificate: says that it is not supported', async () => {
  const error =
    /requires a client certificate \(ERR_SSL_\w+\), which this action does not support: .*"base-url".*ERR_CLIENT_CERTIFICATE/
  const tlsOptions = { requestCert: true, rejectUnauthorized: true }
  await runFault(refused(error, { check: () => {} }), { ...https, tlsOptions })
})

test.concurrent('a server that speaks plain http: no TLS, and not tried again', async () => {
  await runFault(refused(/^\S+ and this runner could not agree on TLS \((EPROTO|ERR_SSL_\w+)\).*\[ERR_TLS\]/), {
    baseUrl: port => `https://127.0.0.1:${port}`,
    onConnection: socket => socket.once('data', () => socket.end('HTTP/1.1 400 SERVER-TEXT\r\n\r\nSERVER-TEXT')),
  })
})

test.concurrent('a server that never says hello: ends with the time', async () => {
  const error = /did not respond in time \(1 s, 1 attempt\)/
  await runFault(refused(error, { inputs: { retries: '0', timeout: '1s' } }), { ...https, onConnection: () => {} })
})

test.concurrent('a server that hangs up in the handshake: tried again', async () => {
  const fault = refused(/could not be reached \(ECONNRESET\)/, {
    inputs: { retries: '1' },
    attempts: 2,
    cause: /^ECONNRESET$/,
    check: ({ server }) => expect(server.connections).toBe(2),
  })
  await runFault(fault, { ...https, onConnection: socket => socket.once('data', () => socket.destroy()) })
})

describe('NODE_TLS_REJECT_UNAUTHORIZED=0', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const off = /^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: remove it/

  test.concurrent('is an error for a host that is not loopback, before any connection', async () => {
    const proxy = await startProxy({ to: async () => 0 })
    try {
      const fault = refused(off, { env: { ...env, https_proxy: `http://127.0.0.1:${proxy.port}` }, check: () => {} })
      await runFault(fault, { ...https, baseUrl: port => `https://${remoteHost}:${port}` })
      expect(proxy.requests).toEqual([])
    } finally {
      await proxy.close()
    }
  })

  test.concurrent('is allowed on loopback, where no one else can listen', async () => {
    await runFault({ ...succeeds, env }, { ...https, certificate: 'selfSigned', trust: false })
  })
})
