/**
 * Runs one program the way the runner does: its lines as they come, and an end by signal when the job is cancelled. And
 * tells with which program a `run:` step's script is started, by its `shell:`.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'

export type SignalPlan = {
  name: NodeJS.Signals
  /** Wait until the program has printed something that matches, on either stream. */
  afterOutput?: RegExp | undefined
  /** Then wait this long. */
  afterMilliseconds?: number | undefined
}

type Program = {
  file: string
  arguments: string[]
  directory: string
  environment: Record<string, string>
  onLine(stream: 'stdout' | 'stderr', line: string): void
  /** The program is killed after this. */
  timeoutSeconds: number
  signal?: SignalPlan | undefined
}

type Exit = {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  timedOut: boolean
  /** Whether a SIGINT was sent while the program ran. */
  cancelled: boolean
}

/** After a SIGINT the runner waits this long, sends SIGTERM, waits again, and kills. */
const sigintMilliseconds = 7500
const sigtermMilliseconds = 2500

/** A grandchild that keeps the pipes open is not waited for: the runner gives the streams this long after the exit. */
const drainMilliseconds = 5000

/** A program under way. */
export type Running = { done: Promise<Exit>; kill(): void }

/**
 * Starts a program without a shell in between: no argument is ever interpreted.
 *
 * @throws through `done`, when there is no such program
 */
export function run(program: Program): Running {
  const child = spawn(program.file, program.arguments, {
    cwd: program.directory,
    env: program.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const timers = new Set<NodeJS.Timeout>()
  const after = (milliseconds: number, action: () => void) => timers.add(setTimeout(action, milliseconds))

  const captured = { stdout: '', stderr: '' }
  const waiting: Record<keyof typeof captured, string[]> = { stderr: [], stdout: [] }
  let [timedOut, cancelled] = [false, false]
  let planned = program.signal

  const cancel = ({ name, afterMilliseconds }: SignalPlan) => {
    planned = undefined
    after(afterMilliseconds ?? 0, () => {
      const sent = child.kill(name)
      cancelled = sent && name === 'SIGINT'
      const patience = name === 'SIGINT' ? sigintMilliseconds : 0
      if (name === 'SIGINT') after(patience, () => child.kill('SIGTERM'))
      after(patience + sigtermMilliseconds, () => child.kill('SIGKILL'))
    })
  }

  /** The runner reads all that has arrived on stderr before what has arrived on stdout, whichever was printed first. */
  const passLines = () => {
    for (const stream of ['stderr', 'stdout'] as const) {
      for (const line of waiting[stream].splice(0)) program.onLine(stream, line)
    }
  }

  const done = new Promise<Exit>((resolve, reject) => {
    const splitters = {
      stdout: new LineSplitter(line => waiting.stdout.push(line)),
      stderr: new LineSplitter(line => waiting.stderr.push(line)),
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (chunk: Buffer) => {
        captured[stream] += splitters[stream].push(chunk)
        // By then both streams have been read.
        setImmediate(passLines)
        if (planned?.afterOutput && matches(planned.afterOutput, captured[stream])) cancel(planned)
      })
    }
    child.on('error', reject)
    child.on('exit', () => {
      after(drainMilliseconds, () => {
        child.stdout.destroy()
        child.stderr.destroy()
      })
    })
    child.on('close', (exitCode, signal) => {
      for (const stream of ['stdout', 'stderr'] as const) captured[stream] += splitters[stream].end()
      passLines()
      resolve({ exitCode, signal, ...captured, timedOut, cancelled })
    })
  }).finally(() => {
    for (const timer of timers) clearTimeout(timer)
  })

  if (planned && !planned.afterOutput) cancel(planned)
  after(program.timeoutSeconds * 1000, () => {
    timedOut = true
    child.kill('SIGKILL')
  })
  return { done, kill: () => void child.kill('SIGKILL') }
}

/** `test` of a pattern with the `g` flag would go on from where it stopped. */
function matches(pattern: RegExp, text: string): boolean {
  return text.search(pattern) >= 0
}

/**
 * Cuts a stream of bytes into lines. The runner reads with .NET's `ReadLine`, for which a lone carriage return ends a line
 * too: a `\r` in printed text is enough to begin a line that is read as a command.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** @returns the text of the chunk; half a character waits for its other half */
  push(chunk: Buffer): string {
    const text = this.#decoder.write(chunk)
    // A carriage return at the very end may be the first half of a line end: it waits for what follows.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#onLine(line)
    return text
  }

  /** Gives out a last line that has no end. */
  end(): string {
    const text = this.#decoder.end()
    const last = this.#rest + text
    if (last !== '') this.#onLine(last.replace(/\r$/, ''))
    this.#rest = ''
    return text
  }
}

type Shell = {
  file: string
  /** `{0}` is the script's path. */
  arguments: string[]
  extension: string
}

/** The runner's own command lines. */
const knownShells: Record<string, Omit<Shell, 'file'>> = {
  bash: { arguments: ['--noprofile', '--norc', '-e', '-o', 'pipefail', '{0}'], extension: '.sh' },
  sh: { arguments: ['-e', '{0}'], extension: '.sh' },
  pwsh: { arguments: ['-command', ". '{0}'"], extension: '.ps1' },
  powershell: { arguments: ['-command', ". '{0}'"], extension: '.ps1' },
}

/**
 * @param shell as in a workflow: a name, a command line with `{0}` in it (`node {0}`), or nothing for the default. The
 *   default is `bash -e {0}`: unlike `shell: bash` it has no pipefail, so a failure inside a pipe goes unseen.
 * @param folders those of PATH, in which the program is looked for
 */
export function findShell(shell: string | undefined, folders: string[]): Shell {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const find = (name: string) => folders.map(folder => join(folder, name + suffix)).find(file => existsSync(file))
  const [first, second] = process.platform === 'win32' ? ['pwsh', 'powershell'] : ['bash', 'sh']
  const [name = '', ...given] = (shell ?? second).split(' ').filter(word => word !== '')
  const { arguments: own, extension } = knownShells[name] ?? { arguments: ['{0}'], extension: '' }
  const file = (shell === undefined && find(first)) || find(name) || name
  return { file, arguments: given.length > 0 ? given : own, extension }
}
