/** Which way leads to a server, as `https_proxy` and `no_proxy` say. */

import { describe, expect, test } from '@jest/globals'
import { serverAt, serversOf } from '../../../src/http/proxy.ts'
import { rowsOf, saying } from '../../support/rows.ts'

const at = (url: string, value: string, exceptions = '') =>
  serverAt('base-url', url, { variable: 'HTTPS_PROXY', value, exceptions })
const proxyFor = (...of: Parameters<typeof at>) => at(...of).proxy?.url.href

test('a server has its proxy, and is named with it', () => {
  const server = { url: 'https://id.test', input: 'base-url' }
  expect(at(server.url, '')).toEqual({ ...server, name: 'https://id.test', proxy: undefined })
  expect(at(server.url, 'http://user:password@proxy')).toEqual({
    ...server,
    name: 'https://id.test (through the proxy in HTTPS_PROXY)',
    proxy: { url: new URL('http://user:password@proxy'), variable: 'HTTPS_PROXY' },
  })
})

test.each([
  ['', undefined],
  [' HTTP://proxy:3128 ', 'http://proxy:3128/'],
  ['localhost:3128', 'http://localhost:3128/'],
  ['user:p%40ss@proxy:3128', 'http://user:p%40ss@proxy:3128/'],
  ['http://[::1]:3128', 'http://[::1]:3128/'],
])('%j', (value, proxy) => expect(proxyFor('https://id.test', value)).toBe(proxy))

const advice = {
  'write http://host:port, with percent-encoded credentials': [
    ...['socks5://proxy:1080', 'http://', 'http://[', 'http://a b', 'http://a:b c@proxy:x', 'proxy:port', ':::'],
    ...['http://u:%E0%A4@proxy:1', 'http://%E0%A4:p@proxy:1', 'file:///etc', 'http://proxy:99999'],
  ],
  'only white space: remove it.': [' ', '\t'],
  "not supported: ask the proxy's operator for its http:// address": ['https://proxy:3128', 'HTTPS://proxy:3128'],
}
test.each(rowsOf(advice))('%j is an error, and is never gone around: %s', (value, remedy) => {
  expect(() => at('https://id.test', value)).toThrow(/^HTTPS_PROXY (is|contains) /)
  expect(() => at('https://id.test', value)).toThrow(saying('ERR_PROXY_INVALID', remedy))
})

test('loopback never has a proxy, other names do', () => {
  expect(proxyFor('https://127.0.0.1:8443', 'https://not-supported')).toBeUndefined()
  expect(proxyFor('https://localhost.', 'http://proxy')).toBe('http://proxy/')
})

describe('no_proxy', () => {
  test('excuses white space', () => expect(proxyFor('https://id.test', ' ', '*')).toBeUndefined())

  test('does not hide a proxy that cannot be read: the HTTP client reads it, too', () => {
    expect(() => at('https://id.example', 'bad proxy:1', '*.example')).toThrow(
      expect.objectContaining({ code: 'ERR_PROXY_INVALID' }),
    )
  })

  const direct = rowsOf({
    'https://corp.test': ['corp.test', '.corp.test', '*.corp.test', 'corp.test:443'],
    'https://id.corp.test': ['corp.test', '.corp.test', '*.corp.test', 'corp.test.', '*'],
    'https://a.b.corp.test': ['*.corp.test'],
    'https://ID.corp.TEST': ['CORP.test'],
    'https://id.corp.test.': ['corp.test'],
    'https://b.test': ['a.test b.test', 'a.test,\tb.test'],
    'https://corp.test:8443': ['corp.test:8443'],
    'https://10.1.2.3': ['10.1.2.3'],
    'https://[2001:db8::1]': ['[2001:db8::1]', '2001:DB8::1'],
    'https://[2001:db8::1]:8443': ['2001:db8::1', '[2001:db8::1]:8443'],
  })
  const throughProxy = rowsOf({
    'https://corp.test': ['', ', ,', '.', '*.', 'orp.test', 'id.corp.test', 'corp.test:80', 'corp.test:8443'],
    'https://[2001:db8::1]': ['2001:db8::2', '[2001:db8::1]:8443'],
    // The last numbers of an address are not a domain.
    'https://10.1.2.3': ['10.0.0.0/8', '2.3', '.3'],
    'https://id.corp.test.': ['.', '*.'],
  })
  test.each([
    ...direct.map(row => [...row, undefined] as const),
    ...throughProxy.map(row => [...row, 'http://proxy/'] as const),
  ])('%j leads to %s by way of %s', (exceptions, url, proxy) => {
    expect(proxyFor(url, 'http://proxy', exceptions)).toBe(proxy)
  })
})

test('all servers of a run get the way that leads there, and those that are not asked get none', () => {
  const settings = { variable: 'https_proxy', value: 'http://proxy', exceptions: 'ovc.example' }
  const none = { identityServer: { input: 'base-url' }, ovcServer: undefined, aysServer: undefined }
  expect(serversOf({ baseUrl: 'https://id.example', ovcUrl: undefined, aysUrl: undefined }, settings)).toMatchObject(
    none,
  )
  const all = { baseUrl: 'https://id.example', ovcUrl: 'https://ovc.example', aysUrl: 'https://ays.example/api' }
  expect(serversOf(all, settings)).toMatchObject({
    identityServer: { url: 'https://id.example', proxy: { variable: 'https_proxy' } },
    ovcServer: { url: 'https://ovc.example', input: 'ovc-url', proxy: undefined },
    aysServer: { url: 'https://ays.example/api', input: 'ays-url', proxy: { variable: 'https_proxy' } },
  })
})
