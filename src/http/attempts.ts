/** A request, repeated until there is an answer or no time or attempt is left. */

import { networkErrors, type Server } from '../errors/network.ts'
import { runnerErrors } from '../errors/runner.ts'
import { knownKey } from '../known-servers.ts'
import { causeOf, errorOf } from './cause.ts'
import { type Outcome, type Request, send } from './request.ts'
import { decideRetry } from './retry.ts'

/** What the outermost file lends: time, chance, a voice. */
export type Surroundings = {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Resolves when the runner cancels the step, with the name of the process signal. */
  readonly cancelled: Promise<string>
  readonly log: (line: string) => void
}

/** How long the step may take, and how often it may try. */
export type Patience = {
  /** Milliseconds since the epoch when the step's whole time is up. */
  readonly end: number
  /** The whole time, in milliseconds: what messages say. */
  readonly timeout: number
  readonly retries: number
}

/** The last answer: what it means is up to the caller. */
export type LastAnswer = Extract<Outcome, { kind: 'answer' | 'too-large' | 'compressed' }> & {
  readonly attempts: number
}

/** Milliseconds: what a slow link needs for name look-up, two addresses, a proxy and TLS. */
const leastAttempt = 5000

/**
 * Sends the request until an attempt is not worth repeating.
 *
 * @param server that messages name.
 * @throws ActionError where no answer came: network, TLS, proxy, time, cancellation.
 */
export async function ask(
  request: Request,
  server: Server,
  { end, timeout, retries }: Patience,
  { now, random, sleep, cancelled, log }: Surroundings,
): Promise<LastAnswer> {
  const isKnownServer = knownKey(server.url) !== undefined
  let used = 0
  let notFound = 0
  for (let attempts = 1; ; attempts++) {
    const outcome: Outcome = await send(request, attemptTime(end - now(), retries - used), cancelled)
    const timeLeft = end - now()
    const decision = decideRetry({
      outcome,
      used,
      notFound,
      retries,
      isKnownServer,
      now: now(),
      timeLeft,
      random: random(),
    })
    if (decision.kind === 'wait-too-long') {
      throw networkErrors.waitTooLong(
        server,
        causeOf(outcome),
        Math.ceil(decision.wait / 1000),
        Math.ceil(timeLeft / 1000),
      )
    }
    if (decision.kind === 'give-up') {
      if (outcome.kind === 'answer' || outcome.kind === 'too-large' || outcome.kind === 'compressed') {
        return { ...outcome, attempts }
      }
      throw errorOf(outcome, server, timeout / 1000, attempts, Boolean(process.env['NODE_EXTRA_CA_CERTS']))
    }
    log(`Attempt ${attempts} failed (${causeOf(outcome)}); trying again in ${(decision.wait / 1000).toFixed(1)} s.`)
    if (decision.counts) used++
    if (causeOf(outcome).endsWith('ENOTFOUND')) notFound++
    const signal = await Promise.race([sleep(decision.wait), cancelled])
    if (signal !== undefined) throw runnerErrors.cancelled(signal)
  }
}

/**
 * An equal share of what is left for each attempt that is left: a server that keeps silent once does not use it all. Not
 * less than an attempt needs over a slow link, though, while that leaves as much again.
 */
function attemptTime(timeLeft: number, retriesLeft: number): number {
  const share = Math.ceil(timeLeft / (retriesLeft + 1))
  return Math.max(1, share, Math.min(Math.ceil(timeLeft / 2), leastAttempt))
}
