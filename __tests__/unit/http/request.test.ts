/** One request on a real socket, in process: each outcome, direct and through a proxy. */

import { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { type Certificates, makeCertificates, remoteHost } from '../../../sandbox/servers/certificates.ts'
import { type Answer, type Outcome, send } from '../../../src/http/request.ts'
import * as faulty from '../../support/faulty-server.ts'
import { type ProxyOptions, reply, startProxy } from '../../support/proxy.ts'

type Behaviour = faulty.Behaviour
const { answer, bytes, bytesThenNothing, bytesThenReset, drip, flood, head, startFaultyServer } = faulty

const certificates = await makeCertificates()
const authorities = getCACertificates('default')
setDefaultCACertificates([...authorities, certificates.authority.cert])
afterAll(() => setDefaultCACertificates(authorities))

const never = new Promise<string>(() => {})
const ask = (url: string, proxy?: string, deadline = 3000, cancelled = never) => {
  const request = { method: 'POST', url, headers: { 'x-mine': 'yes' }, body: 'a=b', limit: 10 } as const
  return send(request, proxy ? { url: new URL(proxy), variable: 'https_proxy' } : undefined, deadline, cancelled)
}

type Way = { scheme?: string; host?: string; certificate?: keyof Certificates; deadline?: number | undefined }

/** Asks a server that behaves so. Whatever comes of it, the connection is closed. */
async function against(behaviour: Behaviour, way: Way = {}, cancelled = never) {
  const { scheme = 'http', host = '127.0.0.1', certificate = 'good', deadline } = way
  let seen: faulty.Exchange | undefined
  const observed: Behaviour = exchange => {
    seen = exchange
    return behaviour(exchange)
  }
  const tls = scheme === 'https' ? certificates[certificate] : undefined
  const server = await startFaultyServer({ behaviours: [observed], tls, host: host.replace(/[[\]]/g, '') })
  try {
    const outcome = await ask(`${scheme}://${host}:${server.port}/x`, undefined, deadline, cancelled)
    for (let look = 0; seen?.isOpen && look < 200; look++) await new Promise(resolve => setTimeout(resolve, 5))
    expect(seen?.isOpen).not.toBe(true)
    return { outcome, port: server.port, request: server.requests[0]?.toLowerCase() ?? '' }
  } finally {
    await server.close()
  }
}

const answered = (status: number, body = '', more: Partial<Answer> = {}): Outcome => {
  return { kind: 'answer', status, body, isWhole: true, mediaType: '', hasChallenge: false, ...more }
}
const cutOff = (body: string) => answered(200, body, { isWhole: false })
const failed = (code: string, words?: string): Outcome => ({ kind: 'network', code, words })
const deadline: Outcome = { kind: 'deadline', of: 'server' }
const lost = failed('ECONNRESET')
const noHttp = expect.objectContaining({ kind: 'network', code: expect.stringMatching(/^HPE_\w+$/) }) as never
const chunked = head(200, { 'transfer-encoding': 'chunked' })
const nine = head(200, { 'content-length': 9 })
const html = { mediaType: 'text/html' }
const kept = `${head(503, { connection: 'keep-alive', 'content-length': 2 })}no`
const upgrade = 'HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'
const hinted = `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${chunked}1\r\na\r\n1\r\nb\r\n0\r\n\r\n`
const twoLengths = 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'

describe.each(['http', 'https'])('over %s', scheme => {
  test.each<[name: string, behaviour: Behaviour, outcome: Outcome]>([
    ['as many bytes as the limit', answer(200, '0123456789'), answered(200, '0123456789')],
    ['one byte too many', answer(200, '0123456789x'), cutOff('0123456789')],
    ['an endless body', flood(head(200, { connection: 'close' })), cutOff('xxxxxxxxxx')],
    ['early hints, and a body in chunks', bytes(hinted), answered(200, 'ab')],
    ['401, whose body is not read', answer(401, 'text'), answered(401)],
    ['404 with an endless body', flood(head(404)), answered(404)],
    ['503 on a connection to be kept', bytesThenNothing(kept), answered(503)],
    ['503 whose body stops', bytesThenNothing(head(503, { 'content-length': 9 })), answered(503)],
    ['a redirect', answer(302, '', { location: '/y' }), answered(302, '', { location: '/y' })],
    ['a wait', answer(503, '', { 'retry-after': '7' }), answered(503, '', { retryAfter: '7' })],
    ['a media type', answer(400, '', { 'content-type': ' Text/HTML ; charset=x' }), answered(400, '', html)],
    ['a login of its own', answer(401, '', { 'www-authenticate': 'Basic' }), answered(401, '', { hasChallenge: true })],
    ["Go's port for TLS", bytes(`HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to`), answered(400)],
    ['a connection that closes', bytes(''), lost],
    ['a reset before the headers', bytesThenReset(''), lost],
    ['an end in the headers', bytes(nine.slice(0, 30)), lost],
    ['a body that ends early', bytes(`${nine}x`), lost],
    ['chunks without an end', bytes(`${chunked}1\r\nx\r\n`), lost],
    [
      'chunks of a wrong size, in the first packet',
      bytes(`${chunked}z\r\nx\r\n`),
      failed('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size'),
    ],
    [
      'chunks of a wrong size, later',
      bytesInTwo(`${chunked}1\r\nx\r\n`, 'z\r\n'),
      failed('HPE_INVALID_CHUNK_SIZE', 'Invalid character in chunk size'),
    ],
    ['a switch to another protocol', bytesThenNothing(upgrade), answered(101)],
    ['another protocol', bytes('220 smtp\r\n'), failed('HPE_INVALID_CONSTANT')],
    ['headers without an end', flood('HTTP/1.1 200 OK\r\nx: '), noHttp],
    ['two lengths for one body', bytes(twoLengths), noHttp],
  ])('%s', async (_name, behaviour, outcome) => {
    expect((await against(behaviour, { scheme })).outcome).toEqual(outcome)
  })

  test.each<[name: string, behaviour: Behaviour]>([
    ['silence', bytesThenNothing('')],
    ['headers and then silence', bytesThenNothing(nine)],
    ['a body that drips', drip(head(200, { 'content-length': 500 }))],
  ])('%s: ends with the deadline', async (_name, behaviour) => {
    expect((await against(behaviour, { scheme, deadline: 200 })).outcome).toEqual(deadline)
  })
})

test.each<[header: string, outcome: Outcome]>([
  ['GZIP', { kind: 'compressed', encoding: 'gzip' }],
  ['gzip,  br', { kind: 'compressed', encoding: 'gzip, br' }],
  ['gzip, mine', { kind: 'compressed', encoding: 'gzip' }],
  ...['UTF-8', 'none', 'binary', 'identity', ''].map((name): [string, Outcome] => [name, answered(200, 'x')]),
])('Content-Encoding: %s', async (header, outcome) => {
  expect((await against(answer(200, 'x', { 'content-encoding': header }))).outcome).toEqual(outcome)
})

test('nothing ends an attempt before its deadline, such as a limit of the HTTP client', async () => {
  const limits = jest.spyOn(ClientRequest.prototype, 'setTimeout')
  await against(answer(200), { deadline: 400_000 })
  expect(Math.min(...limits.mock.calls.map(([milliseconds]) => milliseconds))).toBeGreaterThan(400_000)
})

/** In two packets. */
function bytesInTwo(first: string, second: string): Behaviour {
  return async exchange => {
    await exchange.write(first)
    await new Promise(resolve => setTimeout(resolve, 50))
    await exchange.write(second)
  }
}

/** A server that refuses the handshake with an alert (RFC 8446, section 6). */
const alerting = (number: number) =>
  startFaultyServer({
    behaviours: [],
    onConnection: socket => socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, number]))),
  })

