/** Whether a failed attempt is repeated, and when: each case without waiting. */

import { describe, expect, test } from '@jest/globals'
import { causeOf } from '../../../src/http/cause.ts'
import type { Outcome } from '../../../src/http/request.ts'
import { decideRetry, readRetryAfter, type Situation } from '../../../src/http/retry.ts'
import { answerOf } from '../../support/destinations.ts'
import { rowsOf, words } from '../../support/rows.ts'

const now = Date.parse('2026-01-31T12:00:00Z')
const answer = (status: number, retryAfter?: string): Outcome => ({ kind: 'answer', ...answerOf(status), retryAfter })
const network = (code: string): Outcome => ({ kind: 'network', code })
const failed = (cause: number | string): Outcome => ({ kind: 'proxy-failed', cause })

function decide({ outcome = answer(503), ...changes }: Partial<Situation>) {
  const usual = { causes: [], used: 0, retries: 5, now, timeLeft: 60_000, random: 0 }
  return decideRetry({ outcome, cause: causeOf(outcome), ...usual, ...changes })
}

test.each<Outcome>([
  ...[408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524].flatMap(status => [answer(status), failed(status)]),
  ...words('EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH ENETDOWN ENETUNREACH EPIPE ETIMEDOUT').flatMap(
    code => [network(code), failed(code)],
  ),
  ...(['dns', 'proxy', 'server'] as const).map((of): Outcome => ({ kind: 'deadline', of })),
  failed('no answer from DNS'),
])('what may pass is tried again: %j', outcome => {
  expect(decide({ outcome })).toEqual({ kind: 'retry', wait: 500, counts: true })
})

test.each<Outcome>([
  ...[200, 301, 307, 400, 401, 403, 404, 405, 501, 505, 519, 525].map(status => answer(status, '1')),
  ...['CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT', 'EPROTO', 'UNKNOWN'].map(network),
  ...[407, 511, 'HPE_INVALID_CONSTANT'].map(failed),
  { kind: 'compressed', encoding: 'gzip' },
  { kind: 'cancelled', signal: 'SIGINT' },
])('what is wrong for good is not: %j', outcome => expect(decide({ outcome })).toEqual({ kind: 'give-up' }))

test.each<Outcome>([network('ENOTFOUND'), failed('ENOTFOUND')])(
  'a name that is not found is looked up once more: %j',
  outcome => {
    expect(decide({ outcome, causes: ['status 503'] })).toMatchObject({ kind: 'retry' })
    expect(decide({ outcome, causes: [causeOf(outcome), 'status 503'] })).toEqual({ kind: 'give-up' })
  },
)

test.each([
  [0, 1],
  [0.5, 1.5],
  [1, 2],
])('with the chance %d, the waits are %d times the shortest', (random, factor) => {
  const shortest = [500, 1000, 2000, 4000, 5000, 5000]
  const decisions = [0, 1, 2, 3, 4, 9].map(used => decide({ used, retries: 10, random }))
  expect(decisions).toMatchObject(shortest.map(wait => ({ wait: wait * factor })))
})

test('as often as the user allows', () => {
  expect(decide({ used: 4, retries: 5 })).toMatchObject({ kind: 'retry' })
  expect(decide({ used: 5, retries: 5 })).toEqual({ kind: 'give-up' })
  expect(decide({ outcome: answer(503, '1'), retries: 0 })).toEqual({ kind: 'give-up' })
})

test('a wait that the server asks for is the least, and uses up no repetition', () => {
  expect(decide({ outcome: answer(503, '3'), used: 5 })).toEqual({ kind: 'retry', wait: 5000, counts: false })
  expect(decide({ outcome: answer(503, '3') })).toEqual({ kind: 'retry', wait: 3000, counts: false })
  expect(decide({ outcome: answer(503, '3'), random: 1 })).toEqual({ kind: 'retry', wait: 3500, counts: false })
  expect(decide({ outcome: answer(503, '0') })).toEqual({ kind: 'retry', wait: 500, counts: true })
})

