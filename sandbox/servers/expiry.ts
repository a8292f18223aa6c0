/** When a token of ItsYou.online expires. */

/** The server's day: the life of a token, and the most that `validity` can ask for. */
export const daySeconds = 86_400

/** A refresh token that was not used for this long is forgotten. */
export const refreshTokenUnusedSeconds = 30 * daySeconds

/**
 * The `exp` claim for a `validity` parameter. It can only shorten the day; whatever is not a whole positive number of
 * seconds is ignored. The server adds in 64 bits without a check, so a number near 2^63 wraps round to long ago.
 *
 * @param validity the parameter as sent, empty when it was not
 * @param now seconds since the epoch
 * @returns seconds since the epoch
 */
export function expiry(validity: string, now: number): number {
  const latest = BigInt(now + daySeconds)
  const seconds = parseInt64(validity)
  if (seconds === undefined || seconds <= 0n) return Number(latest)
  const asked = BigInt.asIntN(64, BigInt(now) + seconds)
  return Number(asked < latest ? asked : latest)
}

/** What Go's `strconv.ParseInt(text, 10, 64)` takes: digits with an optional sign, no spaces, within 64 bits. */
function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return BigInt.asIntN(64, value) === value ? value : undefined
}
