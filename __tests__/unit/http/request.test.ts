/** One request on a real socket, in process: each outcome, direct and through a proxy. */

import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Certificates, makeCertificates, remoteHost } from '../../../sandbox/servers/certificates.ts'
import { type Outcome, send } from '../../../src/http/request.ts'
import {
  answer,
  type Behaviour,
  bytes,
  bytesThenNothing,
  type FaultyServer,
  head,
  occupyPort,
  startFaultyServer,
} from '../../support/faulty-server.ts'
import { type ConnectProxy, type ProxyOptions, reply, startProxy } from '../../support/proxy.ts'

let certificates: Certificates
const authorities = getCACertificates('default')
const { env } = process
const proxyNames = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY']
beforeAll(async () => {
  certificates = await makeCertificates()
  setDefaultCACertificates([...authorities, certificates.authority.cert])
})
afterEach(() => {
  for (const name of proxyNames) delete env[name]
})
afterAll(() => setDefaultCACertificates(authorities))

const never = new Promise<string>(() => {})
const ask = (url: string, deadline = 5000, cancelled = never) =>
  send({ method: 'POST', url, headers: { 'x-mine': 'yes' }, body: 'a=b', limit: 10 }, deadline, cancelled)

/** Asks a server that behaves so, and closes it. */
async function against(
  behaviour: Behaviour,
  deadline?: number,
  cancelled?: Promise<string>,
): Promise<{ outcome: Outcome; server: FaultyServer }> {
  const server = await startFaultyServer({ behaviours: [behaviour] })
  try {
    return { outcome: await ask(`http://127.0.0.1:${server.port}/x`, deadline, cancelled), server }
  } finally {
    await server.close()
  }
}

test('what is sent, and what comes back', async () => {
  const { outcome, server } = await against(answer(200, '0123456789'))
  expect(outcome).toEqual({ kind: 'answer', status: 200, body: '0123456789' })
  expect(server.requests[0]).toMatch(/^POST \/x HTTP\/1\.1\r\n/)
  for (const line of ['x-mine: yes', 'accept-encoding: identity', 'user-agent: ovc-jwt-action', 'content-length: 3']) {
    expect(server.requests[0]?.toLowerCase()).toContain(`${line}\r\n`)
  }
  expect(server.requests[0]).toMatch(/\r\n\r\na=b$/)
})

test.each<[name: string, behaviour: Behaviour, outcome: Outcome]>([
  ['one byte too many', answer(200, '0123456789x'), { kind: 'too-large' }],
  ['401, whose body is not read', answer(401, 'text'), { kind: 'answer', status: 401, body: '' }],
  ['a redirect', answer(302, '', { location: '/y' }), { kind: 'answer', status: 302, body: '', location: '/y' }],
  ['a wait', answer(503, '', { 'retry-after': '7' }), { kind: 'answer', status: 503, body: '', retryAfter: '7' }],
  ['gzip', answer(200, 'x', { 'content-encoding': 'GZIP' }), { kind: 'compressed', encoding: 'gzip' }],
  [
    'two encodings',
    answer(200, 'x', { 'content-encoding': 'gzip,  br' }),
    { kind: 'compressed', encoding: 'gzip, br' },
  ],
  [
    'an encoding of its own',
    answer(200, 'x', { 'content-encoding': 'gzip, mine' }),
    { kind: 'compressed', encoding: 'unknown' },
  ],
  ['identity', answer(200, 'x', { 'content-encoding': 'Identity' }), { kind: 'answer', status: 200, body: 'x' }],
  ['an empty encoding', answer(200, 'x', { 'content-encoding': '' }), { kind: 'answer', status: 200, body: 'x' }],
  ['a connection that closes', bytes(''), { kind: 'network', code: 'ECONNRESET' }],
  ['a body that ends early', bytes(`${head(200, { 'content-length': 9 })}x`), { kind: 'network', code: 'ECONNRESET' }],
  ['another protocol', bytes('220 smtp\r\n'), { kind: 'network', code: 'HPE_INVALID_CONSTANT' }],
])('%s', async (_name, behaviour, outcome) => {
  expect((await against(behaviour)).outcome).toEqual(outcome)
})

test('silence ends with the deadline, and a cancellation before it', async () => {
  expect((await against(bytesThenNothing(''), 50)).outcome).toEqual({ kind: 'deadline' })
  const cancelled = new Promise<string>(resolve => setTimeout(resolve, 50, 'SIGINT'))
  expect((await against(bytesThenNothing(''), 5000, cancelled)).outcome).toEqual({
    kind: 'cancelled',
    signal: 'SIGINT',
  })
})

