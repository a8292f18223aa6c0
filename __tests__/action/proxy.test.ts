/** The way through a proxy, to a host that no name server knows: what arrives has come through the proxy. */

import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { certificates, type Fault, type Grant, grants, type Run, runFault, type Setting } from '../support/action.ts'
import { answer, occupyPort } from '../support/faulty-server.ts'
import { type ConnectProxy, type ProxyOptions, reply, startProxy } from '../support/proxy.ts'

type ProxyRow = {
  name: string
  fault?: Partial<Fault>
  options?: Omit<ProxyOptions, 'to'>
  /** The environment, from the proxy's port. */
  env?: (port: number) => Record<string, string>
  setting?: Setting
  /** How many CONNECT requests reach the proxy. */
  connects: number
  check?: (run: Run, proxy: ConnectProxy) => void
}

const password = 'p@ss:w/o#r%d+é '
const credentials = `proxy-user:${password}`
const encoded = `proxy-user:${encodeURIComponent(password)}`

const failed = (cause: string) =>
  new RegExp(`^The proxy in https_proxy made no connection \\(${cause}\\): .*no_proxy\\. \\[ERR_PROXY_FAILED\\]$`)
const silent =
  /^The proxy in https_proxy did not answer the request to connect to \S+ \(1 s, 1 attempt\).*ERR_PROXY_SILENT/
const invalid = /^https_proxy is not the address of an http proxy: write it as http:\/\/host:port/
const notFound = /^The host name of \S+ was not found|could not be reached \(EAI_AGAIN\)/
const notSent = { requests: 0, attempts: 1 }
const once = { timeout: '1s', retries: '0' }
const ipv6 = (port: number) => `https://[2001:db8::1]:${port}`

