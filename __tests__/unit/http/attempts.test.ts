/** A request, repeated: the time of each attempt, what the log says, and how it ends. */

import { afterEach, expect, jest, test } from '@jest/globals'
import { ask, type Patience, type Surroundings } from '../../../src/http/attempts.ts'
import { useNock } from '../../support/network.ts'

const nock = useNock()
afterEach(() => void jest.restoreAllMocks())

const start = 7000
const get = (url = 'https://id.example') => nock(url).get('/x')

/** Asks in a world where time stands still but for the waits. */
function asked(patience: Partial<Patience> = {}, changes: Partial<Surroundings> = {}, url = 'https://id.example') {
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
  get().times(3).reply(503)
  const { answer, lines, time } = asked()
  expect(await answer).toMatchObject({ kind: 'answer', status: 503, attempts: 3 })
  expect(lines).toEqual([
    'Attempt 1 failed (status 503); trying again in 0.5 s.',
    'Attempt 2 failed (status 503); trying again in 1.0 s.',
  ])
  expect(time()).toBe(start + 1500)
})

test('a repetition that the server asks for uses up none of the others', async () => {
  get().times(2).reply(429, '', { 'retry-after': '1' })
  get().reply(503)
  get().reply(200, 'body')
  expect(await asked({ retries: 1 }).answer).toEqual({ kind: 'answer', status: 200, body: 'body', attempts: 4 })
})

test('a server that keeps silent', async () => {
  get().delay(10_000).reply(200)
  const { answer } = asked({ end: start + 20, retries: 0 })
  await expect(answer).rejects.toThrow('https://id.example did not respond in time (60 s, 1 attempt)')
})

test('an error without a code', async () => {
  get().replyWithError('of no known kind')
  await expect(asked({ retries: 0 }).answer).rejects.toThrow('could not be reached (UNKNOWN)')
})

test('a server that asks for more patience than there is', async () => {
  get().reply(503, '', { 'retry-after': '61' })
  const says =
    '(status 503) and asks to wait 61 s, but "timeout" leaves 60 s: run the job again later, or raise "timeout".'
  await expect(asked().answer).rejects.toThrow(`https://id.example is not ready ${says} [ERR_WAIT_TOO_LONG]`)
})

const cancelledBy = (signal: string) => new Promise<string>(resolve => setTimeout(resolve, 20, signal))

test('a cancellation ends a wait', async () => {
  get().reply(503)
  const { answer } = asked({}, { cancelled: cancelledBy('SIGTERM'), sleep: () => new Promise(() => {}) })
  await expect(answer).rejects.toThrow('The step was cancelled (SIGTERM)')
})

test('a cancellation ends an attempt', async () => {
  get().delay(10_000).reply(200)
  await expect(asked({}, { cancelled: cancelledBy('SIGINT') }).answer).rejects.toThrow(
    'The step was cancelled (SIGINT)',
  )
})

test.each([
  [60_000, 5, 10_000],
  [60_000, 0, 60_000],
  [12_000, 5, 5000],
  [3000, 5, 1500],
  [600_000, 10, 54_546],
])('of %d ms with %d repetitions, the first attempt gets %d', async (timeout, retries, expected) => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  get().reply(200)
  await asked({ end: start + timeout, retries }).answer
  // The attempt's own timer is the first.
  expect(timers.mock.calls[0]?.[1]).toBe(expected)
})

test('the second attempt gets its share of what is left', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  get().reply(503)
  get().reply(200)
  await asked({ retries: 3 }).answer
  const times = timers.mock.calls.map(([, time]) => time)
  expect(times.filter(time => time === 15_000 || time === 19_834)).toEqual([15_000, 19_834])
})

const notFound = Object.assign(new Error('none'), { code: 'ENOTFOUND' })

test.each([
  ['https://itsyou.online', 4],
  ['https://id.example', 2],
])('a name that is not found is asked for again: %s, %d attempts', async (url, attempts) => {
  get(url).times(9).replyWithError(notFound)
  const { answer, lines } = asked({ retries: 3 }, {}, url)
  await expect(answer).rejects.toThrow('ENOTFOUND')
  expect(lines).toHaveLength(attempts - 1)
})

test('another failure before does not count for that', async () => {
  get().reply(503)
  get().replyWithError(notFound)
  get().reply(200)
  expect(await asked().answer).toMatchObject({ status: 200, attempts: 3 })
})
