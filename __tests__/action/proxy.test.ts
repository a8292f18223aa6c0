/**
 * The way through a proxy, to a host that no name server knows: what arrives has come through the proxy. How each proxy
 * is treated is in `unit/http/request.test.ts`; here, that its credentials are nowhere to be read.
 */

import type { Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { certificates, type Fault, type Grant, grants, runFault } from '../support/action.ts'
import { answer } from '../support/faulty-server.ts'
import { type ProxyOptions, reply, startProxy } from '../support/proxy.ts'

const password = 'p@ss:w/o#r%d+é '
const credentials = `proxy-user:${password}`
const encoded = `proxy-user:${encodeURIComponent(password)}`

type Row = Partial<Fault> & { proxy: Omit<ProxyOptions, 'to'>; connects: number; proxyScheme?: 'http' | 'https' }

/** Runs the action with a proxy that wants credentials. Nothing of them is in the log, whatever goes wrong. */
async function runThroughProxy({ proxy: options, connects, proxyScheme = 'http', ...more }: Row, grant?: Grant) {
  // The proxy has to know the server's port, and the step the proxy's: both are known before the step starts.
  const serverPort = Promise.withResolvers<number>()
  const proxy = await startProxy({ to: () => serverPort.promise, ...options })
  const env = { https_proxy: `${proxyScheme}://${encoded}@127.0.0.1:${proxy.port}` }
  const fault: Fault = { answers: given => [given.good], requests: 1, env, ...more }
  const baseUrl = (port: number) => {
    serverPort.resolve(port)
    return `https://${remoteHost}:${port}`
  }
  try {
    const run = await runFault(fault, { scheme: 'https', grant, baseUrl })
    expect(proxy.requests).toHaveLength(connects)
    expect(findLeaks(run.result.log, [credentials, password, encoded, encodeURIComponent(password)])).toEqual([])
    return { ...run, connect: proxy.requests[0] }
  } finally {
    await proxy.close()
  }
}

test.concurrent.each(grants)('with %s, the proxy sees nothing but the host and the port', async grant => {
  const { connect, server, result } = await runThroughProxy({ proxy: { credentials }, connects: 1 }, grant)
  expect(connect).toMatch(new RegExp(`^CONNECT ${remoteHost}:${server.port} HTTP/1\\.1\r\n`))
  expect(connect).not.toMatch(/^authorization|s3cr3t|eyJ/im)
  expect(result.masks).toEqual(expect.arrayContaining([encoded, encodeURIComponent(password)]))
})

const failed = (cause: string) =>
  new RegExp(`^The proxy in https_proxy made no connection \\(${cause}\\): .*no_proxy\\. \\[ERR_PROXY_FAILED\\]$`)
const silent =
  /^The proxy in https_proxy did not answer the request to connect to \S+ \(1 s, 1 attempt\).*ERR_PROXY_SILENT\]$/
const hangUp = (socket: Socket) => void socket.destroy()
const once = { requests: 0, attempts: 1, connects: 1 }
const twice = { attempts: 2, connects: 2 }
const gives503: Fault['answers'] = given => [answer(503), given.good]

test.concurrent.each<[name: string, row: Row]>([
  ['407: not tried again', { ...once, proxy: { credentials: 'another:one' }, error: failed('status 407') }],
  ['502: tried again', { ...twice, proxy: { behaviours: [reply(502)] }, requests: 0, error: failed('status 502') }],
  [
    'hangs up once: tried again',
    { ...twice, proxy: { behaviours: [hangUp, undefined] }, cause: /^proxy: ECONNRESET$/ },
  ],
  ['a server that gives 503: tried again', { ...twice, proxy: {}, answers: gives503, requests: 2 }],
  ['silent', { ...once, proxy: { behaviours: [() => {}] }, inputs: { timeout: '1s', retries: '0' }, error: silent }],
  [
    'spoken to over TLS: an error before any connection, and never a way around it',
    {
      ...once,
      proxy: { tls: certificates.good },
      proxyScheme: 'https',
      connects: 0,
      error: /^https_proxy is not the address/,
    },
  ],
])('%s', async (_name, row) => {
  await runThroughProxy(row)
})
