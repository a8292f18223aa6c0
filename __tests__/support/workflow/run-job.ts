/** The steps of one job, one after the other. */

import type { Job, StepResult } from '../../../sandbox/runner/job.ts'
import { asText, type Contexts, isTrue, resolve, resolveTexts, type Status } from './expressions.ts'
import type { JobDefinition, StepDefinition } from './read-workflow.ts'

export type Conclusion = 'success' | 'failure' | 'skipped'

export type StepRun = {
  id: string
  name: string
  /** Before `continue-on-error`. */
  outcome: Conclusion
  conclusion: Conclusion
  outputs: Record<string, string>
  /** Undefined for a step that was skipped, and for an action that does nothing here. */
  result: StepResult | undefined
}

/** What an action is given: its inputs as the workflow says them, without the defaults of its action.yml. */
export type ActionCall = {
  job: Job
  name: string
  with: Record<string, string>
  env: Record<string, string>
  event: unknown
}

/** What stands for an action, by `owner/name`. */
export type Actions = Record<string, (call: ActionCall) => Promise<StepResult | undefined>>

export type StepsOptions = {
  definition: JobDefinition
  job: Job
  /** Those of the job; `env` and `steps` are kept here. */
  contexts: Contexts
  /** The workflow's and the job's `env:`. */
  env: Record<string, string>
  event: unknown
  actions: Actions
  afterStep?: ((step: StepRun) => void) | undefined
}

/** Runs the steps; after a failure only those whose `if:` wants to. */
export async function runSteps(
  options: StepsOptions,
): Promise<{ status: Status; steps: StepRun[]; contexts: Contexts }> {
  const { definition, job } = options
  const steps: StepRun[] = []
  let status: Status = 'success'
  const contexts = (): Contexts => ({
    ...options.contexts,
    env: { ...options.env, ...job.env },
    job: { status },
    steps: Object.fromEntries(
      steps.map(({ id, outputs, outcome, conclusion }) => [id, { outputs, outcome, conclusion }]),
    ),
  })

  for (const step of definition.steps) {
    const run = await runStep(step, contexts(), status, options)
    steps.push(run)
    if (run.conclusion === 'failure') status = 'failure'
    options.afterStep?.(run)
  }
  return { status, steps, contexts: contexts() }
}

async function runStep(
  step: StepDefinition,
  contexts: Contexts,
  status: Status,
  options: StepsOptions,
): Promise<StepRun> {
  // GitHub gives no secrets to a condition.
  const { secrets: _, ...forConditions } = contexts
  const given = step.name && asText(resolve(step.name, contexts))
  if (!isTrue(step.if, forConditions, status)) {
    const skipped = { outcome: 'skipped', conclusion: 'skipped', outputs: {}, result: undefined } as const
    return { id: step.id, name: given ?? step.id, ...skipped }
  }

  const env = resolveTexts(step.env, contexts)
  const withEnv = { ...contexts, env: { ...(contexts['env'] as object), ...env } }
  const { job, event, actions } = options
  const { what } = step
  let name: string
  let result: StepResult | undefined
  if ('uses' in what) {
    name = given ?? `Run ${what.uses}`
    const action = actions[what.uses.replace(/@.*$/, '')]
    if (!action) throw new Error(`the tests' runner has no action '${what.uses}'`)
    result = await action({ job, name, env, event, with: resolveTexts(what.with, withEnv) })
  } else {
    const script = asText(resolve(what.run, withEnv))
    name = given ?? `Run ${script.trimStart().split('\n')[0]}`
    result = await job.runScript({ name, run: script, shell: what.shell, env })
  }
  const outcome = !result || result.exitCode === 0 ? 'success' : 'failure'
  const conclusion = step.continueOnError ? 'success' : outcome
  return { id: step.id, name, outcome, conclusion, outputs: result?.outputs ?? {}, result }
}
