/** What tables of cases share: their rows, and the errors that they expect. */

import { expect } from '@jest/globals'
import type { Code } from '../../src/errors/error.ts'

/** Rows for `test.each`: each value of a group, with the text that the group shares. */
export function rowsOf(groups: Record<string, readonly string[]>): [value: string, says: string][] {
  return Object.entries(groups).flatMap(([says, values]) => values.map((value): [string, string] => [value, says]))
}

/** The words of a text. */
export const words = (text: string): string[] => text.trim().split(/\s+/)

/** An error with this code, whose message contains or matches this. */
export function saying(code: Code, says: string | RegExp = '') {
  const message = says instanceof RegExp ? expect.stringMatching(says) : expect.stringContaining(says)
  return expect.objectContaining({ code, message })
}
