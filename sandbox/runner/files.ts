/**
 * The files through which a step tells the runner its outputs, variables, summary, state and PATH. Outputs, variables and
 * state are `name=value` lines and heredocs.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StepLog } from './log.ts'

/** In bytes; the runner drops a longer summary. */
const longestSummary = 1_048_576
const summaryPage =
  'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary'

/** `GITHUB_ENV` does not take it: it would run code in each later Node step. */
const refusedVariable = 'NODE_OPTIONS'

const fileVariables = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE', 'GITHUB_PATH'] as const

/** The path of each file, by the variable that tells it to the step. */
export type StepFiles = Record<(typeof fileVariables)[number], string>

type FileContents = {
  outputs: Record<string, string>
  env: Record<string, string>
  path: string[]
  /** Raw text, unmasked. */
  summary: string
  outputFile: string
  envFile: string
}

/** Makes the empty files of one step. Each step has its own: what an earlier one wrote is not read again. */
export function makeStepFiles(folder: string): StepFiles {
  const entries = fileVariables.map(name => [name, join(folder, name.toLowerCase())] as const)
  for (const [, file] of entries) writeFileSync(file, '')
  return Object.fromEntries(entries) as StepFiles
}

/** Reads the files after the step's end, in the runner's order. A malformed one fails the step, through the log. */
export function readStepFiles(files: StepFiles, log: StepLog): FileContents {
  const path = readText(files.GITHUB_PATH).split(/\r\n?|\n/)

  const envFile = readText(files.GITHUB_ENV)
  const env: Record<string, string> = {}
  eachPair(log, 'env', envFile, (name, value) => {
    if (name.toUpperCase() === refusedVariable) {
      log.error(`Can't store ${refusedVariable} output parameter using '$GITHUB_ENV' command.`)
      return
    }
    requireName(name)
    env[name] = value
    log.debug(`${name}='${value}'`)
  })

  const summary = readText(files.GITHUB_STEP_SUMMARY)
  const size = Buffer.byteLength(summary)
  if (size > longestSummary) {
    const [limit, got] = [longestSummary, size].map(bytes => `${Math.floor(bytes / 1024)}k`)
    const upTo = `supports content up to a size of ${limit}, got ${got}`
    log.error(`$GITHUB_STEP_SUMMARY upload aborted, ${upTo}. For more information see: ${summaryPage}`)
  }

  // There are no post steps here that would use the state. It may have an empty name.
  eachPair(log, 'state', readText(files.GITHUB_STATE), (name, value) => {
    log.debug(`Save intra-action state ${name} = ${value}`)
  })

  const outputFile = readText(files.GITHUB_OUTPUT)
  eachPair(log, 'output', outputFile, (name, value) => {
    requireName(name)
    log.setOutput(name, value)
    log.debug(`Set output ${name} = ${value}`)
  })
  return { outputs: log.outputs, env, path: path.filter(line => line !== ''), summary, outputFile, envFile }
}

/** Annotates the step with the file's kind and the mistake in it, in the runner's words. */
function eachPair(log: StepLog, kind: string, file: string, take: (name: string, value: string) => void): void {
  try {
    for (const [name, value] of readPairs(file)) take(name, value)
  } catch (error) {
    log.error(`Unable to process file command '${kind}' successfully.`)
    log.error((error as Error).message)
    log.failed = true
  }
}

function requireName(name: string): void {
  if (name === '') throw new Error("Value cannot be null. (Parameter 'name')")
}

/** A step may have deleted its file; that counts as empty. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/**
 * Reads the pairs one by one: those before a mistake have already counted when the mistake is found, as on GitHub.
 *
 * @throws Error for a line that is neither form, and for a heredoc without its end
 */
function* readPairs(file: string): Generator<[name: string, value: string]> {
  const whole = file.replace(/^\uFEFF/, '').split('\n')
  // Text that ends with a newline has no further line behind it.
  if (whole.at(-1) === '') whole.pop()
  const lines = whole.map(withoutReturn)

  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      yield [line.slice(0, equals), line.slice(equals + 1)]
    } else if (heredoc >= 0) {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)]
      if (name === '' || delimiter === '') {
        throw new Error(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
      }
      const end = lines.indexOf(delimiter, at + 1)
      if (end < 0) {
        const isCutOff = at + 1 < lines.length && !file.endsWith('\n')
        throw new Error(
          `Invalid value. ${isCutOff ? 'EOF marker missing new line.' : `Matching delimiter not found '${delimiter}'`}`,
        )
      }
      yield [name, withoutReturn(whole.slice(at + 1, end).join('\n'))]
      at = end
    } else {
      throw new Error(`Invalid format '${line}'`)
    }
  }
}

/** On Windows a carriage return before the newline belongs to the line's end; elsewhere it belongs to the value. */
function withoutReturn(line: string): string {
  return process.platform === 'win32' ? line.replace(/\r$/, '') : line
}
