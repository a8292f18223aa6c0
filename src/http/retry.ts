/** Whether a failed attempt is repeated, and when: one pure function, so that every case can be tested without waiting. */

import { noProxyAddress, type Outcome } from './request.ts'

export type Situation = {
  readonly outcome: Outcome
  /** The outcome in words, and those of the attempts before. */
  readonly cause: string
  readonly causes: readonly string[]
  /** How many repetitions count so far, and how many the user allows. */
  readonly used: number
  readonly retries: number
  /** Milliseconds since the epoch; only to read a `Retry-After` date. */
  readonly now: number
  /** Milliseconds until the step's whole time is up; negative after that. */
  readonly timeLeft: number
  /** Between 0 and 1, new for each call. */
  readonly random: number
}

/**
 * `wait`: milliseconds. `counts`: whether the repetition uses up one of the user's. `wait-too-long`: the server asks for
 * more time than there is.
 */
type Decision =
  | { readonly kind: 'retry'; readonly wait: number; readonly counts: boolean }
  | { readonly kind: 'give-up' }
  | { readonly kind: 'wait-too-long'; readonly status: number; readonly wait: number }

/**
 * Too early, too busy, or down for a moment (RFC 9110, 6585 and 8470; 520 to 524 are Cloudflare's, which stands before the
 * public server). 400, 401 and 404 are final with this server.
 */
export const transientStatuses: ReadonlySet<number> = new Set([
  408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524,
])

/**
 * What may be gone in a second: Node's codes, among them that of a body that a gateway cuts off with another answer when
 * its server dies.
 */
const transientCodes: ReadonlySet<string> = new Set([
  ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH', 'EPIPE'],
  ...['ETIMEDOUT', 'HPE_INVALID_CHUNK_SIZE', noProxyAddress],
])

const firstStep = 1000
const longestStep = 10_000
/** Too little for an answer over a network: the cause of the last failure says more than one more failure would. */
const shortestAttempt = 200
/** Far beyond any `timeout`: what asks for more is not read as more. */
const year = 366 * 24 * 60 * 60 * 1000

/**
 * Decides about one failed attempt.
 *
 * `Retry-After` (RFC 9110, section 10.2.3) is the least that is waited. A server that asks for it is at work: such a
 * repetition is bounded by the time alone, and uses up none of the user's. So is a 429, which is no failure.
 */
export function decideRetry(situation: Situation): Decision {
  const { outcome, used, retries, now, timeLeft, random } = situation
  if (!isTransient(situation) || timeLeft <= 0) return { kind: 'give-up' }
  const status = outcome.kind === 'answer' ? outcome.status : 0
  const asked = outcome.kind === 'answer' ? readRetryAfter(outcome.retryAfter, now) : 0
  const isLimit = status === 429 || (outcome.kind === 'proxy-failed' && outcome.cause === 429)
  // With 0, the user does not want to wait for a server that fails.
  if (!isLimit && (retries === 0 || (asked === 0 && used >= retries))) return { kind: 'give-up' }
  if (asked >= timeLeft) return { kind: 'wait-too-long', status, wait: asked }
  const rest = timeLeft - asked
  if (rest < shortestAttempt) return { kind: 'give-up' }
  if (isLimit) return limitRetry(asked, rest, situation)
  // 1, 2, 4, 8 and then 10 s. Half of it is always waited, and up to the other half by chance, so that the many jobs of a
  // matrix that failed together do not come back together.
  const half = Math.min(longestStep, firstStep * 2 ** used) / 2
  const wait = Math.max(asked, half) + random * half
  // Our own wish must not use up the time that the server's leaves.
  return { kind: 'retry', wait: Math.round(Math.min(wait, asked + rest / 2)), counts: asked === 0 }
}

const leastLimitWait = 500
const firstLimitWindow = 4000

/**
 * After a 429: half a second, and a random part of 4 s, 12 s, 36 s and so on, at most 0.8 of the time that is left. The
 * window has no other cap: where rejected requests count against the limit, too, jobs that come back within a fixed
 * window keep each other out for ever.
 */
function limitRetry(asked: number, rest: number, { causes, cause, random }: Situation): Decision {
  const earlier = causes.filter(other => other === cause).length
  const wait = Math.min(leastLimitWait + random * firstLimitWindow * 3 ** earlier, 0.8 * rest)
  return { kind: 'retry', wait: Math.round(asked + wait), counts: false }
}

/** A name that is not found is usually misspelt; a name server that failed once is asked once more. */
function isTransient({ outcome, cause, causes }: Situation): boolean {
  if (cause.endsWith('ENOTFOUND')) return !causes.includes(cause)
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
  // The RFC knows whole seconds only, but some servers send 1.5.
  if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Math.ceil(Number(value)) * 1000, year)
  // RFC 9110, section 5.6.7: three forms, all in GMT, and asctime's does not say so.
  const isDate = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(value)
  const date = isDate ? Date.parse(value.endsWith(' GMT') ? value : `${value} GMT`) : Number.NaN
  return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - now), year)
}
