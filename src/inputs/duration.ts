/** Inputs that are a span of time. */

import { ActionError } from '../errors/error.ts'
import { quoteOrDescribe } from '../shown.ts'

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/**
 * `900`, `900s`, `15m`, `1h` in seconds. The server silently ignores anything that it does not like, so this is strict.
 *
 * @param most seconds.
 * @throws ActionError for anything else; it says what to write instead, where that can be told.
 */
export function readDuration(input: string, value: string, most: number): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,5})([smh]?)$/.exec(value) ?? []
  const seconds = Number(digits) * (units[unit || 's'] ?? Number.NaN)
  if (digits && seconds <= most) return seconds
  const meant = guess(value)
  const longest = inShort(most)
  const remedy =
    meant === undefined
      ? `write a whole number of ${most < 3600 ? 'seconds or minutes' : 'seconds, minutes or hours'}, such as 30s or 5m, up to ${longest}.`
      : `write ${inShort(Math.min(meant, most))}${meant > most ? ', which is the longest' : ''}.`
  throw new ActionError('ERR_DURATION_INVALID', input, quoteOrDescribe(value), remedy)
}

/** What was meant, in seconds: `1d`, `2h30m`, `1.5 hours`, `90 min`. */
function guess(value: string): number | undefined {
  const part = /(\d{1,6}(?:\.\d{1,3})?)\s*(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?(?![a-z])/gi
  // Also for a bare number, which is too large: it may be milliseconds.
  if (value.replaceAll(part, '').trim()) return undefined
  const sum = [...value.matchAll(part)].reduce(
    (total, [, count, unit = '']) => total + Number(count) * (units[unit.toLowerCase()] ?? 0),
    0,
  )
  return Math.round(sum) || undefined
}

/** In the largest unit that makes it a whole number. */
function inShort(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
