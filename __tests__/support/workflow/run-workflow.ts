/** Runs a workflow file as GitHub would, with the sandbox's runner for each job and everything on this machine. */

import { Job } from '../../../sandbox/runner/job.ts'
import { asText, type Contexts, isTrue, resolve, resolveTexts, type Status } from './expressions.ts'
import { readStrategy } from './matrix.ts'
import { type JobDefinition, readWorkflow, type Workflow } from './read-workflow.ts'
import { type Actions, type Conclusion, runSteps, type StepRun } from './run-job.ts'

export type WorkflowOptions = {
  file: string
  /** The file's YAML. */
  text: string
  /** What started it; `push` unless given. */
  eventName?: string | undefined
  /** The inputs of a `workflow_dispatch`. */
  inputs?: Record<string, unknown> | undefined
  secrets: Record<string, string>
  vars: Record<string, string>
  /** The folder that `actions/checkout` would fill. */
  workspace: string
  actions: Actions
  afterStep?: ((step: StepRun) => void) | undefined
}

export type JobRun = {
  id: string
  name: string
  conclusion: Conclusion
  steps: StepRun[]
  /** Without those that were masked: they cannot leave a job. */
  outputs: Record<string, string>
  warnings: string[]
  /** Masked, as a person reads it on GitHub. */
  log: string
}

export type WorkflowRun = { conclusion: Conclusion; jobs: JobRun[]; log: string }

/** By job id: what `needs` knows of the jobs before. A matrix job counts as one. */
type Done = Map<string, { result: Conclusion; outputs: Record<string, string> }>

export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const workflow = await readWorkflow(options.file, options.text)
  const done: Done = new Map()
  const jobs: JobRun[] = []

  for (const definition of inOrder(workflow.jobs)) {
    const runs = await runMatrix(definition, workflow, options, done)
    jobs.push(...runs)
    done.set(definition.id, {
      result: together(runs.map(run => run.conclusion)),
      outputs: Object.assign({}, ...runs.map(run => run.outputs)),
    })
  }
  const conclusion = jobs.some(job => job.conclusion === 'failure') ? 'failure' : 'success'
  return { conclusion, jobs, log: jobs.map(job => job.log).join('\n') }
}

/** Each job after those that it needs. */
function inOrder(jobs: JobDefinition[]): JobDefinition[] {
  const ordered: JobDefinition[] = []
  while (ordered.length < jobs.length) {
    const ready = jobs.filter(
      job => !ordered.includes(job) && job.needs.every(need => ordered.some(other => other.id === need)),
    )
    if (ready.length === 0) throw new Error('jobs need each other in a circle')
    ordered.push(...ready)
  }
  return ordered
}

async function runMatrix(
  definition: JobDefinition,
  workflow: Workflow,
  options: WorkflowOptions,
  done: Done,
): Promise<JobRun[]> {
  const needs = definition.needs.map(need => [need, done.get(need)] as const)
  const contexts: Contexts = {
    github: githubContext(workflow, definition, options),
    inputs: options.inputs ?? {},
    needs: Object.fromEntries(needs),
    vars: options.vars,
  }
  const skipped = (name: string): JobRun => {
    return { id: definition.id, name, conclusion: 'skipped', steps: [], outputs: {}, warnings: [], log: '' }
  }
  const before: Status = needs.every(([, need]) => need?.result === 'success') ? 'success' : 'failure'
  if (!isTrue(definition.if, contexts, before)) return [skipped(definition.id)]

  const { combinations, failFast } = readStrategy(resolve(definition.strategy, contexts))
  const runs: JobRun[] = []
  for (const matrix of combinations) {
    const forJob = { ...contexts, matrix, strategy: { 'fail-fast': failFast, 'job-total': combinations.length } }
    const name = asText(resolve(definition.name, forJob)) || definition.id
    const isCancelled = failFast && runs.some(run => run.conclusion === 'failure')
    if (isCancelled) runs.push(skipped(name))
    else runs.push(await runJob(definition, name, workflow, options, forJob))
  }
  return runs
}

async function runJob(
  definition: JobDefinition,
  name: string,
  workflow: Workflow,
  options: WorkflowOptions,
  forJob: Contexts,
): Promise<JobRun> {
  const github = forJob['github'] as Record<string, unknown>
  const contexts = { ...forJob, secrets: options.secrets, runner: { os: 'Linux' } }
  const env = { ...resolveTexts(workflow.env, contexts), ...resolveTexts(definition.env, contexts) }
  const ofRun = { GITHUB_JOB: definition.id, GITHUB_WORKFLOW: workflow.name }
  const job = new Job({
    workspace: options.workspace,
    secrets: Object.values(options.secrets).filter(secret => secret !== ''),
    env: { ...env, ...ofRun, GITHUB_EVENT_NAME: `${github['event_name']}` },
  })
  try {
    const { actions, afterStep } = options
    const event = github['event']
    const ran = await runSteps({ definition, job, contexts, env, event, actions, afterStep })
    const warnings: string[] = []
    const outputs = Object.entries(resolveTexts(definition.outputs, ran.contexts)).filter(([output, value]) => {
      const isSecret = job.mask(value) !== value
      if (isSecret) warnings.push(`Skip output '${output}' since it may contain secret.`)
      return !isSecret
    })
    const conclusion = ran.status === 'success' ? 'success' : 'failure'
    const left = { outputs: Object.fromEntries(outputs), warnings, log: job.log() }
    return { id: definition.id, name, conclusion, steps: ran.steps, ...left }
  } finally {
    job.dispose()
  }
}

function githubContext(workflow: Workflow, definition: JobDefinition, options: WorkflowOptions) {
  return {
    actor: 'octocat',
    event: options.inputs ? { inputs: options.inputs } : {},
    event_name: options.eventName ?? 'push',
    job: definition.id,
    ref: 'refs/heads/main',
    ref_name: 'main',
    repository: 'your-org/your-repository',
    repository_owner: 'your-org',
    run_attempt: '1',
    run_id: '1',
    server_url: 'https://github.com',
    workflow: workflow.name,
    workspace: options.workspace,
  }
}

function together(conclusions: Conclusion[]): Conclusion {
  if (conclusions.includes('failure')) return 'failure'
  return conclusions.every(conclusion => conclusion === 'skipped') ? 'skipped' : 'success'
}