test.each([
  [40, 'ssl/tls alert handshake failure'],
  [49, 'tlsv1 alert access denied'],
  [116, 'tlsv13 alert certificate required'],
  // OpenSSL has no words for it.
  [0, undefined],
])('alert %d is "%s"', async (number, words) => {
  const server = await alerting(number)
  try {
    expect(await ask(`https://127.0.0.1:${server.port}`)).toEqual(failed('EPROTO', words))
  } finally {
    await server.close()
  }
})

test('what is sent', async () => {
  const { request } = await against(answer(200, 'x'))
  expect(request).toMatch(/^post \/x http\/1\.1\r\n/)
  for (const line of ['x-mine: yes', 'accept-encoding: identity', 'user-agent: ovc-jwt-action', 'content-length: 3']) {
    expect(request).toContain(`${line}\r\n`)
  }
  expect(request).toMatch(/\r\n\r\na=b$/)
})

test('a cancellation ends it before the deadline', async () => {
  const cancelled = new Promise<string>(resolve => setTimeout(resolve, 50, 'SIGINT'))
  const { outcome } = await against(bytesThenNothing(''), {}, cancelled)
  expect(outcome).toEqual({ kind: 'cancelled', signal: 'SIGINT' })
})

const hasIPv6 = Object.values(networkInterfaces()).some(all => all?.some(({ address }) => address === '::1'))
const testIPv6 = hasIPv6 ? test : test.skip

