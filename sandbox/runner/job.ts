/**
 * The GitHub runner in miniature: what a step is given, what the runner reads from it, and what a later step gets. It
 * follows the public source of `actions/runner`.
 */

import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { readInputs } from './action-file.ts'
import { inputVariable, machineEnvironment, runnerEnvironment } from './environment.ts'
import { makeStepFiles, readStepFiles } from './files.ts'
import { type GivenCommand, StepLog } from './log.ts'
import { Masker } from './masker.ts'
import { findShell, type Running, run, type SignalPlan } from './process.ts'

export { findLeaks } from './leaks.ts'

export type JobOptions = {
  /**
   * The job's `env:` block. The names in it that the runner sets itself stand for what the run is (its event, its actor),
   * and `RUNNER_DEBUG: '1'` for a run with debug logging.
   */
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
  /** A SIGINT cancels the step: SIGTERM and SIGKILL follow, with the runner's pauses. */
  signal?: SignalPlan | undefined
  /** The payload of the event; `{}` unless given. */
  event?: unknown
  /** Gets each line of the log, masked, while the step runs. */
  onLine?: ((line: string) => void) | undefined
}

export type ActionOptions = StepOptions & {
  /** The script that the action runs. An `action.yml` beside it or one folder up gives the inputs their defaults. */
  main: string
  with?: Record<string, string> | undefined
  /** The Node to run it with; this one unless given. */
  node?: string | undefined
  nodeArguments?: string[] | undefined
}

type ScriptOptions = StepOptions & {
  run: string
  /** A name or a command line with `{0}` for the script, as in a workflow. */
  shell?: string | undefined
}

