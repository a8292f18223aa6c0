/** Whether a failed attempt is repeated, and when: each case without waiting. */

import { describe, expect, test } from '@jest/globals'
import type { Outcome } from '../../../src/http/request.ts'
import { decideRetry, readRetryAfter, type Situation } from '../../../src/http/retry.ts'
import { rowsOf } from '../../support/rows.ts'

const now = Date.parse('2026-01-31T12:00:00Z')
const answer = (status: number, retryAfter?: string): Outcome => ({ kind: 'answer', status, body: '', retryAfter })
const network = (code: string): Outcome => ({ kind: 'network', code })

function decide(changes: Partial<Situation>) {
  const counts = { used: 0, notFound: 0, retries: 5 }
  const usual = { outcome: answer(503), isKnownServer: false, now, timeLeft: 60_000, random: 0 }
  return decideRetry({ ...counts, ...usual, ...changes })
}

describe('what may pass is tried again', () => {
  test.each<Outcome>([
    ...[408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524].map(status => answer(status)),
    ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN'].map(network),
    ...['ENETUNREACH', 'EPIPE', 'ETIMEDOUT'].map(network),
    { kind: 'deadline' },
    { kind: 'proxy-silent' },
    { kind: 'proxy-failed', cause: 502 },
    { kind: 'proxy-failed', cause: 'ECONNREFUSED' },
  ])('%j', outcome => expect(decide({ outcome })).toMatchObject({ kind: 'retry', counts: true }))
})

describe('what is wrong for good is not', () => {
  test.each<Outcome>([
    ...[200, 301, 307, 400, 401, 403, 404, 405, 501, 505, 519, 525].map(status => answer(status, '1')),
    ...['CERT_HAS_EXPIRED', 'HPE_INVALID_CONSTANT', 'EPROTO', 'UNKNOWN'].map(network),
    { kind: 'too-large' },
    { kind: 'compressed', encoding: 'gzip' },
    { kind: 'cancelled', signal: 'SIGINT' },
    { kind: 'proxy-invalid' },
    { kind: 'proxy-failed', cause: 407 },
  ])('%j', outcome => expect(decide({ outcome })).toEqual({ kind: 'give-up' }))
})

test('a name that is not found is tried once more, and of a public server like any other fault', () => {
  const outcome = network('ENOTFOUND')
  expect(decide({ outcome, used: 3 })).toMatchObject({ kind: 'retry' })
  expect(decide({ outcome, notFound: 1 })).toEqual({ kind: 'give-up' })
  expect(decide({ outcome, notFound: 4, isKnownServer: true })).toMatchObject({ kind: 'retry' })
  const proxy = { kind: 'proxy-failed', cause: 'ENOTFOUND' } as const
  expect(decide({ outcome: proxy })).toMatchObject({ kind: 'retry' })
  expect(decide({ outcome: proxy, notFound: 1, isKnownServer: true })).toEqual({ kind: 'give-up' })
})

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
  expect(decide({ outcome: answer(429, '3'), used: 5 })).toEqual({ kind: 'retry', wait: 5000, counts: false })
  expect(decide({ outcome: answer(429, '3'), random: 0 })).toEqual({ kind: 'retry', wait: 3000, counts: false })
  expect(decide({ outcome: answer(429, '3'), random: 1 })).toEqual({ kind: 'retry', wait: 3500, counts: false })
  expect(decide({ outcome: answer(429, '0') })).toEqual({ kind: 'retry', wait: 500, counts: true })
})

test('a wait that the server asks for is bounded by the time', () => {
  expect(decide({ outcome: answer(503, '60') })).toEqual({ kind: 'wait-too-long', wait: 60_000 })
  expect(decide({ outcome: answer(503, '59') })).toMatchObject({ kind: 'retry', wait: 59_000 })
  expect(decide({ outcome: answer(503, '1'), timeLeft: 1199 })).toEqual({ kind: 'give-up' })
})

test('the end of the time', () => {
  expect(decide({ timeLeft: 0 })).toEqual({ kind: 'give-up' })
  expect(decide({ timeLeft: -1 })).toEqual({ kind: 'give-up' })
  expect(decide({ timeLeft: 199 })).toEqual({ kind: 'give-up' })
  // Our own wish takes no more than half of what is left.
  expect(decide({ timeLeft: 200 })).toEqual({ kind: 'retry', wait: 100, counts: true })
  expect(decide({ used: 4, timeLeft: 6000, random: 1 })).toMatchObject({ wait: 3000 })
  expect(decide({ outcome: answer(503, '1'), used: 4, timeLeft: 3000, random: 1 })).toMatchObject({ wait: 2000 })
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
