/** What the runner gives to the step and takes from it: inputs, event, masks, outputs, variables, log and summary. */

import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import * as core from '@actions/core'
import { runnerErrors } from './errors/runner.ts'
import type { InputSource, Inputs } from './inputs/inputs.ts'
import type { Report } from './report.ts'
import { escapeHtml } from './text.ts'
import { warnings as allWarnings } from './warnings.ts'

export const source: InputSource = { get: readInput, env: process.env, event: readEvent }

/** Hides these values in everything that the job prints from here on. */
export function mask(secrets: readonly string[]): void {
  // In one piece: a write for each mask would take a run a millisecond longer.
  process.stdout.cork()
  for (const secret of secrets) {
    core.setSecret(secret)
    // Forgejo 12 and Gitea 0.4.1 do not undo the toolkit's `%25`. Unescaped, GitHub reads these values the same.
    if (secret.includes('%') && !/%(25|0A|0D)|[\r\n]/i.test(secret)) core.info(`::add-mask::${secret}`)
  }
  process.stdout.uncork()
}

/** The toolkit does not tell an empty input from one that was never set; `base-url` needs it. */
function readInput(name: string): string | undefined {
  return process.env[`INPUT_${name.toUpperCase()}`] === undefined ? undefined : core.getInput(name)
}

function readEvent(): unknown {
  try {
    return JSON.parse(readFileSync(process.env['GITHUB_EVENT_PATH'] ?? '', 'utf8'))
  } catch {
    return undefined // No event, no hint: the general reason is given.
  }
}

/** Outside a runner a mask is a line that prints the secret: without this file nothing is printed but the error. */
export function checkOutputFile(): void {
  checkFile('GITHUB_OUTPUT')
}

/** Without these files the toolkit falls back to commands on stdout, which would print the JWT. */
export function checkFiles({ envVars, summary }: Inputs): void {
  if (envVars.length) checkFile('GITHUB_ENV')
  if (summary) checkFile('GITHUB_STEP_SUMMARY')
}

function checkFile(variable: string): void {
  try {
    // Not `accessSync`: it says yes to a folder, too.
    closeSync(openSync(process.env[variable] ?? '', constants.O_WRONLY))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) throw runnerErrors.fileDenied(variable, code)
    throw runnerErrors.fileMissing(variable)
  }
}

export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) core.warning(warning)
}

/** Outputs and environment are written without a pause, so that a cancelled step has written all of it or nothing. */
export async function publish({ outputs, lines, warnings, summary }: Report, inputs: Inputs): Promise<void> {
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
    for (const name of inputs.envVars) core.exportVariable(name, outputs['jwt'])
  } catch (error) {
    throw runnerErrors.outputsIncomplete((error as NodeJS.ErrnoException).code ?? 'unknown')
  }
  core.info(lines.join('\n'))
  warn(warnings)
  if (inputs.summary) {
    const rows = summary.map(([name, value]) => [{ data: name, header: true }, escapeHtml(value)])
    const written = core.summary.addHeading('ItsYou.online JWT', 3).addTable(rows).write()
    // By now the JWT is set: a table that is missing is no reason to stop the job.
    await written.catch(() => core.warning(allWarnings.summaryNotWritten()))
  }
}
