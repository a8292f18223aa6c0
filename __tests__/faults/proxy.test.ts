import { describe, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner.ts'
import { remoteHost } from '../support/certificates.ts'
import { certificates, type Fault, type Grant, grants, type Run, runFault, type Setting } from '../support/fault-run.ts'
import { answer, occupyPort } from '../support/faulty-server.ts'
import { type ConnectProxy, type ProxyOptions, reply, startProxy } from '../support/proxy.ts'

/** The way through a proxy, to a host that no name server knows: what arrives has come through the proxy. */

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
  new RegExp(
    `^The proxy in https_proxy made no connection \\(${cause}\\): check its address and credentials, or name the server in no_proxy\\.$`,
  )
const invalid =
  /^The proxy in https_proxy is no URL that starts with http:\/\/: write it as http:\/\/host:port, with percent-encoded credentials/
const notSent = { requests: 0, attempts: 1 }

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
    name: 'HTTPS_PROXY in capitals: likewise',
    env: port => ({ HTTPS_PROXY: `http://127.0.0.1:${port}` }),
    connects: 1,
  },
  { name: 'a proxy without a scheme: likewise', env: port => ({ https_proxy: `127.0.0.1:${port}` }), connects: 1 },
  {
    name: 'credentials with every special character: are decoded for the proxy, and masked in each form',
    options: { credentials },
    env: port => ({ https_proxy: `http://${encoded}@127.0.0.1:${port}` }),
    connects: 1,
    check: ({ result }) => {
      expect(result.masks).toEqual(
        expect.arrayContaining([encoded, credentials.trim(), encodeURIComponent(password), password.trim()]),
      )
    },
  },
  {
    // http-client would compare the proxy's certificate with the server's name, and so trust the wrong one.
    name: 'a proxy that is spoken to over TLS: refused before any connection',
    options: { tls: certificates.good },
    env: port => ({ https_proxy: `https://${encoded}@127.0.0.1:${port}` }),
    fault: { ...notSent, error: invalid },
    connects: 0,
  },
  {
    name: 'credentials that the proxy does not like: 407, and not tried again',
    options: { credentials: 'somebody:else' },
    env: port => ({ https_proxy: `http://${encoded}@127.0.0.1:${port}` }),
    fault: { ...notSent, error: failed('status 407') },
    connects: 1,
  },
  {
    name: 'no credentials where the proxy wants some: 407, and not tried again',
    options: { credentials },
    fault: { ...notSent, error: failed('status 407') },
    connects: 1,
  },
  {
    name: 'a proxy that forbids it: 403, and not tried again',
    options: { behaviours: [reply(403)] },
    fault: { ...notSent, error: failed('status 403') },
    connects: 1,
  },
  {
    name: 'a proxy that cannot reach the server: 502, tried again',
    options: { behaviours: [reply(502)] },
    fault: { requests: 0, attempts: 2, cause: /^proxy: status 502$/, error: failed('status 502') },
    connects: 2,
  },
  {
    name: 'a proxy that redirects: not followed, and not tried again',
    options: {
      behaviours: [
        socket => socket.end('HTTP/1.1 302 SERVER-TEXT\r\nlocation: http://127.0.0.1:1/SERVER-TEXT\r\n\r\n'),
      ],
    },
    fault: { ...notSent, error: failed('status 302') },
    connects: 1,
  },
  {
    name: 'a proxy that hangs up once: tried again, and succeeds',
    options: { behaviours: [socket => socket.destroy(), undefined] },
    fault: { attempts: 2, cause: /^proxy: ECONNRESET$/ },
    connects: 2,
  },
  {
    name: 'a proxy that speaks no HTTP: an error that names the proxy, and not tried again',
    options: { behaviours: [socket => socket.end('SERVER-TEXT\r\n\r\n')] },
    fault: { ...notSent, error: failed('UNKNOWN') },
    connects: 1,
  },
  {
    name: 'a proxy that sends more than its consent: an error, since those bytes are not from the server',
    options: { behaviours: [socket => socket.write('HTTP/1.1 200 OK\r\n\r\nSERVER-TEXT')] },
    fault: { requests: 0, attempts: 2, error: /could not be reached \(ECONNRESET\)/ },
    connects: 2,
  },
  {
    name: 'a proxy that never answers: ends with the time, and the step with it',
    options: { behaviours: [() => {}] },
    fault: {
      ...notSent,
      inputs: { timeout: '1s', retries: '0' },
      error: /gave no whole answer in the time that "timeout" leaves each attempt \(1 s for all; attempts: 1\)/,
      check: ({ result }) => expect(result.milliseconds).toBeLessThan(15_000),
    },
    connects: 1,
  },
  {
    name: 'a proxy that never answers at first: the second attempt succeeds within the time',
    options: { behaviours: [() => {}, undefined] },
    fault: { attempts: 2, cause: /^no whole answer in time$/, inputs: { timeout: '3s' } },
    connects: 2,
  },
  {
    name: 'a proxy that consents and then is silent: ends with the time',
    options: { behaviours: [socket => socket.write('HTTP/1.1 200 OK\r\n\r\n')] },
    fault: {
      ...notSent,
      inputs: { timeout: '1s', retries: '0' },
      error: /gave no whole answer in the time that "timeout" leaves/,
    },
    connects: 1,
  },
  {
    name: 'a proxy that answers with headers without an end: an error that names the proxy',
    options: {
      behaviours: [socket => socket.write(`HTTP/1.1 200 OK\r\nx: ${'SERVER-TEXT'.repeat(10_000)}`)],
    },
    fault: { ...notSent, error: failed('UNKNOWN') },
    connects: 1,
  },
  {
    name: 'a server with an untrusted certificate behind a proxy: not trusted, and not tried again',
    setting: { trust: false },
    fault: { ...notSent, error: new RegExp(`^The certificate of https://${remoteHost}:\\d+ is not trusted`) },
    connects: 1,
  },
  {
    name: 'a server with a certificate for another host behind a proxy: says so',
    setting: { certificate: 'otherHost' },
    fault: { ...notSent, error: /is for another host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/ },
    connects: 1,
  },
  {
    name: 'a fault of the server behind a proxy: is told and tried again like any other',
    fault: { answers: given => [answer(503), given.good], requests: 2, cause: /^status 503$/ },
    connects: 2,
  },
  {
    name: 'no_proxy for the server: the proxy is not used',
    env: port => ({ https_proxy: `http://127.0.0.1:${port}`, no_proxy: `other.test, ${remoteHost}` }),
    fault: { ...notSent, error: /could not be reached \((ENOTFOUND|EAI_AGAIN)\)/, inputs: { retries: '0' } },
    connects: 0,
  },
  {
    name: 'NO_PROXY for the domain: the proxy is not used',
    env: port => ({ https_proxy: `http://127.0.0.1:${port}`, NO_PROXY: '.example.test' }),
    fault: { ...notSent, error: /could not be reached \((ENOTFOUND|EAI_AGAIN)\)/, inputs: { retries: '0' } },
    connects: 0,
  },
  {
    name: 'no_proxy for another server: the proxy is used',
    env: port => ({ https_proxy: `http://127.0.0.1:${port}`, no_proxy: 'other.test,ample.test' }),
    connects: 1,
  },
  {
    name: 'a server on loopback: the proxy is not used',
    setting: { baseUrl: port => `https://localhost:${port}` },
    connects: 0,
  },
  {
    name: 'http_proxy alone: is not for https',
    env: port => ({ http_proxy: `http://127.0.0.1:${port}` }),
    fault: { ...notSent, error: /could not be reached \((ENOTFOUND|EAI_AGAIN)\)/, inputs: { retries: '0' } },
    connects: 0,
  },
  ...[
    'localhost:8080',
    `${encoded}@127.0.0.1:1`,
    'http://',
    'http://[',
    'http://a b',
    'http://user:pass word@127.0.0.1:x',
    'socks5://127.0.0.1:1',
    'http://u:%E0%A4@127.0.0.1:1',
    ':::',
    'file:///etc',
  ].map(
    (url): ProxyRow => ({
      name: `${JSON.stringify(url)} as the proxy: an error before any connection`,
      env: () => ({ https_proxy: url }),
      fault: { ...notSent, error: invalid },
      connects: 0,
    }),
  ),
]

