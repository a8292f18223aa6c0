/** Which way leads to a server, as `https_proxy` and `no_proxy` say. */

import { describe, expect, test } from '@jest/globals'
import { proxyFor } from '../../../src/http/proxy.ts'
import { rowsOf } from '../../support/rows.ts'

const server = 'https://id.corp.test'
const found = (url: string, env: Record<string, string>) => {
  const proxy = proxyFor(url, env)
  return proxy instanceof URL ? proxy.href : proxy
}

test.each<[env: Record<string, string>, proxy: string | undefined]>([
  [{}, undefined],
  [{ https_proxy: '' }, undefined],
  [{ https_proxy: 'http://proxy:3128' }, 'http://proxy:3128/'],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, 'http://proxy:3128/'],
  [{ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' }, 'http://lower/'],
  [{ https_proxy: '', HTTPS_PROXY: 'http://upper' }, 'http://upper/'],
  [{ https_proxy: ' http://proxy:3128 ' }, 'http://proxy:3128/'],
  [{ https_proxy: 'localhost:3128' }, 'http://localhost:3128/'],
  [{ https_proxy: 'user:p%40ss@proxy:3128' }, 'http://user:p%40ss@proxy:3128/'],
  [{ https_proxy: 'http://[::1]:3128' }, 'http://[::1]:3128/'],
  [{ http_proxy: 'http://proxy' }, undefined],
  [{ all_proxy: 'http://proxy' }, undefined],
])('%j', (env, proxy) => expect(found(server, env)).toBe(proxy))

test.each([
  ...['https://proxy:3128', 'socks5://proxy:1080', 'http://', 'http://[', 'http://a b', 'http://a:b c@proxy:x'],
  ...['http://u:%E0%A4@proxy:1', ':::', 'file:///etc', 'proxy:port', 'http://proxy:99999'],
])('%j is not a proxy that can be used, and is never gone around', https_proxy => {
  expect(found(server, { https_proxy })).toBe('invalid')
})

test.each(['https://localhost', 'https://127.0.0.1:8443', 'https://[::1]', 'http://localhost'])(
  '%s is loopback, which never has a proxy',
  url => expect(found(url, { https_proxy: 'http://proxy' })).toBeUndefined(),
)

test('a name that only begins like loopback has one', () => {
  expect(found('https://127.0.0.1.example.org', { https_proxy: 'http://proxy' })).toBe('http://proxy/')
})

describe('no_proxy', () => {
  const direct = rowsOf({
    'https://corp.test': ['corp.test', '.corp.test', '*.corp.test', 'corp.test:443'],
    'https://id.corp.test': ['corp.test', '.corp.test', '*.corp.test', 'corp.test.', '*'],
    'https://a.b.corp.test': ['*.corp.test'],
    'https://ID.corp.TEST': ['CORP.test'],
    'https://id.corp.test.': ['corp.test'],
    'https://b.test': ['a.test b.test', 'a.test,\tb.test'],
    'https://corp.test:8443': ['corp.test:8443'],
    'https://10.1.2.3': ['10.1.2.3'],
    'https://[2001:db8::1]': ['[2001:db8::1]'],
    'https://[2001:db8::1]:8443': ['2001:db8::1', '[2001:db8::1]:8443'],
  })
  const throughProxy = rowsOf({
    'https://corp.test': ['', ', ,', '.', '*.', 'orp.test', 'id.corp.test', 'corp.test:80', 'corp.test:8443'],
    'https://[2001:db8::1]': ['2001:db8::2', '[2001:db8::1]:8443'],
    'https://10.1.2.3': ['10.0.0.0/8'],
  })
  test.each([
    ...direct.map(row => [...row, undefined] as const),
    ...throughProxy.map(row => [...row, 'http://proxy/'] as const),
  ])('%j leads to %s by way of %s', (noProxy, url, proxy) => {
    for (const name of ['no_proxy', 'NO_PROXY']) {
      expect(found(url, { https_proxy: 'http://proxy', [name]: noProxy })).toBe(proxy)
    }
  })

  test('in lower case wins', () => {
    const env = { https_proxy: 'http://proxy', no_proxy: 'a.test', NO_PROXY: 'corp.test' }
    expect(found('https://corp.test', env)).toBe('http://proxy/')
  })
})
