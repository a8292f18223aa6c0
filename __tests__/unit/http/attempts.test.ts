/** A request, repeated: the time of each attempt, what the log says, and how it ends. No socket, and no clock. */

import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import type { Limits, World } from '../../../src/http/attempts.ts'
import * as request from '../../../src/http/request.ts'
import { answerOf, serverOf } from '../../support/destinations.ts'
import { saying } from '../../support/rows.ts'

const send = jest.fn<typeof request.send>()
jest.unstable_mockModule('../../../src/http/request.ts', () => ({ ...request, send }))
const { askWithin } = await import('../../../src/http/attempts.ts')

/** What comes of an attempt, unless its time is up before the milliseconds that it takes. */
type Attempt = [outcome: request.Outcome, takes?: number]

const answer = (status: number, retryAfter?: string): [request.Outcome] => {
  return [{ kind: 'answer', ...answerOf(status, { retryAfter }) }]
}
const late = (takes: number): Attempt => [{ kind: 'answer', ...answerOf(200) }, takes]
const network = (code: string): Attempt => [{ kind: 'network', code }]
const silence = late(Number.POSITIVE_INFINITY)
const page = { method: 'GET', url: 'https://id.example/x', headers: {}, body: '', limit: 100 } as const
const server = serverOf('base-url', 'https://id.example')

/** @param attempts the first, the second and so on; the last one is repeated. */
function asked(attempts: Attempt[], limits: Partial<Limits> = {}, changes: Partial<World> = {}, hasExtraCa = false) {
  let elapsed = 7000
  const lines: string[] = []
  const sleep = async (milliseconds: number) => {
    elapsed += milliseconds
  }
  const clock = { now: () => 0, elapsed: () => elapsed, random: () => 0, sleep }
  const log = (line: string) => void lines.push(line)
  const world: World = { ...clock, log, cancelled: new Promise(() => {}), ...changes }
  send.mockImplementation(async (_request, _proxy, deadline) => {
    const [outcome, takes = 0] = (attempts.length > 1 ? attempts.shift() : attempts[0]) as Attempt
    elapsed += Math.min(takes, deadline)
    if (takes <= deadline || outcome.kind === 'deadline') return outcome
    return { kind: 'deadline', of: outcome.kind === 'proxy-failed' ? 'proxy' : 'server' }
  })
  const ask = askWithin({ timeout: 60_000, retries: 2, ...limits }, hasExtraCa, world)
  return { ask, answer: ask(page, server), lines, world, took: () => elapsed - 7000 }
}

const deadlines = () => send.mock.calls.map(([, , deadline]) => deadline)
beforeEach(() => void send.mockReset())

test('the log has each failed attempt, and the error how many there were', async () => {
  const { answer: last, lines, took } = asked([answer(503), network('ECONNRESET'), answer(503)])
  await expect(last).rejects.toThrow(saying('ERR_UNAVAILABLE', '(status 503 after 3 attempts)'))
  expect(lines).toEqual([
    'Attempt 1 failed (status 503); trying again in 0.5 s.',
    'Attempt 2 failed (ECONNRESET); trying again in 1.0 s.',
  ])
  expect(took()).toBe(1500)
})

test('the log says which server it was, where it is not the one that issues the JWT', async () => {
  const { ask, lines } = asked([answer(200)])
  send.mockResolvedValueOnce(answer(503)[0])
  await ask(page, serverOf('ovc-url', 'https://ovc.example'))
  expect(lines).toEqual(['https://ovc.example: Attempt 1 failed (status 503); trying again in 0.5 s.'])
})

test.each([200, 302, 400, 404, 501])('status %d is up to the caller, at the first attempt', async status => {
  expect(await asked([answer(status)]).answer).toMatchObject({ status })
  expect(send).toHaveBeenCalledTimes(1)
})

test('each attempt has the request, the proxy of the server and the cancellation', async () => {
  const { ask, world } = asked([answer(200)])
  const proxy = { url: new URL('http://proxy'), variable: 'https_proxy' }
  await ask(page, { ...server, proxy })
  expect(send).toHaveBeenLastCalledWith(page, proxy, expect.any(Number), world.cancelled)
})

test('a repetition that the server asks for uses up none of the others', async () => {
  const attempts = [answer(503, '1'), answer(503, '1'), answer(503), answer(200)]
  expect(await asked(attempts, { retries: 1 }).answer).toMatchObject({ status: 200 })
})

test.each<[attempts: Attempt[], limits: Partial<Limits>, says: RegExp]>([
  [
    [answer(503, '61')],
    {},
    /^https:\/\/id\.example asks clients to wait 61 s \(status 503\), but "timeout" leaves 60 s: /,
  ],
  // A wait is rounded up, and what is left down.
  [[[...answer(503, 'Thu, 01 Jan 1970 00:01:02 GMT'), 100]], {}, / wait 62 s .* leaves 59 s: /],
  // "timeout" is at most 10 minutes, and 10 s are for the answer.
  [[answer(429, '589')], {}, / later, or raise "timeout"\. /],
  [[answer(429, '590')], {}, / again later\. /],
  [[[...answer(503, '589'), 1000]], {}, / again later\. /],
  [[answer(503, '1'), answer(503, '588')], { timeout: 500_000 }, / or raise "timeout"\. /],
  [[answer(503, '2'), answer(503, '588')], { timeout: 500_000 }, / again later\. /],
])('a server that asks clients to wait longer than there is time: %j', async (attempts, limits, says) => {
  await expect(asked(attempts, limits).answer).rejects.toThrow(saying('ERR_WAIT_TOO_LONG', says))
})