const answers = (text: string) => (socket: Socket) => void socket.end(text)
const location = 'HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/SERVER-TEXT\r\n\r\n'
const repeated = { requests: 0, attempts: 2, cause: /^proxy: status 502$/, error: failed('status 502') }
const late = { ...notSent, inputs: once, error: /^https:\S+ did not respond in time/ }
const agree = (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n')
const hangUp = (socket: Socket) => void socket.destroy()

const misbehaving: [what: string, ProxyOptions['behaviours'], fault: Partial<Fault>, connects: number][] = [
  ['cannot reach the server: tried again', [reply(502)], repeated, 2],
  ['redirects: not followed, and not tried again', [answers(location)], { ...notSent, error: failed('status 302') }, 1],
  ['hangs up once: tried again', [hangUp, undefined], { attempts: 2, cause: /^proxy: ECONNRESET$/ }, 2],
  ['does not speak HTTP: named', [answers('SERVER-TEXT\r\n\r\n')], { ...notSent, error: failed('HPE_\\w+') }, 1],
  ['never answers: ends with the time', [() => {}], { ...notSent, inputs: once, error: silent }, 1],
  ['agrees and then is silent: ends with the time', [agree], late, 1],
]

const rows: ProxyRow[] = [
  {
    name: 'https_proxy: the request goes through, and the proxy sees nothing but the host and port',
    connects: 1,
    check: ({ server }, proxy) => {
      expect(proxy.requests[0]).toMatch(new RegExp(`^CONNECT ${remoteHost}:${server.port} HTTP/1\\.1\r\n`))
      expect(proxy.requests[0]).not.toMatch(/authorization|s3cr3t|eyJ/i)
    },
  },
  {
    name: 'an IPv6 server: CONNECT has its brackets, and the certificate is checked for its address',
    setting: { certificate: 'ipv6', baseUrl: ipv6 },
    connects: 1,
    check: ({ server }, proxy) => {
      expect(proxy.requests[0]).toMatch(new RegExp(`^CONNECT \\[2001:db8::1\\]:${server.port} HTTP/1\\.1\r\n`))
    },
  },
  {
    name: 'an IPv6 server whose certificate is for another address: says so',
    setting: { baseUrl: ipv6 },
    fault: { ...notSent, error: /is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/ },
    connects: 1,
  },
  {
    name: 'a proxy at an IPv6 address: is used',
    options: { host: '::1' },
    env: port => ({ https_proxy: `http://[::1]:${port}` }),
    connects: 1,
  },
  {
    name: 'credentials with every special character: are decoded for the proxy, and masked in each form',
    options: { credentials },
    env: port => ({ https_proxy: `http://${encoded}@127.0.0.1:${port}` }),
    connects: 1,
    check: ({ result }) => {
      expect(result.masks).toEqual(expect.arrayContaining([encoded, encodeURIComponent(password)]))
    },
  },
  {
    name: 'credentials that the proxy does not like: 407, and not tried again',
    options: { credentials: 'another:one' },
    env: port => ({ https_proxy: `http://${encoded}@127.0.0.1:${port}` }),
    fault: { ...notSent, error: failed('status 407') },
    connects: 1,
  },
  ...misbehaving.map(([what, behaviours, fault, connects]): ProxyRow => {
    return { name: `a proxy that ${what}`, options: { behaviours }, fault, connects }
  }),
  {
    name: 'a server with an untrusted certificate behind a proxy: not trusted, and not tried again',
    setting: { trust: false },
    fault: { ...notSent, error: new RegExp(`^The certificate of https://${remoteHost}:\\d+ is not trusted`) },
    connects: 1,
  },
  {
    name: 'a fault of the server behind a proxy: tried again like any other',
    fault: { answers: given => [answer(503), given.good], requests: 2, cause: /^status 503$/ },
    connects: 2,
  },
  {
    name: 'no_proxy for the domain: the proxy is not used',
    env: port => ({ https_proxy: `http://127.0.0.1:${port}`, no_proxy: 'other.test *.example.test' }),
    fault: { ...notSent, error: notFound, inputs: { retries: '0' } },
    connects: 0,
  },
  { name: 'a server on loopback: no proxy', setting: { baseUrl: port => `https://localhost:${port}` }, connects: 0 },
  {
    name: 'a proxy that cannot be used: an error before any connection, and never a way around it',
    options: { tls: certificates.good },
    env: port => ({ https_proxy: `https://${encoded}@127.0.0.1:${port}` }),
    fault: { ...notSent, error: invalid },
    connects: 0,
  },
]

async function runThroughProxy(row: ProxyRow, grant: Grant = 'app-id and secret'): Promise<void> {
  // The proxy has to know the server's port, and the step the proxy's: both are known before the step starts.
  const serverPort = Promise.withResolvers<number>()
  const proxy = await startProxy({ to: () => serverPort.promise, ...row.options })
  const env = row.env?.(proxy.port) ?? { https_proxy: `http://127.0.0.1:${proxy.port}` }
  const baseUrl = row.setting?.baseUrl ?? ((port: number) => `https://${remoteHost}:${port}`)
  try {
    const fault: Fault = { name: row.name, answers: given => [given.good], requests: 1, ...row.fault, env }
    const told = (port: number) => {
      serverPort.resolve(port)
      return baseUrl(port)
    }
    const run = await runFault(fault, { scheme: 'https', grant, ...row.setting, baseUrl: told })
    expect(proxy.requests).toHaveLength(row.connects)
    // Nothing of the credentials is in the log, not even where the proxy's URL is the fault.
    expect(findLeaks(run.result.log, [credentials, password, encoded, encodeURIComponent(password)])).toEqual([])
    row.check?.(run, proxy)
  } finally {
    await proxy.close()
  }
}

for (const row of rows) test.concurrent(row.name, () => runThroughProxy(row))

describe.each(grants)('with %s', grant => {
  test.concurrent('a proxy is used', () => runThroughProxy({ name: '', connects: 1 }, grant))
})

test.concurrent('a proxy that is down: tried again, then an error that names the proxy', async () => {
  const { port, close } = await occupyPort()
  const env = { https_proxy: `http://${encoded}@127.0.0.1:${port}` }
  const down = { requests: 0, attempts: 2, cause: /^proxy: ECONNREFUSED$/, error: failed('ECONNREFUSED'), env }
  const baseUrl = (its: number) => `https://${remoteHost}:${its}`
  try {
    await runFault({ name: '', answers: given => [given.good], ...down }, { scheme: 'https', baseUrl })
  } finally {
    await close()
  }
})
