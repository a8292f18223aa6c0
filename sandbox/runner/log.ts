/** Reads what a step prints: obeys the commands in it, and keeps the rest as a person sees it on GitHub. */

import { type Command, parseCommand } from './commands.ts'
import { trim } from './dotnet.ts'
import type { Masker } from './masker.ts'

/** A command that the step gave: where it stood, and its message before any masking. */
export type GivenCommand = Command & {
  stream: 'stdout' | 'stderr'
  /** The index of its line in that stream, from 0. */
  line: number
}

/** The longest message of an annotation; the rest is cut off. */
const longestMessage = 4096

/** More annotations of a kind are only in the log. */
const mostAnnotations = 10

/** Masks a stop token that is longer than this, so that text printed in between cannot know it. */
const shortStopToken = 6

/** What echo does not show as it came: these appear in the log in a form of their own. */
const notEchoed = ['add-mask', 'debug', 'error', 'warning', 'notice', 'stop-commands']

const badToken =
  "You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command. For more information see: https://docs.github.com/actions/learn-github-actions/workflow-commands-for-github-actions#example-stopping-and-starting-workflow-commands or opt into insecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS` environment variable to `true`."
const disabled =
  'command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the `ACTIONS_ALLOW_UNSECURE_COMMANDS` environment variable to `true`. For more information see: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/'

export class StepLog {
  readonly commands: GivenCommand[] = []
  /** The annotations, masked and cut to length, as the summary page of a run shows them. */
  readonly errors: string[] = []
  readonly warnings: string[] = []
  readonly notices: string[] = []
  /** What this step asked to be masked. */
  readonly masks: string[] = []
  /** From the file and from the deprecated `::set-output::`, which the runner still obeys. */
  readonly outputs: Record<string, string> = {}
  /** Set by a command that the runner refuses: the step fails whatever its exit code. */
  failed = false
  /** Set by a stop token that is not allowed: the runner reads nothing more of the step. */
  ended = false

  /** The runner's commands. Those that change nothing in a log or in a later step here are known, and do nothing. */
  readonly #actions: Record<string, (command: Command, text: string) => void> = {
    'add-mask': ({ message }) => this.#mask(message),
    error: ({ message }) => this.error(message),
    warning: ({ message }) => this.warning(message),
    notice: ({ message }) => this.#annotate(this.notices, 'Notice', message),
    debug: ({ message }) => this.debug(message),
    group: ({ message }) => this.write(`▼ ${message}`),
    endgroup: () => {},
    echo: ({ message }, text) => this.#setEcho(message, text),
    'stop-commands': ({ message }, text) => this.#stop(message, text),
    'set-output': (command, text) => this.#setOutput(command, text),
    'set-env': (command, text) => this.#refuseToSet(command, text),
    'add-path': (command, text) => this.#refuseToSet(command, text),
    'save-state': () => {},
    'add-matcher': () => {},
    'remove-matcher': () => {},
  }

  readonly #masker: Masker
  readonly #isDebugging: boolean
  readonly #onLine: (line: string) => void
  #isEchoing: boolean
  readonly #lines: string[] = []
  readonly #lineCount = { stdout: 0, stderr: 0 }
  #stopToken: string | undefined

  /**
   * @param isDebugging whether debug logging is on: debug lines are shown, and each command that is obeyed
   * @param onLine gets each line of the log, masked, as soon as it is there
   */
  constructor(masker: Masker, isDebugging: boolean, onLine: (line: string) => void = () => {}) {
    this.#masker = masker
    this.#onLine = onLine
    this.#isDebugging = isDebugging
    this.#isEchoing = isDebugging
  }

  /** The log so far, each line masked with what was masked when it was written. */
  get text(): string {
    return this.#lines.map(line => `${line}\n`).join('')
  }

  /** Takes one line of the step's output. */
  read(stream: 'stdout' | 'stderr', line: string): void {
    if (this.ended) return
    const index = this.#lineCount[stream]++
    const command = parseCommand(line, name => this.#isKnown(name))
    if (!command || !this.#obey(command, line, { stream, line: index })) this.write(line)
  }

  /** Writes a line to the log, masked. */
  write(text: string): void {
    const line = this.#masker.apply(text)
    this.#lines.push(line)
    this.#onLine(line)
  }

  /** Annotates the step with an error. It does not fail the step: its exit code does. */
  error(message: string): void {
    this.#annotate(this.errors, 'Error', message)
  }

  warning(message: string): void {
    this.#annotate(this.warnings, 'Warning', message)
  }

  /** Shown only when debug logging is on. */
  debug(message: string): void {
    if (this.#isDebugging) for (const line of message.split(/\r?\n/)) this.write(`##[debug]${line}`)
  }

  /** Names of outputs are case-insensitive: the spelling of the first time stays. */
  setOutput(name: string, value: string): void {
    const known = Object.keys(this.outputs).find(key => key.toLowerCase() === name.toLowerCase())
    this.outputs[known ?? name] = value
  }

  #annotate(annotations: string[], label: string, message: string): void {
    const shown = this.#masker.apply(message).slice(0, longestMessage)
    if (annotations.length < mostAnnotations) annotations.push(shown)
    if (shown !== '') this.write(`${label}: ${shown}`)
  }

  #isKnown(name: string): boolean {
    return Object.hasOwn(this.#actions, name.toLowerCase()) || name.toLowerCase() === this.#stopToken?.toLowerCase()
  }

  /** @returns false for a command that is only text now, because commands are stopped */
  #obey(command: Command, text: string, place: Pick<GivenCommand, 'stream' | 'line'>): boolean {
    const name = command.command.toLowerCase()
    if (this.#stopToken !== undefined) {
      if (name !== this.#stopToken.toLowerCase()) return false
      this.#stopToken = undefined
      this.write(text)
      return true
    }
    this.commands.push({ ...command, ...place })
    if (this.#isEchoing && !notEchoed.includes(name)) this.write(text)
    this.#actions[name]?.(command, text)
    return true
  }

  #stop(token: string, text: string): void {
    if (token === '' || this.#isKnown(token) || token.toLowerCase() === 'pause-logging') {
      this.error(badToken)
      this.failed = true
      this.ended = true
      return
    }
    this.#stopToken = token
    if (token.length > shortStopToken) this.#masker.add(token)
    this.write(text)
  }

  #mask(value: string): void {
    if (trim(value) === '') {
      this.warning("Can't add secret mask for empty string in ##[add-mask] command.")
      return
    }
    if (this.#isEchoing) this.write('::add-mask::***')
    this.masks.push(value)
    this.#masker.add(value)
  }

  #setEcho(value: string, text: string): void {
    const state = trim(value).toLowerCase()
    if (state !== 'on' && state !== 'off') {
      const why = `Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '${value}'.`
      this.#refuse(text, value === '' ? "Value cannot be null. (Parameter 'value')" : why)
      return
    }
    this.#isEchoing = state === 'on'
    this.debug(`Setting echo command value to '${state}'`)
  }

  #setOutput({ properties, message }: Command, text: string): void {
    const name = properties['name']
    if (name) this.setOutput(name, message)
    else this.#refuse(text, "Required field 'name' is missing in ##[set-output] command.")
  }

  #refuseToSet({ command }: Command, text: string): void {
    this.#refuse(text, `The \`${command}\` ${disabled}`)
  }

  #refuse(text: string, why: string): void {
    this.error(`Unable to process command '${text}' successfully.`)
    this.error(why)
    this.failed = true
  }
}
