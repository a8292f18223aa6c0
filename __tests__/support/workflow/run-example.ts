/** Runs a file of `examples/` in a world, with the built action. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type World, withOwnServer } from '../../../sandbox/example-world.ts'
import { findLeaks } from '../../../sandbox/runner/job.ts'
import type { Actions } from './run-job.ts'
import { runWorkflow, type WorkflowOptions, type WorkflowRun } from './run-workflow.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = join(root, 'dist', 'index.js')

export type ExampleOptions = Pick<WorkflowOptions, 'eventName' | 'inputs' | 'afterStep'> & {
  /** What a user changed in the file. */
  edit?: ((text: string) => string) | undefined
  vars?: Record<string, string> | undefined
}

export type ExampleRun = WorkflowRun & {
  /** All annotations of the kind "error", in their order. */
  errors: string[]
  warnings: string[]
  /** Each JWT that the action set, by the order of the steps. */
  jwts: string[]
  /** What of the secrets is readable in the log, the annotations and the summaries; empty when all is well. */
  leaks: string[]
}

export async function runExample(file: string, world: World, options: ExampleOptions = {}): Promise<ExampleRun> {
  const { edit = text => text, vars, ...others } = options
  const original = withOwnServer(readFileSync(join(root, 'examples', file), 'utf8'))
  const text = edit(original)
  if (options.edit && text === original) throw new Error(`there is nothing in ${file} to edit like that`)

  const run = await runWorkflow({
    ...others,
    file,
    text,
    secrets: world.secrets,
    vars: { ...world.vars, ...vars },
    workspace: world.workspace,
    actions: actionsOf(world),
  })
  const steps = run.jobs.flatMap(job => job.steps)
  const results = steps.flatMap(step => (step.result ? [step.result] : []))
  const errors = results.flatMap(result => result.errors)
  const warnings = [...results.flatMap(result => result.warnings), ...run.jobs.flatMap(job => job.warnings)]
  const jwts = steps.flatMap(step => step.outputs['jwt'] ?? [])
  const readable = [run.log, ...errors, ...warnings, ...results.map(result => result.summary)].join('\n')
  const leaks = findLeaks(readable, [world.secrets['OVC_SECRET'] ?? '', ...jwts])
  return { ...run, errors, warnings, jwts, leaks }
}

/** The two other actions of the examples do here what is done already: the files are there, and so is `terraform`. */
export function actionsOf(world: World): Actions {
  return {
    'your-org/ovc-jwt-action': ({ job, ...call }) => job.runAction({ main, ...call }),
    'actions/checkout': async () => undefined,
    'hashicorp/setup-terraform': async ({ job }) => {
      job.path.unshift(world.terraform)
      return undefined
    },
  }
}
