/** Whether a failed attempt is repeated, and when: one pure function, so that every case can be tested without waiting. */

import type { Outcome } from './http.ts'

export interface Situation {
  readonly outcome: Outcome
  /** Attempts made so far, 1 after the first. */
  readonly attempts: number
  /** How often the user allows a repetition. */
  readonly retries: number
  /** Milliseconds since the epoch; only to read a `Retry-After` date. */
  readonly now: number
  /** Milliseconds until the step's whole time is up. */
  readonly timeLeft: number
  /** Between 0 and 1, new for each call. */
  readonly random: number
}

export type Decision =
  | { readonly retry: true /** Milliseconds. */; readonly wait: number }
  | { readonly retry: false; readonly reason: 'final' | 'used-up' }
  /** The server asks for more patience than there is time. */
  | { readonly retry: false; readonly reason: 'wait-too-long'; readonly wait: number }

/** Too early, too busy, or down for a moment (RFC 9110, 6585 and 8470). 400, 401 and 404 are final with this server. */
export const transientStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

/** Node's codes for what may be gone in a second. ENOTFOUND is not here: it is a misspelt base-url. */
const transientCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
])

const FIRST_BACKOFF = 500
const LONGEST_BACKOFF = 10_000
/** Too little for an answer over a network: the cause of the last failure says more than one more failure would. */
const SHORTEST_ATTEMPT = 100
/** Far beyond any `timeout`: what asks for more is not read as more. */
const A_YEAR = 366 * 24 * 60 * 60 * 1000

/**
 * Decides about one failed attempt. Waits grow exponentially with full jitter: anything from nothing to 0.5 s, 1 s, 2 s
 * and so on up to 10 s. `Retry-After` (RFC 9110, section 10.2.3) is the least that is waited; the jitter comes on top,
 * so that the many jobs of a matrix which were turned away together do not come back together.
 */
export function decideRetry(situation: Situation): Decision {
  const { outcome, attempts, retries, now, timeLeft, random } = situation
  if (!isTransient(outcome)) return { retry: false, reason: 'final' }
  if (attempts > retries) return { retry: false, reason: 'used-up' }
  const asked = outcome.kind === 'answer' ? readRetryAfter(outcome.retryAfter, now) : 0
  if (asked >= timeLeft) return { retry: false, reason: 'wait-too-long', wait: asked }
  if (timeLeft - asked < SHORTEST_ATTEMPT) return { retry: false, reason: 'used-up' }
  const jitter = random * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempts - 1))
  // The jitter alone must not use up the time that the server's own wish leaves.
  const wait = Math.round(asked + Math.min(jitter, (timeLeft - asked) / 2))
  return { retry: true, wait }
}

function isTransient(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'answer':
      return transientStatuses.has(outcome.status)
    case 'network':
      return transientCodes.has(outcome.code)
    case 'proxy-failed':
      return typeof outcome.cause === 'number'
        ? transientStatuses.has(outcome.cause)
        : transientCodes.has(outcome.cause)
    case 'deadline':
      return true
    default:
      return false
  }
}

/**
 * `Retry-After` in milliseconds from now; 0 for none, for one in the past and for what is neither seconds nor an HTTP
 * date. (Date.parse alone would read `-1` as the year 2001.)
 */
export function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1000, A_YEAR)
  // RFC 9110, section 5.6.7: three forms, all in GMT, and asctime's does not say so.
  const isDate = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(value)
  const date = isDate ? Date.parse(value.endsWith(' GMT') ? value : `${value} GMT`) : Number.NaN
  return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - now), A_YEAR)
}
