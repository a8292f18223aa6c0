/** The `action.yml` of a composite action, reduced to what the tests' runner knows. */

import { isMapping, NoOperationTraceWriter } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/action-parser'
import { parse } from 'yaml'
import { type Contexts, resolveText } from './expressions.ts'
import { readWorkflow } from './read-workflow.ts'

/** @param text of the `action.yml` */
export async function readCompositeAction(text: string) {
  const { value, context } = parseAction({ name: 'action.yml', content: text }, new NoOperationTraceWriter())
  const errors = context.errors.getErrors().map(error => error.message)
  if (errors.length > 0) throw new Error(`action.yml:\n${errors.join('\n')}`)
  const { inputs = {}, runs } = parse(text)
  // Its steps are those of a job. JSON is YAML.
  const job = { on: 'push', jobs: { one: { 'runs-on': 'x', steps: runs.steps } } }
  const workflow = await readWorkflow('action.yml', JSON.stringify(job))
  const declared = value && isMapping(value) ? value.find('outputs') : undefined
  return {
    steps: workflow.jobs[0]?.steps ?? [],
    defaults: resolveDefaults(inputs),
    /** @param contexts those after its last step */
    outputs: (contexts: Contexts) =>
      Object.fromEntries(
        [...(declared && isMapping(declared) ? declared : [])].map(({ key, value }) => {
          return [`${key}`, resolveText(isMapping(value) ? value.find('value') : undefined, contexts)]
        }),
      ),
  }
}

function resolveDefaults(inputs: Record<string, { default?: string }>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input?.default ?? '']))
}
