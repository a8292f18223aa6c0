/** The numbers that bench.ts and load.ts read and print. */

import { ExplainedError } from '../sandbox/command-line.ts'

/** @throws ExplainedError for anything but a whole number from 1 to `most` */
export function readNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most) throw new ExplainedError(`${name} takes a whole number from 1 to ${most}.`, 2)
  return number
}

/** The middle one of some numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
