/** Runs a file of `examples/`, or another workflow, in a world, with the built action. */

import { afterEach, expect } from '@jest/globals'
import { startWorld, type World, type WorldOptions, withOwnServer } from '../../../sandbox/example-world.ts'
import { findLeaks } from '../../../sandbox/runner/job.ts'
import { readText, root } from '../pages.ts'
import { runWorkflow, type WorkflowOptions } from './run-workflow.ts'

type Options = WorldOptions &
  Pick<WorkflowOptions, 'eventName' | 'inputs' | 'afterStep'> & {
    /** The one of an earlier run; a new one unless given. */
    world?: World | undefined
    vars?: Record<string, string> | undefined
  }

/** What a user changed in the file may come with the options. */
export type ExampleOptions = Options & { edit?: ((text: string) => string) | undefined }

const worlds: World[] = []
afterEach(() => Promise.all(worlds.splice(0).map(world => world.close())))

/** A world that ends with the test. */
export async function newWorld(options?: WorldOptions): Promise<World> {
  const world = await startWorld(options)
  worlds.push(world)
  return world
}

export function runExample(file: string, { edit, ...options }: ExampleOptions = {}) {
  const original = withOwnServer(readText(`examples/${file}`))
  const text = edit ? edit(original) : original
  if (edit && text === original) throw new Error(`there is nothing in ${file} to edit like that`)
  return runText(file, text, options)
}

/** Runs a workflow. No secret may be readable in the log, the annotations and the summaries. */
export async function runText(file: string, text: string, options: Options = {}) {
  const { vars, world = await newWorld(options), ...others } = options
  const { secrets, workspace } = world
  const all = { ...world.vars, ...vars }
  const run = await runWorkflow({ ...others, file, text, secrets, vars: all, workspace, actions: actionsOf(world) })
  const steps = run.jobs.flatMap(job => job.steps)
  const results = steps.flatMap(step => step.result ?? [])
  const errors = results.flatMap(result => result.errors)
  const warnings = [...results.flatMap(result => result.warnings), ...run.jobs.flatMap(job => job.warnings)]
  /** Each JWT that the action set, by the order of the steps. */
  const jwts = steps.flatMap(step => step.outputs['jwt'] ?? [])
  const readable = [run.log, ...errors, ...warnings, ...results.map(result => result.summary)].join('\n')
  expect(findLeaks(readable, [...Object.values(secrets), ...jwts])).toEqual([])
  /** `success`, or `failure` with the first error. */
  const outcome = [run.conclusion, ...errors.slice(0, 1)].join(': ')
  return { ...run, world, outcome, warnings, jwts }
}

/** The two other actions of the examples do here what is done already: the files are there, and so is `terraform`. */
function actionsOf(world: World): WorkflowOptions['actions'] {
  return {
    'your-org/ovc-jwt-action': ({ job, ...call }) => job.runAction({ main: `${root}dist/index.js`, ...call }),
    'actions/checkout': async () => undefined,
    'hashicorp/setup-terraform': async ({ job }) => {
      job.path.unshift(world.terraform)
      return undefined
    },
  }
}
