/**
 * The GitHub runner in miniature: what a step is given, what the runner reads from it, and what a later step gets. It
 * follows the public source of `actions/runner`.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { readInputs } from './action-file.ts'
import { inputVariable, isRunnerOwned, machineEnvironment, runnerEnvironment } from './environment.ts'
import { makeStepFiles, readStepFiles } from './files.ts'
import { type GivenCommand, StepLog } from './log.ts'
import { Masker } from './masker.ts'
import { findShell, type Running, run, type SignalPlan } from './process.ts'

export { findLeaks } from './leaks.ts'

export type JobOptions = {
  /** The job's `env:` block. `GITHUB_*` and `RUNNER_*` in it stand for what the run itself is (its event, its actor). */
  env?: Record<string, string> | undefined
  /** Where steps run; an empty folder of its own unless given. A given one is not deleted. */
  workspace?: string | undefined
  /** The values behind `secrets.*`: the runner masks these before the first step. */
  secrets?: string[] | undefined
  /** Folders before the rest of PATH, as an earlier `setup-*` step adds them. */
  path?: string[] | undefined
}

type StepOptions = {
  /** The step's `env:` block. */
  env?: Record<string, string> | undefined
  /** What stands above the step in the log. */
  name?: string | undefined
  /** The step is killed after this; 60 unless given. */
  timeoutSeconds?: number | undefined
  /** Cancels the step: after SIGINT follow SIGTERM and SIGKILL, with the runner's pauses. */
  signal?: SignalPlan | undefined
}

export type ActionOptions = StepOptions & {
  /** The script that the action runs. An `action.yml` beside it or one folder up gives the inputs their defaults. */
  main: string
  with?: Record<string, string> | undefined
  /** The Node to run it with; this one unless given. */
  node?: string | undefined
  nodeArguments?: string[] | undefined
  /** The payload of the event; `{}` unless given. */
  event?: unknown
}

export type ScriptOptions = StepOptions & {
  run: string
  /** A name or a command line with `{0}` for the script, as in a workflow. */
  shell?: string | undefined
}

export type StepResult = {
  /** 1 for a step that the runner fails by itself; null when a signal ended it. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  timedOut: boolean
  /** As printed, unmasked, with line ends as `\n`: on Windows the toolkit ends its lines with `\r\n`. */
  stdout: string
  stderr: string
  /** As a person reads it on GitHub: masked, commands obeyed, `Error: ...` and `Warning: ...`. Without the header. */
  log: string
  /** The step's name with its `with:` and `env:`, masked with what was masked before it ran. */
  header: string
  /** All commands that were obeyed, in order, with their messages unmasked. */
  commands: GivenCommand[]
  /** The annotations, masked. */
  errors: string[]
  warnings: string[]
  notices: string[]
  /** The values that the step asked to be masked, as it gave them. */
  masks: string[]
  outputs: Record<string, string>
  /** What later steps have in their environment because of this one. */
  env: Record<string, string>
  /** The text of the files, unmasked, so that `findLeaks` sees what the step wrote. Line ends as in `stdout`. */
  summary: string
  outputFile: string
  envFile: string
  milliseconds: number
}

/** One job: its steps run one after the other and share masks, environment and PATH. Call `dispose` at the end. */
export class Job {
  /** What `GITHUB_ENV` files added so far. */
  readonly env: Record<string, string> = {}
  /** The folders in front of PATH, the first one searched first. */
  readonly path: string[]

  readonly #masker = new Masker()
  readonly #folder: string
  readonly #workspace: string
  readonly #jobEnv: Record<string, string>
  readonly #running = new Set<Running>()
  #log = ''

