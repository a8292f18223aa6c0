/** Runs a workflow file as GitHub would, with the sandbox's runner for each job and everything on this machine. */

import { type Contexts, isTrue, resolve, resolveText, resolveTexts, type Status } from './expressions.ts'
import { type JobDefinition, readWorkflow } from './read-workflow.ts'
import { type Actions, type Conclusion, type JobRun, runJob, type StepRun } from './run-job.ts'

export type WorkflowOptions = {
  file: string
  /** The file's YAML. */
  text: string
  /** What started it; `push` unless given. */
  eventName?: string | undefined
  /** The payload of that event. */
  event?: unknown
  /** Who started it. */
  actor?: string | undefined
  /** The inputs of a `workflow_dispatch`, or of a workflow that is called. */
  inputs?: Record<string, unknown> | undefined
  secrets: Record<string, string>
  vars: Record<string, string>
  /** The folder that `actions/checkout` would fill. */
  workspace: string
  actions: Actions
  /** The text of a file of the repository, such as `./.github/workflows/deploy.yml`. */
  readLocal: (path: string) => string
  afterStep?: ((step: StepRun) => void) | undefined
}

type WorkflowRun = { conclusion: Status; jobs: JobRun[]; log: string }

export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const workflow = await readWorkflow(options.file, options.text)
  const { eventName = 'push', event = {}, actor = 'octocat', inputs = {}, vars, secrets } = options
  const github = { event_name: eventName, event, repository: 'your-org/your-repository', actor }
  const jobs: JobRun[] = []
  /** By job id: what `needs` knows of the jobs before. A matrix job counts as one. */
  const done: Record<string, { result: Conclusion; outputs: Record<string, string> }> = {}

  for (const definition of inOrder(workflow.jobs)) {
    const needs = Object.fromEntries(definition.needs.map(need => [need, done[need]]))
    const contexts = { github, inputs, needs, vars }
    const before = Object.values(needs).every(need => need?.result === 'success') ? 'success' : 'failure'
    const { failFast, combinations } = strategyOf(definition, contexts)
    const runs: JobRun[] = []
    for (const matrix of combinations) {
      const name = resolveText(definition.name, { ...contexts, matrix }) || definition.id
      const isCancelled = failFast && runs.some(run => run.conclusion === 'failure')
      if (isCancelled || !isTrue(definition.if, contexts, before)) {
        runs.push({ id: definition.id, name, conclusion: 'skipped', steps: [], outputs: {}, warnings: [], log: '' })
        continue
      }
      const forJob = { ...contexts, matrix, secrets }
      if (definition.calls) {
        runs.push(await callWorkflow(definition, name, forJob, options))
        continue
      }
      const env = { ...resolveTexts(workflow.env, forJob), ...resolveTexts(definition.env, forJob) }
      runs.push(await runJob(definition, name, env, forJob, options))
    }
    jobs.push(...runs)
    const conclusions = runs.map(run => run.conclusion)
    const result = (['failure', 'success'] as const).find(one => conclusions.includes(one)) ?? 'skipped'
    done[definition.id] = { result, outputs: Object.assign({}, ...runs.map(run => run.outputs)) }
  }
  const conclusion: Status = jobs.some(job => job.conclusion === 'failure') ? 'failure' : 'success'
  return { conclusion, jobs, log: jobs.map(job => job.log).join('\n') }
}

/** Runs the jobs of another workflow, as one. It has no secrets but those that it is given. */
async function callWorkflow(
  { id, calls }: JobDefinition,
  name: string,
  contexts: Contexts,
  options: WorkflowOptions,
): Promise<JobRun> {
  const file = `${calls?.uses}`
  const inputs = resolveTexts(calls?.with, contexts)
  const secrets = resolveTexts(calls?.secrets, contexts)
  const text = options.readLocal(file)
  const { conclusion, jobs, log } = await runWorkflow({ ...options, file, text, inputs, secrets })
  const [steps, warnings] = [jobs.flatMap(job => job.steps), jobs.flatMap(job => job.warnings)]
  return { id, name, conclusion, steps, outputs: {}, warnings, log }
}

/** Each job after those that it needs. The parser has refused jobs that need each other in a circle. */
function inOrder(jobs: JobDefinition[]): JobDefinition[] {
  const ordered = new Set<JobDefinition>()
  const add = (job: JobDefinition) => {
    jobs.filter(({ id }) => job.needs.includes(id)).forEach(add)
    ordered.add(job)
  }
  jobs.forEach(add)
  return [...ordered]
}

type Matrix = Record<string, unknown[]> & { include?: Record<string, unknown>[] }

/** For which values a job runs, the product of the lists or else the entries of `include`, and whether a failure ends it. */
function strategyOf(definition: JobDefinition, contexts: Contexts) {
  const strategy = resolve(definition.strategy, contexts) as { matrix?: Matrix; 'fail-fast'?: boolean } | undefined
  const { include, ...lists } = strategy?.matrix ?? {}
  const names = Object.keys(lists)
  if (names.includes('exclude') || (include && names.length > 0)) {
    throw new Error("the tests' runner knows a matrix of lists or of 'include', not both, and no 'exclude'")
  }
  let product: Record<string, unknown>[] = [{}]
  for (const name of names) {
    product = product.flatMap(entry => (lists[name] ?? []).map(value => ({ ...entry, [name]: value })))
  }
  return { failFast: strategy?.['fail-fast'] !== false, combinations: include ?? product }
}
