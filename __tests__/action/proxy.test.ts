/**
 * The way through a proxy, to a host that no name server knows: what arrives has come through the proxy. How each proxy
 * is treated is in `unit/http`; here, that its credentials are nowhere to be read.
 */

import { expect, test } from '@jest/globals'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { issues, keyInputs, runAgainst, trust } from '../support/action.ts'
import { answer, type Behaviour } from '../support/faulty-server.ts'
import { type ProxyOptions, startProxy } from '../support/proxy.ts'

const password = 'p@ss:w/o#r%d+é '
const credentials = `proxy-user:${password}`
const encoded = `proxy-user:${encodeURIComponent(password)}`
const secrets = [credentials, password, encoded, encodeURIComponent(password)]

type Way = { proxy: Omit<ProxyOptions, 'to'>; scheme?: string; server?: Behaviour; timeout?: string; variable?: string }

/** Runs the action, once, with the address of a proxy that contains credentials. */
async function runThrough({
  proxy: options,
  scheme = 'http',
  server = issues(),
  timeout = '20s',
  variable = 'https_proxy',
}: Way) {
  // The proxy has to know the server's port, and the step the proxy's: both are known before the step starts.
  const serverPort = Promise.withResolvers<number>()
  const proxy = await startProxy({ to: () => serverPort.promise, ...options })
  try {
    const { run, server: its } = await runAgainst([server], {
      scheme: 'https',
      baseUrl: port => {
        serverPort.resolve(port)
        return `https://${remoteHost}:${port}`
      },
      inputs: { ...keyInputs, retries: '0', timeout },
      env: {
        ...trust,
        HTTPS_PROXY: 'http://127.0.0.1:1',
        [variable]: `${scheme}://${encoded}@127.0.0.1:${proxy.port}`,
      },
      secrets,
    })
    return { run, server: its, connects: proxy.requests }
  } finally {
    await proxy.close()
  }
}

test.concurrent('the proxy learns the host, the port and who asks, and nothing else', async () => {
  const demands = /^user-agent: \S/im
  const { run, server, connects } = await runThrough({ proxy: { credentials, demands } })
  expect(run).toKeepPromises()
  expect(run.exitCode).toBe(0)
  expect(run.masks).toEqual(expect.arrayContaining([encoded, encodeURIComponent(password)]))
  const names = connects.map(head => [...head.matchAll(/^([\w-]+):/gm)].map(([, name]) => name?.toLowerCase()).sort())
  expect(names).toEqual([['connection', 'host', 'proxy-authorization', 'user-agent']])
  expect(connects[0]).toMatch(new RegExp(`^CONNECT ${remoteHost}:${server.port} HTTP/1\\.1\r\n`))
})

test.concurrent('the name of the variable in capitals counts, too, where that in lower case is not set', async () => {
  const { run } = await runThrough({ proxy: { credentials }, variable: 'HTTPS_PROXY' })
  expect(run).toKeepPromises()
  expect(run.exitCode).toBe(0)
})

const refuses = { proxy: { credentials: 'another:one' } }
const isSilent = { proxy: { behaviours: [() => {}] }, timeout: '2s' }
test.concurrent.each<[name: string, way: Way, says: RegExp, connects: number, requests: number]>([
  ['that refuses the credentials', refuses, /^The proxy .* 407\): .*credentials.*\[ERR_PROXY_REFUSED\]$/, 1, 0],
  ['that is silent', isSilent, /^The proxy .* did not answer .*\(\d s, 1 attempt\).*\[ERR_PROXY_SILENT\]$/, 1, 0],
  ['at an https:// address', { proxy: {}, scheme: 'https' }, /^https_proxy .*\[ERR_PROXY_INVALID\]$/, 0, 0],
  ['before a server that fails', { proxy: {}, server: answer(503) }, /\(through .*\[ERR_UNAVAILABLE\]$/, 1, 1],
])('a proxy %s: an error, and never a way around it', async (_name, way, says, connects, requests) => {
  const { run, server, connects: its } = await runThrough(way)
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(says)])
  expect([its.length, server.requests.length]).toEqual([connects, requests])
})
