/** A workflow file as GitHub's own parser reads it, reduced to what the tests' runner knows. */

import {
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'
import { isActionStep, isReusableWorkflowJob, isRunStep } from '@actions/workflow-parser/model/type-guards'
import type { Step, WorkflowJob } from '@actions/workflow-parser/model/workflow-template'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

export type JobDefinition = ReturnType<typeof readJob>
export type StepDefinition = ReturnType<typeof readStep>

/** What can stand in a file and is understood here, or makes no difference to a run on one machine. */
const known = {
  workflow: ['name', 'on', 'permissions', 'concurrency', 'defaults', 'env', 'jobs'],
  job: ['name', 'if', 'runs-on', 'timeout-minutes', 'environment', 'strategy', 'env', 'steps'],
  call: ['name', 'if', 'strategy', 'uses', 'with', 'secrets'],
  step: ['id', 'name', 'if', 'env', 'uses', 'with', 'run', 'shell'],
}

/** @throws Error that lists what GitHub's parser finds wrong, or names what only this runner does not know */
export async function readWorkflow(file: string, text: string) {
  const { context, value: root } = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter())
  const jobs = root ? (await convertWorkflowTemplate(context, root)).jobs : []
  const errors = context.errors.getErrors().map(error => error.message)
  if (errors.length > 0) throw new Error(`${file}:\n${errors.join('\n')}`)

  refuseUnknown(root, known.workflow)
  const shell = find(root, 'defaults', 'run', 'shell')?.toString()
  return { env: find(root, 'env'), jobs: jobs.map(job => readJob(job, find(root, 'jobs', job.id.value), shell)) }
}

/** @param token the job as it stands in the file: the parser's own form of it leaves out `with` and `shell` */
function readJob(job: WorkflowJob, token: TemplateToken | undefined, shell: string | undefined) {
  const { name, strategy } = job
  // The parser has put `success() &&` in front of a condition where that is implied.
  const common = { id: job.id.value, name, if: job.if.expression, strategy }
  if (isReusableWorkflowJob(job)) {
    refuseUnknown(token, known.call)
    const calls = { uses: job.ref.value, with: find(token, 'with'), secrets: find(token, 'secrets') }
    return { ...common, calls, env: undefined, steps: [] }
  }
  refuseUnknown(token, known.job)
  const tokens = find(token, 'steps')
  const stepTokens = tokens && isSequence(tokens) ? [...tokens] : []
  const steps = job.steps.map((step, index) => readStep(step, stepTokens[index], shell))
  return { ...common, calls: undefined, env: job.env, steps }
}

function readStep(step: Step, token: TemplateToken | undefined, shell: string | undefined) {
  refuseUnknown(token, known.step)
  const { id, name } = step
  const common = { id, name, if: step.if?.expression ?? 'success()' }
  if (isActionStep(step))
    return { ...common, env: step.env, what: { uses: step.uses.value, with: find(token, 'with') } }
  if (!isRunStep(step)) throw new Error(`step ${id} neither uses nor runs anything`)
  return { ...common, env: step.env, what: { run: step.run, shell: find(token, 'shell')?.toString() ?? shell } }
}

/** Follows names through mappings. */
function find(token: TemplateToken | undefined, ...names: string[]): TemplateToken | undefined {
  return names.reduce((at, name) => (at && isMapping(at) ? at.find(name) : undefined), token)
}

/** A key that was overlooked would make a test pass for the wrong reason. */
function refuseUnknown(token: TemplateToken | undefined, names: string[]): void {
  for (const { key } of token && isMapping(token) ? token : []) {
    if (!names.includes(`${key}`)) throw new Error(`the tests' runner does not know '${key}' here`)
  }
}
