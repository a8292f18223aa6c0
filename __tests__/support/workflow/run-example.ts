/** Runs a file of `examples/`, or another workflow, in a world, with the built action. */

import { afterEach, expect } from '@jest/globals'
import { startWorld, type World, type WorldOptions } from '../../../sandbox/example-world.ts'
import { findLeaks } from '../../../sandbox/runner/job.ts'
import { listen, type Reply } from '../../../sandbox/servers/http.ts'
import { readText, root } from '../pages.ts'
import { brief } from './look.ts'
import { runWorkflow, type WorkflowOptions } from './run-workflow.ts'

export type ExampleOptions = WorldOptions &
  Pick<WorkflowOptions, 'eventName' | 'event' | 'actor' | 'inputs' | 'afterStep'> & {
    /** The one of an earlier run; a new one unless given. */
    world?: World | undefined
    /** What a user changed in the file. */
    edit?: ((text: string) => string) | undefined
  }

/** The built action, unless scripts/coverage.ts names the sources. */
const main = process.env['ACTION_MAIN'] ?? `${root}dist/index.js`

const worlds: World[] = []
afterEach(() => Promise.all(worlds.splice(0).map(world => world.close())))

/** A world that ends with the test. */
export async function newWorld(options?: WorldOptions): Promise<World> {
  const world = await startWorld(options)
  worlds.push(world)
  return world
}

/** The repository's files: workflows of `examples/` in `.github/workflows`, and actions in `.github/actions`. */
const readExample = (path: string) => readText(path.replace(/^(\.\/\.github\/(workflows|actions)|\.)\//, 'examples/'))

export function runExample(file: string, options: ExampleOptions = {}) {
  return runText(file, readExample(`./${file}`), options)
}

/**
 * Runs a file of `examples/` with a gateway between its scripts and OpenvCloud.
 *
 * @param gateway its own answer to a call such as `cloudspaces/list`; without one, OpenvCloud answers. `count` is how many
 *   it answered before
 * @returns also what the scripts asked it
 */
export async function runBehind(
  file: string,
  gateway: (call: string, count: number) => Reply | undefined,
  options: ExampleOptions = {},
) {
  const world = options.world ?? (await newWorld(options))
  const asked: string[] = []
  const server = await listen({ record: request => void asked.push(brief(request)) }, async received => {
    const { method, path, body } = received
    const own = gateway(path.replace(/^\/restmachine\/(cloudapi\/)?/, ''), asked.length)
    if (own) return own
    const headers = { authorization: `${received.headers['authorization']}`, 'content-type': 'application/json' }
    const response = await fetch(world.north.url + path, { method, headers, body })
    return { status: response.status, body: await response.text() }
  })
  const adapt = (text: string) => world.adapt(text).replaceAll(/( OVC_URL: ).*/g, `$1${server.origin}`)
  try {
    return { asked, ...(await runExample(file, { ...options, world: { ...world, adapt } })) }
  } finally {
    await server.close()
  }
}

/** Runs a workflow. No secret may be readable in the log, the annotations and the summaries. */
export async function runText(file: string, original: string, options: ExampleOptions = {}) {
  const { edit = text => text, world = await newWorld(options), ...others } = options
  const { secrets, vars, workspace } = world
  const text = edit(world.adapt(original))
  if (options.edit && text === world.adapt(original)) throw new Error(`there is nothing in ${file} to edit like that`)
  const readLocal = (path: string) => world.adapt(readExample(path))
  const actions = actionsOf(world)
  const run = await runWorkflow({ ...others, file, text, secrets, vars, workspace, actions, readLocal })
  const steps = run.jobs.flatMap(job => job.steps).flatMap(step => [...step.steps, step])
  const results = steps.flatMap(step => step.result ?? [])
  const errors = results.flatMap(result => result.errors)
  const warnings = results.flatMap(result => result.warnings)
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
    'your-org/ovc-jwt-action': ({ job, ...call }) => job.runAction({ main, ...call }),
    'actions/checkout': async () => undefined,
    'hashicorp/setup-terraform': async ({ job }) => {
      job.path.unshift(world.terraform)
      return undefined
    },
  }
}