testIPv6('an IPv6 address is asked without its brackets', async () => {
  const { outcome, request, port } = await against(answer(200, 'x'), { host: '[::1]' })
  expect(outcome).toMatchObject({ status: 200 })
  expect(request).toContain(`host: [::1]:${port}\r\n`)
})

describe('through a proxy', () => {
  type Through = Way & { options?: Omit<ProxyOptions, 'to'>; proxy?: (port: number) => string; closed?: Promise<void> }

  async function through({ options, proxy, host = remoteHost, certificate = 'good', deadline: time, closed }: Through) {
    const server = await startFaultyServer({ behaviours: [answer(200, 'x')], tls: certificates[certificate] })
    const tunnel = await startProxy({ to: async () => server.port, ...options })
    try {
      const way = proxy?.(tunnel.port) ?? `http://127.0.0.1:${tunnel.port}`
      const outcome = await ask(`https://${host}:${server.port}`, way, time)
      await closed
      return { outcome, connect: tunnel.requests[0] ?? '', request: server.requests[0], port: server.port }
    } finally {
      await tunnel.close()
      await server.close()
    }
  }

  test.each<[name: string, way: Through, authority: string]>([
    ['a name', {}, remoteHost],
    ['an IPv6 address', { host: '[2001:db8::1]', certificate: 'ipv6' }, '[2001:db8::1]'],
    ['a consent that is not 200', { options: { consent: 299 } }, remoteHost],
  ])('%s is reached', async (_name, way, authority) => {
    const { outcome, connect, request, port } = await through(way)
    expect(outcome).toEqual(answered(200, 'x'))
    const target = `${authority}:${port}`
    expect(connect.startsWith(`CONNECT ${target} HTTP/1.1\r\n`)).toBe(true)
    expect(connect.toLowerCase()).toContain(`host: ${target}\r\n`)
    expect(connect.toLowerCase()).toContain('user-agent: ovc-jwt-action\r\n')
    expect(connect).not.toMatch(/proxy-authorization/i)
    expect(request).toMatch(/^POST \/ HTTP\/1\.1\r\n/)
  })

  testIPv6('a proxy at an IPv6 address is reached', async () => {
    const { outcome } = await through({ options: { host: '::1' }, proxy: port => `http://[::1]:${port}` })
    expect(outcome).toMatchObject({ status: 200 })
  })

  test('credentials are decoded', async () => {
    const options = { credentials: 'ü:p@ss' }
    const { outcome } = await through({ options, proxy: port => `http://%C3%BC:p%40ss@127.0.0.1:${port}` })
    expect(outcome).toMatchObject({ status: 200 })
  })

  const behaves = (behaviour: (socket: Socket) => void): Through => ({ options: { behaviours: [behaviour] } })
  const says = (text: string) => behaves(socket => void socket.write(text))
  const proxyFailed = (cause: number | string): Outcome => ({ kind: 'proxy-failed', cause })
  const notTls = failed(expect.stringMatching(/^(EPROTO|ERR_SSL_\w+)$/) as never, 'wrong version number')
  const consent = 'HTTP/1.1 200 OK\r\n\r\n'
  const untrusted = failed('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate')
  test.each<[name: string, way: Through, outcome: Outcome]>([
    ['the certificate of another server', { certificate: 'otherHost' }, failed('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['the certificate of another address', { host: '[2001:db8::1]' }, failed('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['an untrusted certificate', { certificate: 'selfSigned' }, untrusted],
    ['407', behaves(reply(407)), proxyFailed(407)],
    ['302', behaves(reply(302)), proxyFailed(302)],
    ['a connection that closes', behaves(socket => void socket.destroy()), proxyFailed('ECONNRESET')],
    ['another protocol', says('220 smtp\r\n\r\n'), proxyFailed('HPE_INVALID_CONSTANT')],
    ['consent and then silence', { ...says(consent), deadline: 100 }, deadline],
    ['bytes that are not from the server', says(`${consent}GARBAGE`), notTls],
  ])('%s', async (_name, way, outcome) => {
    expect((await through(way)).outcome).toEqual(outcome)
  })

  test('a proxy that is silent is left, and the connection to it is closed', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    const way = behaves(socket => void socket.once('close', () => resolve()).resume())
    expect((await through({ ...way, deadline: 50, closed })).outcome).toEqual({ kind: 'deadline', of: 'proxy' })
  })

  test('a proxy that is down', async () => {
    const { port, close } = await faulty.occupyPort()
    try {
      expect((await through({ proxy: () => `http://127.0.0.1:${port}` })).outcome).toEqual(proxyFailed('ECONNREFUSED'))
    } finally {
      await close()
    }
  })
})
