import { describe, expect, test } from '@jest/globals'
import { remoteHost } from '../support/certificates.ts'
import { type Fault, grants, runFault } from '../support/fault-run.ts'
import { startProxy } from '../support/proxy.ts'

/** Who receives the secret is checked, and nothing switches the check off. */

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

const untrusted =
  /^The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted \(\w+\): for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step's "env:"/
const outOfDate =
  /^The certificate of \S+ is out of its dates \(CERT_HAS_EXPIRED\): have it renewed, and check the runner's clock; a private CA goes into NODE_EXTRA_CA_CERTS/
const otherHost =
  /^The certificate of \S+ is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\): put the name that the certificate carries into "base-url"/

describe.each(grants)('with %s', grant => {
  const https = { scheme: 'https', grant } as const

  test.concurrent('a private authority that NODE_EXTRA_CA_CERTS names: succeeds', async () => {
    await runFault(succeeds, https)
  })

  test.concurrent('a private authority that nobody named: not trusted, and not tried again', async () => {
    await runFault(refused(untrusted), { ...https, trust: false })
  })

  test.concurrent('a self-signed certificate: not trusted, whatever authority is named', async () => {
    await runFault(refused(untrusted), { ...https, certificate: 'selfSigned' })
    await runFault(refused(untrusted), { ...https, certificate: 'selfSigned', trust: false })
  })

  test.concurrent('an expired certificate: says so, and is not tried again', async () => {
    await runFault(refused(outOfDate), { ...https, certificate: 'expired' })
  })

  test.concurrent('a certificate for another host: says so, and is not tried again', async () => {
    await runFault(refused(otherHost), { ...https, certificate: 'otherHost' })
  })

  test.concurrent('a server that speaks plain http: no TLS, and not tried again', async () => {
    const baseUrl = (port: number) => `https://127.0.0.1:${port}`
    await runFault(refused(/^\S+ and this runner could not agree on TLS \((EPROTO|ERR_SSL_\w+)\)/), {
      grant,
      baseUrl,
      onConnection: socket => socket.once('data', () => socket.end('HTTP/1.1 400 SERVER-TEXT\r\n\r\nSERVER-TEXT')),
    })
  })

  test.concurrent('a server that never says hello: ends with the time', async () => {
    await runFault(
      refused(/gave no whole answer in the time that "timeout" leaves each attempt \(1 s for all; attempts: 1\)/, {
        inputs: { retries: '0', timeout: '1s' },
      }),
      { ...https, onConnection: () => {} },
    )
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
    const switchedOff =
      /^NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of who receives the secret: remove it, and for a private CA set NODE_EXTRA_CA_CERTS/

    test.concurrent('is an error for a host that is not loopback, before any connection', async () => {
      const proxy = await startProxy({ to: async () => 0 })
      try {
        const https_proxy = `http://127.0.0.1:${proxy.port}`
        const fault = refused(switchedOff, { env: { ...env, https_proxy }, check: () => {} })
        await runFault(fault, { ...https, baseUrl: port => `https://${remoteHost}:${port}` })
        expect(proxy.requests).toEqual([])
      } finally {
        await proxy.close()
      }
    })

    test.concurrent.each(['https://itsyou.online', 'https://127.0.0.1.example.test', 'https://localhost.example.test'])(
      'is an error for %s',
      async url => {
        const fault = refused(switchedOff, { env, check: ({ server }) => expect(server.connections).toBe(0) })
        await runFault(fault, { ...https, baseUrl: () => url })
      },
    )

    test.concurrent('is allowed on loopback, where nobody else can listen', async () => {
      await runFault({ ...succeeds, env }, { ...https, certificate: 'selfSigned', trust: false })
    })
  })
})