export type StepResult = {
  /** A cancelled step is neither of the others, whatever its exit code. */
  outcome: 'success' | 'failure' | 'cancelled'
  /** 1 for a step that the runner fails by itself; null when a signal ended it. */
  exitCode: number | null
  signal: NodeJS.Signals | null
  timedOut: boolean
  /** As printed, unmasked, with line ends as `\n`: on Windows the toolkit ends its lines with `\r\n`. */
  stdout: string
  stderr: string
  /** As a person reads it on GitHub: masked, commands obeyed, `Error: ...` and `Warning: ...`. Without the header. */
  log: string
  /** The step's name, its `with:` or its script and shell, and its `env:`, masked with what was masked before it ran. */
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
  /** What the step wrote to `GITHUB_ENV`: later steps have it, unless the runner sets the same names. */
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
  readonly #jobEnv: Record<string, string> = {}
  readonly #runnerEnv: Record<string, string>
  readonly #running = new Set<Running>()
  #log = ''

  constructor(options: JobOptions = {}) {
    this.#folder = realpathSync(mkdtempSync(join(tmpdir(), 'job-')))
    this.#workspace = options.workspace ?? this.#subfolder('workspace')
    this.#runnerEnv = runnerEnvironment({ workspace: this.#workspace, temp: this.#subfolder('temp') })
    for (const [name, value] of Object.entries(options.env ?? {})) {
      const isOfTheRun = Object.hasOwn(this.#runnerEnv, name) || name === 'RUNNER_DEBUG'
      const env = isOfTheRun ? this.#runnerEnv : this.#jobEnv
      env[name] = value
    }
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
    const inputs = Object.entries({ ...given, ...Object.fromEntries(defaults) })
    return this.#step(options, {
      name: 'Run ./',
      details: block(
        'with',
        inputs.filter(([, value]) => value !== ''),
      ),
      file: options.node ?? process.execPath,
      arguments: [...(options.nodeArguments ?? []), options.main],
      env: Object.fromEntries(inputs.map(([name, value]) => [inputVariable(name), value])),
      warnings: unexpected(Object.keys(given), declared),
      // A JavaScript action reports its failure itself.
      annotatesExitCode: false,
    })
  }

  /** Runs a script as a `run:` step. */
  async runScript(options: ScriptOptions): Promise<StepResult> {
    const shell = findShell(options.shell, [...this.path, ...(process.env['PATH'] ?? '').split(delimiter)])
    const quoted = shell.arguments.map(word => (word.includes(' ') ? `"${word}"` : word)).join(' ')
    const lines = options.run.replaceAll('\r\n', '\n').replace(/\n+$/, '').split('\n')
    const script = join(this.#subfolder(randomUUID()), `script${shell.extension}`)
    writeFileSync(script, options.run)
    return this.#step(options, {
      name: `Run ${options.run.trimStart().split(/[\r\n]/)[0]}`,
      details: [...lines, `shell: ${shell.file} ${quoted}`],
      file: shell.file,
      arguments: shell.arguments.map(argument => argument.replaceAll('{0}', () => script)),
      env: {},
      warnings: [],
      annotatesExitCode: true,
    })
  }

  /** Ends what still runs and deletes the job's files. */
  dispose(): void {
    for (const running of this.#running) running.kill()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  async #step(options: StepOptions, step: StepKind): Promise<StepResult> {
    const began = performance.now()
    const folder = this.#subfolder(randomUUID())
    const files = makeStepFiles(folder)
    const event = join(folder, 'event.json')
    writeFileSync(event, JSON.stringify(options.event ?? {}))

    const env = { ...this.#jobEnv, ...this.env, ...options.env }
    const lines = [...step.details, ...block('env', Object.entries(env))].map(line => `  ${line}`)
    const header = [`▶ ${options.name ?? step.name}`, ...lines].map(line => `${this.mask(line)}\n`).join('')
    this.#log += header
    const log = new StepLog(this.#masker, this.#runnerEnv['RUNNER_DEBUG'] === '1', options.onLine)
    for (const warning of step.warnings) log.warning(warning)

    const running = run({
      file: step.file,
      arguments: step.arguments,
      directory: this.#workspace,
      environment: this.#environment({ ...env, ...step.env }, { ...files, GITHUB_EVENT_PATH: event }),
      onLine: (stream, line) => log.read(stream, line),
      timeoutSeconds: options.timeoutSeconds ?? 60,
      signal: options.signal,
    })
    this.#running.add(running)
    const exit = await running.done.finally(() => this.#running.delete(running))

    const exitCode = exit.signal ? 128 + constants.signals[exit.signal] : exit.exitCode
    if (exit.timedOut) log.error(`The step was ended after ${options.timeoutSeconds ?? 60} seconds.`)
    else if (exitCode !== 0 && !exit.cancelled && !log.ended && step.annotatesExitCode) {
      log.error(`Process completed with exit code ${exitCode}.`)
    }
    const read = readStepFiles(files, log)
    if (exit.cancelled) log.error('The operation was canceled.')
    Object.assign(this.env, read.env)
    for (const folder of read.path) this.#prependPath(folder)
    this.#log += log.text
    const hasFailed = exitCode !== 0 || log.failed
    return {
      outcome: exit.cancelled ? 'cancelled' : hasFailed ? 'failure' : 'success',
      signal: exit.signal,
      timedOut: exit.timedOut,
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
      outputs: read.outputs,
      env: read.env,
      summary: withPlainLineEnds(read.summary),
      outputFile: withPlainLineEnds(read.outputFile),
      envFile: withPlainLineEnds(read.envFile),
      milliseconds: performance.now() - began,
    }
  }

  /** The later entries win, as on the runner: what it sets itself comes after everything that a workflow can say. */
  #environment(env: Record<string, string>, files: Record<string, string>): Record<string, string> {
    const environment: Record<string, string> = {
      CI: 'true',
      ...machineEnvironment(),
      ...env,
      ...this.#runnerEnv,
      ...files,
    }
    environment['PATH'] = [...this.path, environment['PATH'] ?? ''].filter(entry => entry !== '').join(delimiter)
    return environment
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
  name: string
  /** The lines of the header between the name and `env:`. */
  details: string[]
  file: string
  arguments: string[]
  env: Record<string, string>
  warnings: string[]
  annotatesExitCode: boolean
}

/** A title and its entries, as the header of a step shows them. */
function block(title: string, entries: [name: string, value: string][]): string[] {
  return entries.length === 0 ? [] : [`${title}:`, ...entries.map(([name, value]) => `  ${name}: ${value}`)]
}

/** A misspelt input is not an error on GitHub, only this warning. */
function unexpected(given: string[], declared: Record<string, string> | undefined): string[] {
  const valid = Object.keys(declared ?? {})
  const others = given.filter(name => !valid.some(other => other.toLowerCase() === name.toLowerCase()))
  if (!declared || others.length === 0) return []
  return [`Unexpected input(s) '${others.join("', '")}', valid inputs are ['${valid.join("', '")}']`]
}

function withPlainLineEnds(text: string): string {
  return text.replaceAll('\r\n', '\n')
}
