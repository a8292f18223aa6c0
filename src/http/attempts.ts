/** A request, repeated until there is an answer or no time or attempt is left. */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import { longestTimeout } from '../inputs/inputs.ts'
import { causeOf, errorOf } from './cause.ts'
import { type Answer, type Outcome, type Request, send } from './request.ts'
import { decideRetry, transientStatuses } from './retry.ts'

/**
 * Sends a request until an attempt is not worth repeating.
 *
 * @returns the last answer: what it means is up to the caller.
 * @throws ActionError where no answer came (network, TLS, proxy, time, cancellation), where the server is unavailable, and
 *   for a compressed body.
 */
export type Ask = (request: Request, server: Server) => Promise<Answer>

/** What the outermost file lends: time, chance, a voice. */
export type World = {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds of a clock that no one sets. */
  readonly elapsed: () => number
  readonly random: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Resolves when the runner cancels the step, with the name of the process signal. */
  readonly cancelled: Promise<string>
  readonly log: (line: string) => void
}

export type Limits = {
  /** Milliseconds for all that is asked, from now on. */
  readonly timeout: number
  /** How often a failed attempt of a request is repeated. */
  readonly retries: number
}

/** Milliseconds: what a slow link needs for name look-up, two addresses, a proxy and TLS. */
const leastAttempt = 5000

/** @param hasExtraCa whether NODE_EXTRA_CA_CERTS is set: for the sentence about a certificate. */
export function askWithin({ timeout, retries }: Limits, hasExtraCa: boolean, world: World): Ask {
  const end = world.elapsed() + timeout
  return async (request, server) => {
    const start = world.elapsed()
    let used = 0
    const causes: string[] = []
    let told: Told | undefined
    for (;;) {
      const time = attemptTime(end - world.elapsed(), used < retries)
      const began = world.elapsed()
      const outcome = await send(request, server.proxy, time, world.cancelled)
      const took = world.elapsed() - began
      const cause = causeOf(outcome)
      const timeLeft = end - world.elapsed()
      if (!told || !saysLess(outcome, time, told)) told = { outcome, took }
      const decision = decideRetry({
        outcome,
        cause,
        causes,
        used,
        retries,
        now: world.now(),
        timeLeft,
        random: world.random(),
      })
      causes.push(cause)
      if (decision.kind === 'wait-too-long') {
        const [wait, left] = [Math.ceil(decision.wait / 1000), Math.floor(timeLeft / 1000)]
        // What the step has used until now and the wait have to fit into the longest `timeout`, with time for an answer.
        const fits = timeout - timeLeft + decision.wait + 10_000 < longestTimeout
        throw new ActionError('ERR_WAIT_TOO_LONG', server, decision.status, wait, left, fits)
      }
      if (decision.kind === 'give-up') {
        if (outcome.kind === 'answer' && !transientStatuses.has(outcome.status)) return outcome
        const seconds = Math.round((world.elapsed() - start) / 1000)
        const isLate = end - start < Math.min(leastAttempt, timeout / 2)
        throw errorOf(told.outcome, server, { seconds, attempts: causes.length, isLate, hasExtraCa })
      }
      const subject = server.input === 'base-url' ? '' : `${server.url}: `
      const pause = (decision.wait / 1000).toFixed(1)
      world.log(`${subject}Attempt ${causes.length} failed (${cause}); trying again in ${pause} s.`)
      if (decision.counts) used++
      const signal = await Promise.race([world.sleep(decision.wait), world.cancelled])
      if (signal !== undefined) throw new ActionError('ERR_CANCELLED', signal)
    }
  }
}

/** The outcome that the error is about, and how long it took, in milliseconds. */
type Told = { readonly outcome: Outcome; readonly took: number }

/** Whether an attempt had too little time to be answered as the one before was, by the server or by the proxy. */
function saysLess(outcome: Outcome, time: number, { outcome: before, took }: Told): boolean {
  if (outcome.kind !== 'deadline' || time >= Math.max(leastAttempt, took)) return false
  return before.kind === 'answer' || (before.kind === 'proxy-failed' && outcome.of === 'proxy')
}

/** Half of what is left, so that a server that keeps silent once does not use it all; the last attempt gets all. */
function attemptTime(timeLeft: number, isRepeatable: boolean): number {
  return Math.max(1, isRepeatable ? Math.min(timeLeft, Math.max(timeLeft / 2, leastAttempt)) : timeLeft)
}
