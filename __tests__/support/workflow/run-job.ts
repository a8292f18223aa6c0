/** One job: its steps one after the other, in the sandbox's runner. */

import { Job, type StepResult } from '../../../sandbox/runner/job.ts'
import { readCompositeAction } from './composite-action.ts'
import { type Contexts, isTrue, resolveText, resolveTexts, type Status } from './expressions.ts'
import type { JobDefinition, StepDefinition } from './read-workflow.ts'
import type { WorkflowOptions } from './run-workflow.ts'

type Conclusion = Status | 'skipped'

export type StepRun = {
  id: string
  name: string
  outcome: Conclusion
  /** The same as `outcome`: no step of the examples has `continue-on-error`. */
  conclusion: Conclusion
  outputs: Record<string, string>
  /** Undefined for a step that was skipped, and for an action that does nothing here or is a composite one. */
  result: StepResult | undefined
  /** Those of a composite action. */
  steps: StepRun[]
}

export type JobRun = {
  id: string
  name: string
  conclusion: Conclusion
  steps: StepRun[]
  /** Masked, as a person reads it on GitHub. */
  log: string
}

/** What an action is given: its inputs as the workflow says them, without the defaults of its action.yml. */
type ActionCall = { job: Job; name?: string; with: Record<string, string>; env: Record<string, string> }

/** What stands for an action, by `owner/name`. */
export type Actions = Record<string, (call: ActionCall) => Promise<StepResult | undefined>>

/**
 * Runs the steps; after a failure only those whose `if:` wants to.
 *
 * @param env the workflow's and the job's
 * @param ofJob the contexts, without those that change from step to step
 */
export async function runJob(
  { id, steps: definitions }: JobDefinition,
  name: string,
  env: Record<string, string>,
  ofJob: Contexts,
  options: WorkflowOptions,
): Promise<JobRun> {
  const { workspace, secrets, eventName = 'push' } = options
  const job = new Job({
    workspace,
    secrets: Object.values(secrets).filter(secret => secret !== ''),
    env: { ...env, GITHUB_JOB: id, GITHUB_EVENT_NAME: eventName },
  })
  try {
    const { steps, status } = await runSteps(definitions, job, { ...ofJob, env }, options)
    return { id, name, conclusion: status, steps, log: job.log() }
  } finally {
    job.dispose()
  }
}

/** @returns the steps, with the contexts and the status after the last one */
async function runSteps(definitions: StepDefinition[], job: Job, before: Contexts, options: WorkflowOptions) {
  const steps: StepRun[] = []
  const status = (): Status => (steps.some(step => step.conclusion === 'failure') ? 'failure' : 'success')
  const contexts = (): Contexts => ({
    ...before,
    env: { ...(before['env'] as object), ...job.env },
    steps: Object.fromEntries(steps.map(({ result: _, ...step }) => [step.id, step])),
  })
  for (const definition of definitions) {
    const step = await runStep(definition, job, contexts(), status(), options)
    steps.push(step)
    options.afterStep?.(step)
  }
  return { steps, contexts: contexts(), status: status() }
}

async function runStep(
  step: StepDefinition,
  job: Job,
  contexts: Contexts,
  status: Status,
  options: WorkflowOptions,
): Promise<StepRun> {
  const named = step.name && { name: resolveText(step.name, contexts) }
  const common = { id: step.id, name: step.id, ...named, steps: [] }
  // GitHub gives no secrets to a condition.
  const { secrets: _, ...forCondition } = contexts
  if (!isTrue(step.if, forCondition, status)) {
    return { ...common, outcome: 'skipped', conclusion: 'skipped', outputs: {}, result: undefined }
  }
  const env = resolveTexts(step.env, contexts)
  const withEnv = { ...contexts, env: { ...(contexts['env'] as object), ...env } }
  const { what } = step
  const ends = (status: Status) => ({ outcome: status, conclusion: status })
  if ('uses' in what && what.uses.startsWith('./')) {
    const action = await readCompositeAction(options.readLocal(`${what.uses}/action.yml`))
    const inputs = { ...action.defaults, ...resolveTexts(what.with, withEnv) }
    // A composite action has no secrets but those that it is given.
    const { secrets: _, ...inAction }: Contexts = withEnv
    const ran = await runSteps(action.steps, job, { ...inAction, inputs }, options)
    const outputs = action.outputs(ran.contexts)
    return { ...common, ...ends(ran.status), outputs, result: undefined, steps: ran.steps }
  }
  let result: StepResult | undefined
  if ('uses' in what) {
    const action = options.actions[what.uses.replace(/@.*$/, '')]
    if (!action) throw new Error(`the tests' runner has no action '${what.uses}'`)
    result = await action({ job, ...named, env, with: resolveTexts(what.with, withEnv) })
  } else {
    result = await job.runScript({ ...named, run: resolveText(what.run, withEnv), shell: what.shell, env })
  }
  return {
    ...common,
    ...ends(!result || result.exitCode === 0 ? 'success' : 'failure'),
    outputs: result?.outputs ?? {},
    result,
  }
}
