import { describe, expect, test } from '@jest/globals'
import type { Outcome } from '../src/http.ts'
import { decideRetry, readRetryAfter, type Situation } from '../src/retry.ts'

/** Whether and when an attempt is repeated: every case, by the scheduled wait and without waiting. */

const now = Date.parse('2026-11-25T12:00:00Z')

const answer = (status: number, retryAfter?: string): Outcome => ({ kind: 'answer', status, body: '', retryAfter })
const network = (code: string): Outcome => ({ kind: 'network', code })

/** The first of four attempts failed, and there is a minute left. */
function decide(outcome: Outcome, situation: Partial<Situation> = {}) {
  return decideRetry({ outcome, attempts: 1, retries: 3, now, timeLeft: 60_000, random: 0.5, ...situation })
}

const final = { retry: false, reason: 'final' }
const usedUp = { retry: false, reason: 'used-up' }
const againIn = (wait: number) => ({ retry: true, wait })

describe('what is repeated', () => {
  const passing = [408, 425, 429, 500, 502, 503, 504]

  test.each(passing)('status %i may pass', status => {
    expect(decide(answer(status))).toEqual(againIn(250))
  })

  test('every other status is final, whatever Retry-After says', () => {
    const others = Array.from({ length: 500 }, (_, at) => 100 + at).filter(status => !passing.includes(status))
    expect(others).toHaveLength(493)
    for (const status of [...others, 0, 600, 999]) {
      expect([status, decide(answer(status, '1'))]).toEqual([status, final])
    }
  })

  test.each([
    'EAI_AGAIN',
    'ECONNABORTED',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETDOWN',
    'ENETUNREACH',
    'EPIPE',
    'ETIMEDOUT',
  ])('the network error %s may pass', code => {
    expect(decide(network(code))).toEqual(againIn(250))
  })

  test.each([
    'ENOTFOUND',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'EPROTO',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'HPE_INVALID_CONSTANT',
    'ERR_INVALID_URL',
    'EACCES',
    'UNKNOWN',
    '',
    'econnreset',
  ])('the error %j is final: it is not known to pass', code => {
    expect(decide(network(code))).toEqual(final)
  })

  test('an attempt whose time was up is repeated', () => {
    expect(decide({ kind: 'deadline' })).toEqual(againIn(250))
  })

  test('what a proxy answers is read as a status, and why it could not be reached as a network error', () => {
    const proxy = (cause: number | string) => decide({ kind: 'proxy-failed', cause })
    for (const cause of [...passing, 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'])
      expect(proxy(cause)).toEqual(againIn(250))
    for (const cause of [400, 403, 404, 407, 501, 'ENOTFOUND', 'UNKNOWN']) expect(proxy(cause)).toEqual(final)
  })

  test.each<Outcome>([{ kind: 'too-large' }, { kind: 'proxy-invalid' }, { kind: 'cancelled', signal: 'SIGTERM' }])(
    '$kind is final',
    outcome => {
      expect(decide(outcome)).toEqual(final)
    },
  )
})

describe('how often', () => {
  test.each([0, 1, 3, 10])('%i retries are so many and no more', retries => {
    for (let attempts = 1; attempts <= 12; attempts++) {
      const decision = decide(answer(503), { attempts, retries })
      expect(decision).toMatchObject(attempts <= retries ? { retry: true } : usedUp)
    }
  })

  test('what is final says so, even when the retries are used up', () => {
    expect(decide(answer(400), { attempts: 9 })).toEqual(final)
  })
})

describe('how long', () => {
  const waits = (random: number) =>
    Array.from({ length: 10 }, (_, at) => decide(answer(503), { attempts: at + 1, retries: 10, random }))

  test('the longest wait doubles from half a second up to ten seconds', () => {
    expect(waits(1)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000, 10_000].map(againIn))
  })

  test('the jitter is full: chance takes anything from nothing to that', () => {
    expect(waits(0)).toEqual(Array(10).fill(againIn(0)))
    expect(waits(0.25)).toEqual([125, 250, 500, 1000, 2000, 2500, 2500, 2500, 2500, 2500].map(againIn))
  })

  test('the jitter takes at most half of the time that is left', () => {
    expect(decide(answer(503), { timeLeft: 300, random: 1 })).toEqual(againIn(150))
    expect(decide(answer(429, '1'), { timeLeft: 1100, random: 1 })).toEqual(againIn(1050))
  })

  test('an attempt that would have less than a tenth of a second is not made', () => {
    expect(decide(answer(503), { timeLeft: 99 })).toEqual(usedUp)
    expect(decide(answer(429, '1'), { timeLeft: 1099 })).toEqual(usedUp)
    expect(decide(answer(429, '1'), { timeLeft: 1100, random: 0 })).toEqual(againIn(1000))
  })

  test('Retry-After is the least that is waited, and the jitter comes on top', () => {
    expect(decide(answer(429, '2'), { random: 0 })).toEqual(againIn(2000))
    expect(decide(answer(429, '2'), { random: 1 })).toEqual(againIn(2500))
    expect(decide(answer(503, 'Wed, 25 Nov 2026 12:00:07 GMT'), { random: 0 })).toEqual(againIn(7000))
  })

  test('a Retry-After beyond the time left is not waited for', () => {
    const tooLong = (wait: number) => ({ retry: false, reason: 'wait-too-long', wait })
    expect(decide(answer(429, '60'))).toEqual(tooLong(60_000))
    expect(decide(answer(429, '59'))).toEqual(againIn(59_250))
    expect(decide(answer(503, 'Wed, 25 Nov 2026 13:00:00 GMT'))).toEqual(tooLong(3_600_000))
    expect(decide(answer(429, '9'.repeat(400)))).toEqual(tooLong(366 * 86_400_000))
    expect(decide(answer(503, 'Wed, 25 Nov 9999 13:00:00 GMT'))).toEqual(tooLong(366 * 86_400_000))
  })
})

describe('Retry-After', () => {
  test.each<[value: string | undefined, milliseconds: number]>([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['1', 1000],
    ['007', 7000],
    ['120', 120_000],
    // RFC 9110, section 5.6.7: the form to send, and the two old ones that are still to be read.
    ['Wed, 25 Nov 2026 12:00:10 GMT', 10_000],
    ['Wednesday, 25-Nov-26 12:00:10 GMT', 10_000],
    ['Wed Nov 25 12:00:10 2026', 10_000],
    ['Wed Nov 25 12:00:10 2026 GMT', 10_000],
    ['Wed, 25 Nov 2026 12:00:00 GMT', 0],
    ['Wed, 25 Nov 2026 11:59:00 GMT', 0],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['-1', 0],
    ['1.5', 0],
    ['+1', 0],
    ['1e3', 0],
    [' 1', 0],
    ['1, 2', 0],
    ['soon', 0],
    ['Soon', 0],
    ['2027', 2_027_000],
    ['2027-01-01', 0],
    ['2026-11-25T12:00:10Z', 0],
  ])('%j is %i ms from now', (value, milliseconds) => {
    expect(readRetryAfter(value, now)).toBe(milliseconds)
  })
})