test('a limit (429) ends with the time only, and its windows grow', async () => {
  const { answer: last, lines, took } = asked([[...answer(429), 10]], { retries: 0 }, { random: () => 1 })
  await expect(last).rejects.toThrow(saying('ERR_RATE_LIMIT', /\(status 429 after \d+ attempts\)/))
  expect(lines.slice(0, 3).map(line => / [\d.]+ s/.exec(line)?.[0])).toEqual([' 4.5 s', ' 12.5 s', ' 34.4 s'])
  expect(took()).toBeGreaterThan(59_000)
  expect(took()).toBeLessThanOrEqual(60_000)
})

test.each([
  [false, 'ERR_CERTIFICATE_UNTRUSTED'],
  [true, 'ERR_CERTIFICATE_EXTRA_CA'],
])('a certificate that is not trusted, with more CAs: %s', async (hasExtraCa, code) => {
  const { answer: last } = asked([network('SELF_SIGNED_CERT_IN_CHAIN')], {}, {}, hasExtraCa)
  await expect(last).rejects.toThrow(`[${code}]`)
})

test('a cancellation ends an attempt, or a wait', async () => {
  const inAttempt = asked([[{ kind: 'cancelled', signal: 'SIGINT' }]])
  await expect(inAttempt.answer).rejects.toThrow(saying('ERR_CANCELLED', '(SIGINT)'))
  const changes = { cancelled: Promise.resolve('SIGTERM'), sleep: () => new Promise<void>(() => {}) }
  await expect(asked([answer(503)], {}, changes).answer).rejects.toThrow(saying('ERR_CANCELLED', '(SIGTERM)'))
})

test.each<[cause: string, step: [request.Outcome, number], code: Code]>([
  ['a limit', [...answer(429), 1000], 'ERR_RATE_LIMIT'],
  ['a slow gateway', [...answer(504), 10_000], 'ERR_UNAVAILABLE'],
  ['a slow refusal of the proxy', [{ kind: 'proxy-failed', cause: 503 }, 8000], 'ERR_PROXY_REFUSED'],
])('%s is the cause, although the last attempt had no time for it', async (_cause, step, code) => {
  const { answer: last, took } = asked([step], { retries: 10 }, { random: () => 0.99 })
  await expect(last).rejects.toThrow(`[${code}]`)
  expect(took()).toBeGreaterThan(50_000)
  expect(deadlines().at(-1)).toBeLessThan(step[1])
})

test('a server that stops answering is the cause, although it failed otherwise before', async () => {
  const { answer: last } = asked([answer(503), silence], { timeout: 20_000 })
  await expect(last).rejects.toThrow(saying('ERR_TIMEOUT', '3 attempts): check that it is up'))
})

const silentProxy: Attempt = [{ kind: 'deadline', of: 'proxy' }, Number.POSITIVE_INFINITY]
test.each<[first: Attempt, then: Attempt]>([
  [silentProxy, silence],
  [[{ kind: 'proxy-failed', cause: 503 }], silence],
  [network('ENOTFOUND'), silence],
  [network('ECONNRESET'), silence],
  [answer(429), silence],
])('what was once is not the cause where a server is silent then: %j', async (first, then) => {
  const { answer: last } = asked([first, then], { timeout: 10_000, retries: 5 })
  await expect(last).rejects.toThrow('[ERR_TIMEOUT]')
})

test('an answer is the cause, however little time it had', async () => {
  const { answer: last } = asked([[...answer(504), 10_000], answer(503)], { timeout: 12_000, retries: 1 })
  await expect(last).rejects.toThrow('(status 503 after 2 attempts)')
})

test('a short "timeout" is not called used up', async () => {
  const { answer: last } = asked([silence], { timeout: 3000 })
  await expect(last).rejects.toThrow(saying('ERR_TIMEOUT', '(3 s, 1 attempt): check that it is up'))
})

describe('the time of an attempt', () => {
  test.each([
    [60_000, 5, 30_000], // Enough for a server that answers after 12 s.
    [60_000, 0, 60_000],
    [600_000, 10, 300_000],
    [9000, 5, 5000],
    [3000, 5, 3000],
  ])('of %d ms with %d repetitions, the first gets %d', async (timeout, retries, expected) => {
    await asked([answer(200)], { timeout, retries }).answer
    expect(deadlines()).toEqual([expected])
  })

  test('is half of what is left, also where the clock is set back; the last attempt gets all of it', async () => {
    let hours = 10
    const { answer: last, took } = asked([silence], {}, { now: () => hours-- * 3_600_000 })
    await expect(last).rejects.toThrow(saying('ERR_TIMEOUT', '(60 s, 3 attempts)'))
    expect(deadlines()).toEqual([30_000, 14_750, 13_750])
    expect(took()).toBe(60_000)
  })

  test('is what the requests before have left', async () => {
    const { ask, answer: first } = asked([late(29_000), late(29_000), late(2500)], { retries: 0 })
    await Promise.all([first, ask(page, server)])
    await expect(ask(page, server)).rejects.toThrow(saying('ERR_TIMEOUT', '(2 s, 1 attempt): the requests before used'))
    await expect(ask(page, server)).rejects.toThrow(saying('ERR_TIMEOUT', '(0 s, 1 attempt): the requests before'))
    expect(deadlines()).toEqual([60_000, 31_000, 2000, 1])
  })
})
