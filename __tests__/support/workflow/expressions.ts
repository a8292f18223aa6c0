/** Values of a workflow file, their `${{ }}` evaluated by GitHub's own library. */

import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import { isBasicExpression, isMapping, isSequence } from '@actions/workflow-parser'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

/** By name: `github`, `vars`, `steps` and so on. A name that is not here cannot be used, as on GitHub. */
export type Contexts = Record<string, unknown>

/** How the job, or the jobs before it, went so far. */
export type Status = 'success' | 'failure' | 'cancelled'

/**
 * Evaluates one expression, given without its `${{ }}`.
 *
 * @param status what `success()`, `failure()` and `cancelled()` look at
 * @returns plain JSON; null for what is not there
 * @throws ExpressionError for a name or a function that is not known here
 */
export function evaluate(expression: string, contexts: Contexts, status: Status = 'success'): unknown {
  const functions = statusFunctions(status)
  const { tokens } = new Lexer(expression).lex()
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse()
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
  return JSON.parse(JSON.stringify(new Evaluator(tree, dictionary, functions).evaluate(), data.replacer))
}

/** Whether a condition is true: GitHub's truth, for which an empty string, 0 and null are false. */
export function isTrue(condition: string, contexts: Contexts, status: Status): boolean {
  return Boolean(evaluate(condition, contexts, status))
}

/** A value of the file as plain JSON, all expressions in it evaluated. */
export function resolve(token: TemplateToken | undefined, contexts: Contexts): unknown {
  if (!token) return undefined
  if (isBasicExpression(token)) return evaluate(token.expression, contexts)
  if (isSequence(token)) return [...token].map(entry => resolve(entry, contexts))
  if (isMapping(token))
    return Object.fromEntries([...token].map(({ key, value }) => [`${key}`, resolve(value, contexts)]))
  return token.toJSON() ?? null
}

/** A mapping whose values end up as text: `env:`, `with:`, `outputs:`. */
export function resolveTexts(token: TemplateToken | undefined, contexts: Contexts): Record<string, string> {
  const entries = Object.entries((resolve(token, contexts) ?? {}) as Record<string, unknown>)
  return Object.fromEntries(entries.map(([name, value]) => [name, asText(value)]))
}

/** GitHub's text form of a value: null is empty. */
export function asText(value: unknown): string {
  return value === null || value === undefined ? '' : `${value}`
}

function statusFunctions(status: Status) {
  const answers = { success: status === 'success', failure: status === 'failure', cancelled: status === 'cancelled' }
  return new Map(
    Object.entries({ ...answers, always: true }).map(([name, answer]) => [
      name,
      { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer) },
    ]),
  )
}
