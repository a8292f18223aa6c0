/** Name look-ups: who is asked, and what a name server that does not answer leads to. No name server is asked here. */

import dns, { type LookupAddress } from 'node:dns'
import { afterAll, beforeEach, expect, jest, test } from '@jest/globals'
import { listen, text } from '../../../sandbox/servers/http.ts'

type Callback = (error: Error | null, address?: LookupAddress[] | string, family?: number) => void

/** Stands in for the name server. */
const ask = jest.fn<(hostname: string, options: object, callback: Callback) => void>()
jest.unstable_mockModule('node:dns', () => ({ ...dns, lookup: ask }))
const { isLookupOpen, lookupWith } = await import('../../../src/http/lookup.ts')
const { send } = await import('../../../src/http/request.ts')

const server = await listen({ record: () => {} }, () => text(200))
afterAll(() => server.close())
beforeEach(() => void ask.mockReset())

const never = new Promise<string>(() => {})
const to = (url: string, proxy?: string, deadline = 3000) => {
  const request = { method: 'GET', url, headers: {}, body: '', limit: 10 } as const
  return send(request, proxy ? { url: new URL(proxy), variable: 'https_proxy' } : undefined, deadline, never)
}
const answers = (...answer: Parameters<Callback>) => ask.mockImplementation((_name, _options, done) => done(...answer))
const fails = (code?: string) => answers(Object.assign(new Error('fails'), { code }))

test('localhost is this machine, with all its addresses or the first, and no name server is asked', async () => {
  const found = (options: object) =>
    new Promise(resolve => lookupWith(() => {})('localhost', options, (...all) => resolve(all)))
  const [ipv4, ipv6] = ['127.0.0.1', '::1'].map((address, at) => ({ address, family: at ? 6 : 4 }))
  expect(await found({ all: true })).toEqual([null, [ipv4, ipv6]])
  expect(await found({})).toEqual([null, '127.0.0.1', 4])
  expect(await to(`http://localhost:${server.port}`)).toMatchObject({ kind: 'answer', status: 200 })
  expect(ask).not.toHaveBeenCalled()
})

test('any other name is looked up as Node does, and is open until there is an answer', () => {
  const [changes, callback] = [jest.fn(), jest.fn()]
  lookupWith(changes)('localhost.', { all: true }, callback)
  expect(ask).toHaveBeenCalledWith('localhost.', { all: true }, expect.any(Function))
  expect(changes.mock.calls).toEqual([[true]])
  expect(isLookupOpen()).toBe(true)

  ask.mock.calls[0]?.[2](null, '192.0.2.1', 4)
  expect(callback.mock.calls).toEqual([[null, '192.0.2.1', 4]])
  expect(changes.mock.calls).toEqual([[true], [false]])
  expect(isLookupOpen()).toBe(false)
})

test('a name is asked for once at a time: a second question would leave the first one open', () => {
  const [first, second] = [jest.fn(), jest.fn()]
  for (const callback of [first, second]) lookupWith(() => {})('id.test', {}, callback)
  expect(ask).toHaveBeenCalledTimes(1)
  ask.mock.calls[0]?.[2](null, '192.0.2.1', 4)
  for (const callback of [first, second]) expect(callback.mock.calls).toEqual([[null, '192.0.2.1', 4]])
  expect(isLookupOpen()).toBe(false)
})

test('a request to a name goes to its address', async () => {
  answers(null, [{ address: '127.0.0.1', family: 4 }])
  expect(await to(`http://id.test:${server.port}`)).toMatchObject({ kind: 'answer', status: 200 })
})

test.each(['http://id.test', 'https://id.test'])('a request to %s, which is not found', async url => {
  fails('ENOTFOUND')
  expect(await to(url)).toMatchObject({ kind: 'network', code: 'ENOTFOUND' })
})

test('a request through a proxy that is not found', async () => {
  fails('ENOTFOUND')
  expect(await to('https://id.test', 'http://proxy.test')).toEqual({ kind: 'proxy-failed', cause: 'ENOTFOUND' })
  expect(ask.mock.calls.map(([name]) => name)).toEqual(['proxy.test'])
})

test('a request whose error has no code', async () => {
  fails()
  expect(await to('http://id.test')).toEqual({ kind: 'network', code: 'UNKNOWN' })
  expect(await to('https://id.test', 'http://proxy.test')).toEqual({ kind: 'proxy-failed', cause: 'UNKNOWN' })
})

test('a request ends in time where no name server answers, and says so', async () => {
  expect(await to('https://id.test', undefined, 20)).toEqual({ kind: 'deadline', of: 'dns' })
  const proxyFailed = { kind: 'proxy-failed', cause: 'no answer from DNS' }
  expect(await to('https://id.test', 'http://proxy.test', 20)).toEqual(proxyFailed)
  expect(isLookupOpen()).toBe(true)
  // Late answers are for no one.
  for (const [, , done] of ask.mock.calls) done(null, [{ address: '127.0.0.1', family: 4 }])
  expect(isLookupOpen()).toBe(false)
})
