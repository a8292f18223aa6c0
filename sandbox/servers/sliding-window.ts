/** A limit of so many requests in a span of time. */

type Limit = {
  requests: number
  milliseconds: number
  /** Whether a request that is rejected counts, too. */
  countsRejected: boolean
  /** The clock, in milliseconds. */
  now: () => number
}

/** @returns whether one more request is allowed now, to be called once for each; `who` has a limit of its own */
export function slidingWindow({ requests, milliseconds, countsRejected, now }: Limit): (who: string) => boolean {
  const arrivals = new Map<string, number[]>()
  return who => {
    const recent = (arrivals.get(who) ?? []).filter(time => time > now() - milliseconds)
    const isAllowed = recent.length < requests
    arrivals.set(who, isAllowed || countsRejected ? [...recent, now()] : recent)
    return isAllowed
  }
}
