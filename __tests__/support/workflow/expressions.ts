/** Values of a workflow file, their `${{ }}` evaluated by GitHub's own library. */

import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import { isBasicExpression, isMapping, isSequence } from '@actions/workflow-parser'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

/** By name: `github`, `vars`, `steps` and so on. A name that is not here cannot be used, as on GitHub. */
export type Contexts = Record<string, unknown>

/** How the job, or the jobs before it, went so far. */
export type Status = 'success' | 'failure'

/**
 * Evaluates one expression, given without its `${{ }}`.
 *
 * @returns plain JSON; null for what is not there
 * @throws ExpressionError for a name or a function that is not known here
 */
function evaluate(expression: string, contexts: Contexts, status: Status): unknown {
  const answers = { success: status === 'success', failure: status === 'failure', always: true }
  const functions = Object.entries(answers).map(([name, answer]) => {
    return { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(answer) }
  })
  const { tokens } = new Lexer(expression).lex()
  const tree = new Parser(tokens, Object.keys(contexts), functions).parse()
  const dictionary = JSON.parse(JSON.stringify(contexts), data.reviver) as data.Dictionary
  const byName = new Map(functions.map(entry => [entry.name, entry]))
  return JSON.parse(JSON.stringify(new Evaluator(tree, dictionary, byName).evaluate(), data.replacer))
}

/** Whether a condition is true: GitHub's truth, for which an empty string, 0 and null are false. */
export function isTrue(condition: string, contexts: Contexts, status: Status): boolean {
  return Boolean(evaluate(condition, contexts, status))
}

/** A value of the file as plain JSON, all expressions in it evaluated. */
export function resolve(token: TemplateToken | undefined, contexts: Contexts): unknown {
  if (!token) return undefined
  if (isBasicExpression(token)) return evaluate(token.expression, contexts, 'success')
  if (isSequence(token)) return [...token].map(entry => resolve(entry, contexts))
  if (isMapping(token))
    return Object.fromEntries([...token].map(({ key, value }) => [`${key}`, resolve(value, contexts)]))
  return token.toJSON() ?? null
}

/** A value in GitHub's text form: null is empty. */
export function resolveText(token: TemplateToken | undefined, contexts: Contexts): string {
  return `${resolve(token, contexts) ?? ''}`
}

/** A mapping whose values end up as text: `env:`, `with:`, `outputs:`. */
export function resolveTexts(token: TemplateToken | undefined, contexts: Contexts): Record<string, string> {
  const entries = token && isMapping(token) ? [...token] : []
  return Object.fromEntries(entries.map(({ key, value }) => [`${key}`, resolveText(value, contexts)]))
}
