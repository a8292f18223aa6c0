import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPairs } from './environment-files.ts'
import type { StepLog } from './step-log.ts'

/** The files through which a step tells the runner its outputs, variables, summary, state and PATH. */

/** The runner throws a longer summary away. */
const longestSummaryKiB = 1024

/** `GITHUB_ENV` does not take it: it would run code in each later Node step. */
const refusedVariable = 'NODE_OPTIONS'

const fileVariables = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STEP_SUMMARY', 'GITHUB_STATE', 'GITHUB_PATH'] as const

/** The path of each file, by the variable that tells it to the step. */
export type StepFiles = Record<(typeof fileVariables)[number], string>

export type FileContents = {
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

/** Reads the files after the step's end. A malformed one fails the step, through the log. */
export function readStepFiles(files: StepFiles, log: StepLog): FileContents {
  const outputFile = readText(files.GITHUB_OUTPUT)
  const envFile = readText(files.GITHUB_ENV)
  const summary = readText(files.GITHUB_STEP_SUMMARY)
  const outputs: Record<string, string> = {}
  const env: Record<string, string> = {}

  eachPair(log, 'env', envFile, (name, value) => {
    if (name.toUpperCase() === refusedVariable) {
      log.error(`Can't store ${refusedVariable} output parameter using '$GITHUB_ENV' command.`)
      return
    }
    env[name] = value
    log.debug(`${name}='${value}'`)
  })
  eachPair(log, 'output', outputFile, (name, value) => {
    outputs[name] = value
    log.debug(`Set output ${name} = ${value}`)
  })
  // There are no post steps here that would use the state; it still has to be well-formed.
  eachPair(log, 'state', readText(files.GITHUB_STATE), () => {})

  const size = Math.floor(Buffer.byteLength(summary) / 1024)
  if (size > longestSummaryKiB) {
    log.error(
      `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${longestSummaryKiB}k, got ${size}k.`,
    )
  }
  const path = readText(files.GITHUB_PATH).split(/\r?\n/)
  return { outputs, env, path: path.filter(line => line !== ''), summary, outputFile, envFile }
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

/** A step may have deleted its file; that counts as empty. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