test('an IPv6 address is asked without its brackets', async () => {
  const server = await startFaultyServer({ behaviours: [answer(200, 'x')], host: '::1' })
  try {
    expect(await ask(`http://[::1]:${server.port}`)).toMatchObject({ status: 200 })
    expect(server.requests[0]?.toLowerCase()).toContain(`host: [::1]:${server.port}\r\n`)
  } finally {
    await server.close()
  }
})

describe('through a proxy', () => {
  type Way = {
    options?: Omit<ProxyOptions, 'to'>
    proxy?: (port: number) => string
    host?: string
    certificate?: keyof Certificates
    deadline?: number
  }
  async function through({
    options,
    proxy = port => `http://127.0.0.1:${port}`,
    host = remoteHost,
    certificate = 'good',
    deadline,
  }: Way) {
    const server = await startFaultyServer({ behaviours: [answer(200, 'x')], tls: certificates[certificate] })
    const tunnel: ConnectProxy = await startProxy({ to: async () => server.port, ...options })
    try {
      env['https_proxy'] = proxy(tunnel.port)
      return { outcome: await ask(`https://${host}:${server.port}`, deadline), proxy: tunnel, server }
    } finally {
      await tunnel.close()
      await server.close()
    }
  }

  test.each<[name: string, way: Way, authority: string]>([
    ['a name', {}, remoteHost],
    ['an IPv6 address', { host: '[2001:db8::1]', certificate: 'ipv6' }, '[2001:db8::1]'],
    ['a proxy at an IPv6 address', { options: { host: '::1' }, proxy: port => `http://[::1]:${port}` }, remoteHost],
    ['a consent that is not 200', { options: { consent: 204 } }, remoteHost],
  ])('%s is reached', async (_name, way, authority) => {
    const { outcome, proxy, server } = await through(way)
    expect(outcome).toEqual({ kind: 'answer', status: 200, body: 'x' })
    const target = `${authority}:${server.port}`
    expect(proxy.requests[0]).toMatch(new RegExp(`^CONNECT ${target.replaceAll(/[[\]]/g, '\\$&')} HTTP/1\\.1\r\n`))
    expect(proxy.requests[0]?.toLowerCase()).toContain(`host: ${target}\r\n`)
    expect(proxy.requests[0]).not.toMatch(/proxy-authorization/i)
    expect(server.requests[0]).toMatch(/^POST \/ HTTP\/1\.1\r\n/)
  })

  test('credentials are decoded', async () => {
    const { outcome } = await through({
      options: { credentials: 'ü:p@ss' },
      proxy: port => `http://%C3%BC:p%40ss@127.0.0.1:${port}`,
    })
    expect(outcome).toMatchObject({ status: 200 })
  })

  test('the certificate is checked for the name of the server', async () => {
    expect((await through({ certificate: 'otherHost' })).outcome).toEqual({
      kind: 'network',
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })

  test.each<[name: string, way: Way, outcome: Outcome]>([
    ['407', { options: { behaviours: [reply(407)] } }, { kind: 'proxy-failed', cause: 407 }],
    ['302', { options: { behaviours: [reply(302)] } }, { kind: 'proxy-failed', cause: 302 }],
    [
      'a connection that closes',
      { options: { behaviours: [socket => socket.destroy()] } },
      { kind: 'proxy-failed', cause: 'ECONNRESET' },
    ],
    ['silence', { options: { behaviours: [() => {}] }, deadline: 50 }, { kind: 'proxy-silent' }],
    [
      'consent and then silence',
      { options: { behaviours: [socket => socket.write('HTTP/1.1 200 OK\r\n\r\n')] }, deadline: 100 },
      { kind: 'deadline' },
    ],
    [
      'bytes that are not from the server',
      { options: { behaviours: [socket => socket.write('HTTP/1.1 200 OK\r\n\r\nGARBAGE')] } },
      { kind: 'network', code: expect.stringMatching(/^(EPROTO|ERR_SSL_\w+)$/) as never },
    ],
    ['an address that is not a proxy', { proxy: () => 'socks5://127.0.0.1:1' }, { kind: 'proxy-invalid' }],
  ])('%s', async (_name, way, outcome) => {
    expect((await through(way)).outcome).toEqual(outcome)
  })

  test('a proxy that is down', async () => {
    const { port, close } = await occupyPort()
    try {
      expect((await through({ proxy: () => `http://127.0.0.1:${port}` })).outcome).toEqual({
        kind: 'proxy-failed',
        cause: 'ECONNREFUSED',
      })
    } finally {
      await close()
    }
  })
})