async function runThroughProxy(row: ProxyRow, grant: Grant): Promise<void> {
  // The proxy has to know the server's port, and the step the proxy's: both are known before the step starts.
  const serverPort = Promise.withResolvers<number>()
  const proxy = await startProxy({ to: () => serverPort.promise, ...row.options })
  const env = row.env?.(proxy.port) ?? { https_proxy: `http://127.0.0.1:${proxy.port}` }
  try {
    const baseUrl = row.setting?.baseUrl ?? ((port: number) => `https://${remoteHost}:${port}`)
    const run = await runFault(
      { name: row.name, answers: given => [given.good], requests: 1, ...row.fault, env },
      {
        scheme: 'https',
        grant,
        ...row.setting,
        baseUrl: port => {
          serverPort.resolve(port)
          return baseUrl(port)
        },
      },
    )
    expect(proxy.requests).toHaveLength(row.connects)
    // Nothing of the credentials is in the log, not even where the proxy's URL is the fault.
    const { result } = run
    expect(findLeaks(result.log, [credentials, password, encoded, encodeURIComponent(password)])).toEqual([])
    row.check?.(run, proxy)
  } finally {
    await proxy.close()
  }
}

describe.each(grants)('with %s', grant => {
  for (const row of rows) test.concurrent(row.name, () => runThroughProxy(row, grant))

  test.concurrent('a proxy that is down: tried again, then an error that names the proxy', async () => {
    const occupied = await occupyPort()
    try {
      await runFault(
        {
          name: '',
          answers: given => [given.good],
          requests: 0,
          attempts: 3,
          inputs: { retries: '2' },
          env: { https_proxy: `http://${encoded}@127.0.0.1:${occupied.port}` },
          cause: /^proxy: ECONNREFUSED$/,
          error: failed('ECONNREFUSED'),
        },
        { scheme: 'https', grant, baseUrl: port => `https://${remoteHost}:${port}` },
      )
    } finally {
      await occupied.close()
    }
  })
})
