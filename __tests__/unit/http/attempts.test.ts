/** A request, repeated: the time of each attempt, what the log says, and how it ends. */

import dns from 'node:dns'
import { afterAll, afterEach, expect, jest, test } from '@jest/globals'
import { listen, type Reply, text } from '../../../sandbox/servers/http.ts'
import { ask, type Patience, type Surroundings } from '../../../src/http/attempts.ts'

/** What the server answers to the next request, and to those after it. */
const replies: (Reply | Promise<Reply>)[] = []
const server = await listen({ record: () => {} }, async () => (await replies.shift()) ?? text(500))
afterAll(() => server.close())
afterEach(() => {
  jest.restoreAllMocks()
  replies.splice(0)
})

const start = 7000
const silence = new Promise<Reply>(() => {})
const wait = (status: number, seconds: number) => text(status, '', { 'retry-after': `${seconds}` })

/** Asks in a world where time stands still but for the waits. */
function asked(patience: Partial<Patience> = {}, changes: Partial<Surroundings> = {}, url = server.origin) {
  let time = start
  const lines: string[] = []
  const surroundings: Surroundings = {
    now: () => time,
    random: () => 0,
    sleep: async milliseconds => {
      time += milliseconds
    },
    cancelled: new Promise(() => {}),
    log: line => void lines.push(line),
    ...changes,
  }
  const request = { method: 'GET', url: `${url}/x`, headers: {}, body: '', limit: 100 } as const
  const all = { end: start + 60_000, timeout: 60_000, retries: 2, ...patience }
  return { answer: ask(request, { url, input: 'base-url' }, all, surroundings), lines, time: () => time }
}

test('the last answer says after how many attempts', async () => {
  replies.push(text(503), text(503), text(503))
  const { answer, lines, time } = asked()
  expect(await answer).toMatchObject({ kind: 'answer', status: 503, attempts: 3 })
  expect(lines).toEqual([
    'Attempt 1 failed (status 503); trying again in 0.5 s.',
    'Attempt 2 failed (status 503); trying again in 1.0 s.',
  ])
  expect(time()).toBe(start + 1500)
})

test('a repetition that the server asks for uses up none of the others', async () => {
  replies.push(wait(429, 1), wait(429, 1), text(503), text(200, 'body'))
  expect(await asked({ retries: 1 }).answer).toEqual({ kind: 'answer', status: 200, body: 'body\n', attempts: 4 })
})

test('a server that keeps silent', async () => {
  replies.push(silence)
  const { answer } = asked({ end: start + 20, retries: 0 })
  await expect(answer).rejects.toThrow(`${server.origin} did not respond in time (60 s, 1 attempt)`)
})

test('a server that asks for more patience than there is', async () => {
  replies.push(wait(503, 61))
  const says =
    '(status 503) and asks to wait 61 s, but "timeout" leaves 60 s: run the job again later, or raise "timeout".'
  await expect(asked().answer).rejects.toThrow(`${server.origin} is not ready ${says} [ERR_WAIT_TOO_LONG]`)
})

const cancelledBy = (signal: string) => new Promise<string>(resolve => setTimeout(resolve, 20, signal))

test.each([
  ['a wait', text(503), 'SIGTERM'],
  ['an attempt', silence, 'SIGINT'],
])('a cancellation ends %s', async (_what, reply, signal) => {
  replies.push(reply)
  const { answer } = asked({}, { cancelled: cancelledBy(signal), sleep: () => new Promise(() => {}) })
  await expect(answer).rejects.toThrow(`The step was cancelled (${signal})`)
})

test.each([
  [60_000, 5, 10_000],
  [60_000, 0, 60_000],
  [12_000, 5, 5000],
  [3000, 5, 1500],
  [600_000, 10, 54_546],
])('of %d ms with %d repetitions, the first attempt gets %d', async (timeout, retries, expected) => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  replies.push(text(200))
  await asked({ end: start + timeout, retries }).answer
  // The attempt's own timer is the first.
  expect(timers.mock.calls[0]?.[1]).toBe(expected)
})

test('the second attempt gets its share of what is left', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  replies.push(text(503), text(200))
  await asked({ retries: 3 }).answer
  const times = timers.mock.calls.map(([, time]) => time)
  expect(times.filter(time => time === 15_000 || time === 19_834)).toEqual([15_000, 19_834])
})

/** Stands in for the name server: what comes of the next look-up, and of those after it; the last one is repeated. */
function lookups(...results: (Error | null)[]): void {
  const lookup = (_host: string, _options: object, callback: (error: Error | null, found: object[]) => void) => {
    const error = results.length > 1 ? results.shift() : results[0]
    callback(error ?? null, error ? [] : [{ address: '127.0.0.1', family: 4 }])
  }
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as never)
}

const notFound = Object.assign(new Error('none'), { code: 'ENOTFOUND' })

test.each([
  ['https://itsyou.online', '', 4],
  ['https://id.example', '', 2],
  ['https://itsyou.online', 'http://proxy.example', 2],
])('a name that is not found: %s, proxy "%s", %d attempts', async (url, proxy, attempts) => {
  jest.replaceProperty(process, 'env', { https_proxy: proxy })
  lookups(notFound)
  const { answer, lines } = asked({ retries: 3 }, {}, url)
  await expect(answer).rejects.toThrow('ENOTFOUND')
  expect(lines).toHaveLength(attempts - 1)
})

test('another failure before does not count for that', async () => {
  lookups(null, notFound, null)
  replies.push(text(503), text(200))
  const byName = server.origin.replace('127.0.0.1', 'localhost')
  expect(await asked({}, {}, byName).answer).toMatchObject({ status: 200, attempts: 3 })
})

test('an error without a code', async () => {
  lookups(new Error('of no known kind'))
  await expect(asked({ retries: 0 }, {}, 'https://id.example').answer).rejects.toThrow('not be reached (UNKNOWN)')
})
