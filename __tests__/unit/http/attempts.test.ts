/** A request, repeated: the time of each attempt, what the log says, and how it ends. */

import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals'
import nock from 'nock'
import { ask, type Surroundings } from '../../../src/http/attempts.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => {
  nock.abortPendingRequests()
  nock.cleanAll()
})
afterAll(() => {
  nock.enableNetConnect()
  nock.restore()
})

const server = { url: 'https://id.example', input: 'base-url' }
const request = { method: 'GET', url: 'https://id.example/x', headers: {}, body: '', limit: 100 } as const

/** Time stands still but for the waits and what the server takes. */
function clock(changes: Partial<Surroundings> = {}) {
  let time = 7000
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
  return { lines, surroundings, pass: (milliseconds: number) => (time += milliseconds), time: () => time }
}
const reply = (status: number, headers: Record<string, string> = {}) =>
  nock('https://id.example').get('/x').reply(status, 'body', headers)

test('the last answer says after how many attempts', async () => {
  for (let at = 0; at < 3; at++) reply(503)
  const { lines, surroundings, time } = clock()
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  expect(await ask(request, server, patience, surroundings)).toMatchObject({ kind: 'answer', status: 503, attempts: 3 })
  expect(lines).toEqual([
    'Attempt 1 failed (status 503); trying again in 0.5 s.',
    'Attempt 2 failed (status 503); trying again in 1.0 s.',
  ])
  expect(time()).toBe(8500)
})

test('an answer with status 200 is the end', async () => {
  reply(200)
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  expect(await ask(request, server, patience, clock().surroundings)).toEqual({
    kind: 'answer',
    status: 200,
    body: 'body',
    attempts: 1,
  })
})

test('a body that is too large is no error here: the caller knows what it means', async () => {
  nock('https://id.example').get('/x').reply(200, 'x'.repeat(101))
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  expect(await ask(request, server, patience, clock().surroundings)).toEqual({ kind: 'too-large', attempts: 1 })
})

test('a server that asks for more patience than there is', async () => {
  reply(503, { 'retry-after': '61' })
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  await expect(ask(request, server, patience, clock().surroundings)).rejects.toThrow(
    'https://id.example is not ready (status 503) and asks to wait 61 s, but "timeout" leaves 60 s: run the job again later, or raise "timeout". [ERR_WAIT_TOO_LONG]',
  )
})

test('a cancellation ends a wait', async () => {
  reply(503)
  const cancelled = new Promise<string>(resolve => setTimeout(resolve, 20, 'SIGTERM'))
  const { surroundings } = clock({ cancelled, sleep: () => new Promise(() => {}) })
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  await expect(ask(request, server, patience, surroundings)).rejects.toThrow('The step was cancelled (SIGTERM)')
})

test('a cancellation ends an attempt', async () => {
  nock('https://id.example').get('/x').delay(10_000).reply(200)
  const { surroundings } = clock({ cancelled: new Promise<string>(resolve => setTimeout(resolve, 20, 'SIGINT')) })
  const patience = { end: 67_000, timeout: 60_000, retries: 2 }
  await expect(ask(request, server, patience, surroundings)).rejects.toThrow('The step was cancelled (SIGINT)')
})

test.each([
  [60_000, 5, 10_000],
  [60_000, 0, 60_000],
  [12_000, 5, 5000],
  [3000, 5, 1500],
  [3000, 0, 3000],
  [600_000, 10, 54_546],
])('of %d ms with %d repetitions, the first attempt gets %d', async (timeout, retries, expected) => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  try {
    reply(200)
    await ask(request, server, { end: 7000 + timeout, timeout, retries }, clock().surroundings)
    // The attempt's own timer is the first.
    expect(timers.mock.calls[0]?.[1]).toBe(expected)
  } finally {
    timers.mockRestore()
  }
})

test.each([
  ['https://itsyou.online', 4],
  ['https://id.example', 2],
])('a name that is not found is asked for again: %s, %d attempts', async (url, attempts) => {
  nock(url)
    .get('/x')
    .times(9)
    .replyWithError(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
  const { lines, surroundings } = clock()
  const patience = { end: 67_000, timeout: 60_000, retries: 3 }
  await expect(
    ask({ ...request, url: `${url}/x` }, { url, input: 'base-url' }, patience, surroundings),
  ).rejects.toThrow('ENOTFOUND')
  expect(lines).toHaveLength(attempts - 1)
})

test('the second attempt gets its share of what is left', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout')
  try {
    reply(503)
    reply(200)
    await ask(request, server, { end: 67_000, timeout: 60_000, retries: 3 }, clock().surroundings)
    const ours = timers.mock.calls.map(([, time]) => time).filter(time => time === 15_000 || time === 19_834)
    expect(ours).toEqual([15_000, 19_834])
  } finally {
    timers.mockRestore()
  }
})
