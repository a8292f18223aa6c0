/** A workflow file as GitHub's own parser reads it, reduced to what the tests' runner knows. */

import {
  convertWorkflowTemplate,
  isMapping,
  isSequence,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser'
import { isActionStep, isJob, isRunStep } from '@actions/workflow-parser/model/type-guards'
import type { Step, WorkflowJob } from '@actions/workflow-parser/model/workflow-template'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

export type Workflow = { name: string; env: TemplateToken | undefined; jobs: JobDefinition[] }

export type JobDefinition = {
  id: string
  name: TemplateToken | undefined
  needs: string[]
  /** An expression; the parser has put `success() &&` in front where that is implied. */
  if: string
  strategy: TemplateToken | undefined
  env: TemplateToken | undefined
  outputs: TemplateToken | undefined
  steps: StepDefinition[]
}

export type StepDefinition = {
  id: string
  name: TemplateToken | undefined
  if: string
  env: TemplateToken | undefined
  continueOnError: boolean
  what: { uses: string; with: TemplateToken | undefined } | { run: TemplateToken; shell: string | undefined }
}

/** What can stand in a file and is understood here, or makes no difference to a run on one machine. */
const known = {
  workflow: ['name', 'run-name', 'on', 'permissions', 'concurrency', 'defaults', 'env', 'jobs'],
  job: [
    ...['name', 'needs', 'if', 'runs-on', 'timeout-minutes', 'permissions', 'concurrency', 'environment'],
    ...['strategy', 'defaults', 'env', 'outputs', 'steps'],
  ],
  step: ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes', 'uses', 'with', 'run', 'shell'],
}

/**
 * Reads a workflow file.
 *
 * @throws Error that lists what GitHub's parser finds wrong, or names what only this runner does not know
 */
export async function readWorkflow(file: string, text: string): Promise<Workflow> {
  const { context, value: root } = parseWorkflow({ name: file, content: text }, new NoOperationTraceWriter())
  const jobs = root ? (await convertWorkflowTemplate(context, root)).jobs : []
  const errors = context.errors.getErrors().map(error => error.message)
  if (!root || errors.length > 0) throw new Error(`${file}:\n${errors.join('\n')}`)

  refuseUnknown(root, known.workflow, file)
  const shell = shellOf(root)
  const read = jobs.map(job => readJob(job, find(root, 'jobs', job.id.value), shell, file))
  return { name: find(root, 'name')?.toString() ?? file, env: find(root, 'env'), jobs: read }
}

/** @param token the job as it stands in the file: the parser's own form of it leaves out `with` and `shell` */
function readJob(job: WorkflowJob, token: TemplateToken | undefined, shell: string | undefined, file: string) {
  if (!isJob(job)) throw new Error(`${file}: a job that calls another workflow is not known here`)
  refuseUnknown(token, known.job, file)
  const steps = find(token, 'steps')
  const stepTokens = steps && isSequence(steps) ? [...steps] : []
  return {
    id: job.id.value,
    name: job.name,
    needs: (job.needs ?? []).map(need => need.value),
    if: job.if.expression,
    strategy: job.strategy,
    env: job.env,
    outputs: job.outputs,
    steps: job.steps.map((step, index) => readStep(step, stepTokens[index], shellOf(token) ?? shell, file)),
  }
}

function readStep(step: Step, token: TemplateToken | undefined, shell: string | undefined, file: string) {
  refuseUnknown(token, known.step, file)
  const continueOnError = step['continue-on-error'] === true
  const common = { id: step.id, name: step.name, if: step.if?.expression ?? 'success()', continueOnError }
  if (isActionStep(step)) {
    return { ...common, env: step.env, what: { uses: step.uses.value, with: find(token, 'with') } }
  }
  if (isRunStep(step)) {
    return { ...common, env: step.env, what: { run: step.run, shell: find(token, 'shell')?.toString() ?? shell } }
  }
  throw new Error(`${file}: step ${step.id} neither uses nor runs anything`)
}

function shellOf(token: TemplateToken | undefined): string | undefined {
  return find(token, 'defaults', 'run', 'shell')?.toString()
}

/** Follows names through mappings. */
function find(token: TemplateToken | undefined, ...names: string[]): TemplateToken | undefined {
  return names.reduce((at, name) => (at && isMapping(at) ? at.find(name) : undefined), token)
}

/** A key that was overlooked would make a test pass for the wrong reason. */
function refuseUnknown(token: TemplateToken | undefined, names: string[], file: string): void {
  if (!token || !isMapping(token)) throw new Error(`${file}: a mapping is missing`)
  for (const { key } of token) {
    if (!names.includes(`${key}`)) throw new Error(`${file}: the tests' runner does not know '${key}' here`)
  }
}
