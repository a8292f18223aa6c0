/** Which way leads to a server, as `https_proxy` and `no_proxy` say. */

import { describe, expect, test } from '@jest/globals'
import { proxyFor } from '../../../src/http/proxy.ts'

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
  [{ https_proxy: '127.0.0.1:3128' }, 'http://127.0.0.1:3128/'],
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

describe('loopback never has a proxy', () => {
  const env = { https_proxy: 'http://proxy' }
  test.each(['https://localhost', 'https://127.0.0.1:8443', 'https://127.9.9.9', 'https://[::1]', 'http://localhost'])(
    '%s',
    url => {
      expect(found(url, env)).toBeUndefined()
    },
  )

  test.each(['https://127.0.0.1.example.org', 'https://localhost.example.org', 'https://127.example', 'https://[::2]'])(
    'but %s only begins like it',
    url => expect(found(url, env)).toBe('http://proxy/'),
  )
})

describe('no_proxy', () => {
  test.each<[noProxy: string, url: string, isDirect: boolean]>([
    ['corp.test', 'https://id.corp.test', true],
    ['corp.test', 'https://corp.test', true],
    ['.corp.test', 'https://corp.test', true],
    ['.corp.test', 'https://id.corp.test', true],
    ['*.corp.test', 'https://id.corp.test', true],
    ['*.corp.test', 'https://corp.test', true],
    ['*.corp.test', 'https://a.b.corp.test', true],
    ['CORP.test', 'https://ID.corp.TEST', true],
    ['corp.test.', 'https://id.corp.test', true],
    ['corp.test', 'https://id.corp.test.', true],
    ['a.test b.test', 'https://b.test', true],
    ['a.test,\tb.test', 'https://b.test', true],
    ['*', 'https://id.corp.test', true],
    ['corp.test:443', 'https://corp.test', true],
    ['corp.test:8443', 'https://corp.test:8443', true],
    ['corp.test:8443', 'https://corp.test', false],
    ['corp.test:80', 'https://corp.test', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['2001:db8::1', 'https://[2001:db8::1]:8443', true],
    ['[2001:db8::1]', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443', true],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]', false],
    ['2001:db8::2', 'https://[2001:db8::1]', false],
    ['orp.test', 'https://corp.test', false],
    ['id.corp.test', 'https://corp.test', false],
    ['10.0.0.0/8', 'https://10.1.2.3', false],
    [', ,', 'https://corp.test', false],
    ['.', 'https://corp.test', false],
    ['*.', 'https://corp.test', false],
    ['', 'https://corp.test', false],
  ])('%j for %s: direct is %s', (noProxy, url, isDirect) => {
    for (const name of ['no_proxy', 'NO_PROXY']) {
      expect(found(url, { https_proxy: 'http://proxy', [name]: noProxy }) === undefined).toBe(isDirect)
    }
  })

  test('in lower case wins', () => {
    const env = { https_proxy: 'http://proxy', no_proxy: 'a.test', NO_PROXY: 'corp.test' }
    expect(found('https://corp.test', env)).toBe('http://proxy/')
  })
})
