/** Reads what a step prints: obeys the commands in it, and keeps the rest as a person sees it on GitHub. */

import { type Command, parseCommand } from './commands.ts'
import type { Masker } from './masker.ts'

/** A command that the step gave: where it stood, and its message before any masking. */
export type GivenCommand = Command & {
  stream: 'stdout' | 'stderr'
  /** The index of its line in that stream, from 0. */
  line: number
}

/** The longest message of an annotation; the rest is cut off. */
const longestMessage = 4096

/** Masks a stop token that is longer than this, so that text printed in between cannot know it. */
const shortStopToken = 6

export class StepLog {
  readonly commands: GivenCommand[] = []
  /** The annotations, masked and cut to length, as the summary page of a run shows them. */
  readonly errors: string[] = []
  readonly warnings: string[] = []
  readonly notices: string[] = []
  /** What this step asked to be masked. */
  readonly masks: string[] = []
  /** Outputs set with the deprecated `::set-output::`, which the runner still obeys. */
  readonly outputs: Record<string, string> = {}
  /** Set by a command that the runner refuses: the step fails whatever its exit code. */
  failed = false

  /** The runner's commands. Those that change nothing in a log or in a later step here are known, and do nothing. */
  readonly #actions: Record<string, (command: Command, text: string) => void> = {
    'add-mask': ({ message }) => this.#mask(message),
    error: ({ message }) => this.error(message),
    warning: ({ message }) => this.warning(message),
    notice: ({ message }) => this.#annotate(this.notices, 'Notice', message),
    debug: ({ message }) => this.debug(message),
    group: ({ message }) => this.write(`▼ ${message}`),
    endgroup: () => {},
    'stop-commands': ({ message }, text) => this.#stop(message, text),
    'set-output': (command, text) => this.#setOutput(command, text),
    'set-env': (command, text) => this.#refuseToSet(command, text),
    'add-path': (command, text) => this.#refuseToSet(command, text),
    'save-state': () => {},
    echo: () => {},
    'add-matcher': () => {},
    'remove-matcher': () => {},
  }

  readonly #masker: Masker
  readonly #showDebug: boolean
  readonly #lines: string[] = []
  readonly #lineCount = { stdout: 0, stderr: 0 }
  #stopToken: string | undefined

  constructor(masker: Masker, showDebug: boolean) {
    this.#masker = masker
    this.#showDebug = showDebug
  }

  /** The log so far, each line masked with what was masked when it was written. */
  get text(): string {
    return this.#lines.map(line => `${line}\n`).join('')
  }

  /** Takes one line of the step's output. */
  read(stream: 'stdout' | 'stderr', line: string): void {
    const index = this.#lineCount[stream]++
    const command = parseCommand(line, name => this.#isKnown(name))
    if (!command || !this.#obey(command, line, { stream, line: index })) this.write(line)
  }

  /** Writes a line to the log, masked. */
  write(text: string): void {
    this.#lines.push(this.#masker.apply(text))
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
    if (this.#showDebug) this.write(`##[debug]${message}`)
  }

  #annotate(annotations: string[], label: string, message: string): void {
    const shown = this.#masker.apply(message).slice(0, longestMessage)
    annotations.push(shown)
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
    this.#actions[name]?.(command, text)
    return true
  }

  #stop(token: string, text: string): void {
    if (token === '' || this.#isKnown(token) || token.toLowerCase() === 'pause-logging') {
      this.#refuse(text, 'Invoking `stop-commands` with a token that is empty or a command is disabled.')
      return
    }
    this.#stopToken = token
    if (token.length > shortStopToken) this.#masker.add(token)
    this.write(text)
  }

  #mask(value: string): void {
    if (value.trim() === '') {
      this.warning("Can't add secret mask for empty string in ##[add-mask] command.")
      return
    }
    this.masks.push(value)
    this.#masker.add(value)
  }

  #setOutput({ properties, message }: Command, text: string): void {
    const name = properties['name']
    if (name) this.outputs[name] = message
    else this.#refuse(text, "Required field 'name' is missing in ##[set-output] command.")
  }

  #refuseToSet({ command }: Command, text: string): void {
    this.#refuse(text, `The \`${command}\` command is disabled. Please upgrade to using Environment Files.`)
  }

  #refuse(text: string, why: string): void {
    this.error(`Unable to process command '${text}' successfully.`)
    this.error(why)
    this.failed = true
  }
}