test.each([429, 503])('a wait that status %d asks for is bounded by the time', status => {
  expect(decide({ outcome: answer(status, '60') })).toEqual({ kind: 'wait-too-long', status, wait: 60_000 })
  expect(decide({ outcome: answer(status, '59') })).toMatchObject({ kind: 'retry' })
  expect(decide({ outcome: answer(status, '1'), timeLeft: 1199 })).toEqual({ kind: 'give-up' })
})

test('the end of the time', () => {
  expect(decide({ timeLeft: 0 })).toEqual({ kind: 'give-up' })
  expect(decide({ outcome: answer(503, '1'), timeLeft: -1 })).toEqual({ kind: 'give-up' })
  expect(decide({ timeLeft: 199 })).toEqual({ kind: 'give-up' })
  // Our own wish takes no more than half of what is left.
  expect(decide({ timeLeft: 200 })).toEqual({ kind: 'retry', wait: 100, counts: true })
  expect(decide({ used: 4, timeLeft: 6000, random: 1 })).toMatchObject({ wait: 3000 })
  expect(decide({ outcome: answer(503, '1'), used: 4, timeLeft: 3000, random: 1 })).toMatchObject({ wait: 2000 })
})

describe('a limit (429)', () => {
  const limited = (changes: Partial<Situation> = {}, retryAfter?: string) =>
    decide({ outcome: answer(429, retryAfter), ...changes })
  const times = (count: number) => Array<string>(count).fill('status 429')

  test.each<Partial<Situation>>([{ used: 5 }, { retries: 0 }, { outcome: failed(429), retries: 0 }])(
    'is no failure, also of a proxy, so it never counts: %j',
    changes => expect(limited(changes)).toEqual({ kind: 'retry', wait: 500, counts: false }),
  )

  test.each([
    [4_500, 0, 600_000],
    [12_500, 1, 600_000],
    [36_500, 2, 600_000],
    [108_500, 3, 600_000],
    [324_500, 4, 600_000],
    // From here on, 0.8 of what is left.
    [480_000, 5, 600_000],
    [32_000, 2, 40_000],
    [800, 0, 1000],
  ])('is waited for within %d ms, after %d before it and with %d ms left', (longest, before, timeLeft) => {
    const causes = times(before)
    expect(limited({ causes, timeLeft, random: 1 })).toMatchObject({ wait: longest })
    expect(limited({ causes, timeLeft, random: 0 })).toMatchObject({ wait: 500 })
  })

  test('is waited for 2.5 s on average, where it is the first', () => {
    expect(limited({ causes: ['status 503'], random: 0.5 })).toMatchObject({ wait: 2500 })
  })

  test('adds what the server asks for', () => {
    expect(limited({ random: 0.5 }, '3')).toEqual({ kind: 'retry', wait: 5500, counts: false })
    expect(limited({ random: 1 }, '59')).toMatchObject({ wait: 59_800 })
  })

  test('leaves time for the attempt, and ends with the time', () => {
    expect(limited({ timeLeft: 400 })).toMatchObject({ kind: 'retry', wait: 320 })
    expect(limited({ timeLeft: 199 })).toEqual({ kind: 'give-up' })
  })
})

const year = 366 * 86_400
test.each(
  rowsOf({
    0: ['', '0', '-1', '1e3', 'soon', 'Sat, 31 Jan 2026 11:59:30 GMT', 'Sat, 99 Jan 2026 12:00:00 GMT'],
    1: ['0.1'],
    2: ['1.5', '1.25'],
    7: ['7'],
    30: ['Sat, 31 Jan 2026 12:00:30 GMT', 'Saturday, 31-Jan-26 12:00:30 GMT', 'Sat Jan 31 12:00:30 2026'],
    [year]: ['99999999999', 'Sat, 31 Jan 2099 12:00:00 GMT'],
  }),
)('Retry-After: %s asks for %s s', (value, seconds) => expect(readRetryAfter(value, now)).toBe(Number(seconds) * 1000))
