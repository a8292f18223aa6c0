/** Runs a workflow file as GitHub would, with the sandbox's runner for each job and everything on this machine. */

import { type Contexts, isTrue, resolve, resolveText, resolveTexts, type Status } from './expressions.ts'
import { type JobDefinition, readWorkflow } from './read-workflow.ts'
import { type Actions, type JobRun, runJob, type StepRun } from './run-job.ts'

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
  const contexts = { github, inputs, vars }
  for (const definition of workflow.jobs) {
    for (const matrix of matrixOf(definition, contexts)) {
      const name = resolveText(definition.name, { ...contexts, matrix }) || definition.id
      const forJob = { ...contexts, matrix, secrets }
      if (!isTrue(definition.if, contexts, 'success')) {
        jobs.push({ id: definition.id, name, conclusion: 'skipped', steps: [], log: '' })
      } else if (definition.calls) {
        jobs.push(await callWorkflow(definition, name, forJob, options))
      } else {
        const env = { ...resolveTexts(workflow.env, forJob), ...resolveTexts(definition.env, forJob) }
        jobs.push(await runJob(definition, name, env, forJob, options))
      }
    }
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
  return { id, name, conclusion, steps: jobs.flatMap(job => job.steps), log }
}

type Strategy = { matrix: Record<string, unknown[]> & { include?: Record<string, unknown>[] }; 'fail-fast'?: boolean }

/** The values that a job runs for: those of one list, or the entries of `include`. */
function matrixOf(definition: JobDefinition, contexts: Contexts): Record<string, unknown>[] {
  const strategy = resolve(definition.strategy, contexts) as Strategy | undefined
  if (!strategy) return [{}]
  const { include, ...lists } = strategy.matrix
  const [list, ...others] = Object.entries(lists)
  if (strategy['fail-fast'] !== false || others.length > 0 || (include && list)) {
    throw new Error("the tests' runner knows 'fail-fast: false' and a matrix of one list or of 'include'")
  }
  return include ?? list?.[1].map(value => ({ [list[0]]: value })) ?? []
}
