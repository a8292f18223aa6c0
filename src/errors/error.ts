/** The one error class of this action. */

import { sentences } from './sentences.ts'

export type Code = keyof typeof sentences

/** A code with the facts that its sentence takes: a union of tuples, so that no code goes with another's facts. */
export type CodeAndFacts = { [C in Code]: [code: C, ...facts: Parameters<(typeof sentences)[C]>] }[Code]

/** An error that ends the run: a stable `code` for programs, and a message for people that ends with the code. */
export class ActionError extends Error {
  readonly code: Code

  constructor(...[code, ...facts]: CodeAndFacts) {
    const sentence = sentences[code] as (...facts: CodeAndFacts[number][]) => string
    super(`${sentence(...facts)} [${code}]`)
    this.name = 'ActionError'
    this.code = code
  }
}