  constructor(options: JobOptions = {}) {
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'job-')))
    this.#workspace = options.workspace ?? this.#subfolder('workspace')
    this.#jobEnv = options.env ?? {}
    this.path = [...(options.path ?? [])]
    for (const secret of options.secrets ?? []) this.#masker.add(secret)
  }

  /** All masked values so far, and their lines. */
  get masks(): string[] {
    return this.#masker.values
  }

  /** Masks text as a line of the log would be. */
  mask(text: string): string {
    return this.#masker.apply(text)
  }

  /** The log of the whole job as a person reads it on GitHub. */
  log(): string {
    return this.#log
  }

  /** Runs a JavaScript action as a step. */
  async runAction(options: ActionOptions): Promise<StepResult> {
    const declared = readInputs(options.main)
    const given = options.with ?? {}
    const has = (name: string) => Object.keys(given).some(key => key.toLowerCase() === name.toLowerCase())
    // An empty value counts as given: a secret that is not there suppresses the default.
    const defaults = Object.entries(declared ?? {}).filter(([name]) => !has(name))
    const inputs = { ...given, ...Object.fromEntries(defaults) }

    const event = join(this.#subfolder(randomUUID()), 'event.json')
    writeFileSync(event, JSON.stringify(options.event ?? {}))
    const inputEnv = Object.entries(inputs).map(([name, value]) => [inputVariable(name), value])
    return this.#step(
      { name: 'Run ./', ...options },
      {
        inputs,
        file: options.node ?? process.execPath,
        arguments: [...(options.nodeArguments ?? []), options.main],
        env: { ...Object.fromEntries(inputEnv), GITHUB_EVENT_PATH: event },
        start: log => warnOfUnexpected(log, Object.keys(given), declared),
        // A JavaScript action reports its failure itself: the runner adds no annotation of its own.
        end: () => {},
      },
    )
  }

  /** Runs a script as a `run:` step. */
  async runScript(options: ScriptOptions): Promise<StepResult> {
    const shell = findShell(options.shell)
    const script = join(this.#subfolder(randomUUID()), `script${shell.extension}`)
    writeFileSync(script, options.run)
    return this.#step(
      { name: `Run ${options.run.trimStart().split('\n')[0]}`, ...options },
      {
        inputs: {},
        file: shell.file,
        arguments: shell.arguments.map(argument => argument.replaceAll('{0}', () => script)),
        env: {},
        start: () => {},
        end: (log, exitCode) => log.error(`Process completed with exit code ${exitCode}.`),
      },
    )
  }

  /** Ends what still runs and deletes the job's files. */
  dispose(): void {
    for (const running of this.#running) running.kill()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #step(options: StepOptions, step: StepKind): Promise<StepResult> {
    const began = performance.now()
    const files = makeStepFiles(this.#subfolder(randomUUID()))
    const environment = this.#environment(options.env ?? {}, { ...step.env, ...files })
    const log = new StepLog(this.#masker, environment['RUNNER_DEBUG'] === '1')
    const header = this.#masker.apply(
      stepHeader(options.name ?? 'Run', step.inputs, { ...this.#shownEnv(), ...options.env }),
    )
    this.#log += header
    step.start(log)

    const running = run({
      file: step.file,
      arguments: step.arguments,
      directory: this.#workspace,
      environment,
      onLine: (stream, line) => log.read(stream, line),
      timeoutSeconds: options.timeoutSeconds ?? 60,
      signal: options.signal,
    })
    this.#running.add(running)
    const exit = await running.done.finally(() => this.#running.delete(running))

    if (exit.timedOut) log.error(`The step was ended after ${options.timeoutSeconds ?? 60} seconds.`)
    else if (exit.exitCode !== 0) step.end(log, exit.exitCode ?? exit.signal)
    const read = readStepFiles(files, log)
    Object.assign(this.env, read.env)
    for (const folder of read.path) this.#prependPath(folder)
    this.#log += log.text
    return {
      ...exit,
      stdout: withPlainLineEnds(exit.stdout),
      stderr: withPlainLineEnds(exit.stderr),
      exitCode: exit.exitCode === 0 && log.failed ? 1 : exit.exitCode,
      log: log.text,
      header,
      commands: log.commands,
      errors: log.errors,
      warnings: log.warnings,
      notices: log.notices,
      masks: log.masks,
      outputs: { ...log.outputs, ...read.outputs },
      env: read.env,
      summary: withPlainLineEnds(read.summary),
      outputFile: withPlainLineEnds(read.outputFile),
      envFile: withPlainLineEnds(read.envFile),
      milliseconds: performance.now() - began,
    }
  }

  /** The later entries win, as on the runner: what it owns is set again after everything that a workflow can say. */
  #environment(stepEnv: Record<string, string>, own: Record<string, string>): Record<string, string> {
    const fromFiles = Object.entries(this.env).filter(([name]) => !isRunnerOwned(name))
    const environment: Record<string, string> = {
      ...machineEnvironment(),
      ...runnerEnvironment({ workspace: this.#workspace, temp: this.#subfolder('temp') }),
      ...this.#jobEnv,
      ...Object.fromEntries(fromFiles),
      ...stepEnv,
      ...own,
    }
    environment['PATH'] = [...this.path, environment['PATH'] ?? ''].filter(entry => entry !== '').join(delimiter)
    return environment
  }

  /** The `env:` block of a step's header: what a workflow set, without what stands for the run itself. */
  #shownEnv(): Record<string, string> {
    return Object.fromEntries(Object.entries({ ...this.#jobEnv, ...this.env }).filter(([name]) => !isRunnerOwned(name)))
  }

  #prependPath(folder: string): void {
    const at = this.path.indexOf(folder)
    if (at >= 0) this.path.splice(at, 1)
    this.path.unshift(folder)
  }

  #subfolder(name: string): string {
    const folder = join(this.#folder, name)
    mkdirSync(folder, { recursive: true })
    return folder
  }
}

/** Where the two kinds of step differ. */
type StepKind = {
  inputs: Record<string, string>
  file: string
  arguments: string[]
  env: Record<string, string>
  start(log: StepLog): void
  /** Called when the step failed. */
  end(log: StepLog, exitCode: number | NodeJS.Signals | null): void
}

/** `with:` shows every input that has a value, the defaults too; the runner prints this before the action's code runs. */
function stepHeader(name: string, inputs: Record<string, string>, env: Record<string, string>): string {
  const block = (title: string, entries: [string, string][]) =>
    entries.length === 0 ? [] : [`  ${title}:`, ...entries.map(([key, value]) => `    ${key}: ${value}`)]
  const lines = [
    `▶ ${name}`,
    ...block(
      'with',
      Object.entries(inputs).filter(([, value]) => value !== ''),
    ),
    ...block('env', Object.entries(env)),
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** A misspelt input is not an error on GitHub, only this warning. */
function warnOfUnexpected(log: StepLog, given: string[], declared: Record<string, string> | undefined): void {
  if (!declared) return
  const valid = Object.keys(declared)
  const unexpected = given.filter(name => !valid.some(other => other.toLowerCase() === name.toLowerCase()))
  if (unexpected.length === 0) return
  log.warning(`Unexpected input(s) '${unexpected.join("', '")}', valid inputs are ['${valid.join("', '")}']`)
}

function withPlainLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n')
}
