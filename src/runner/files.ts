/** What the runner gives to the step and takes from it: inputs, event, masks, outputs, variables, log and summary. */

import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import * as core from '@actions/core'
import { ActionError } from '../errors/error.ts'
import type { ProxySettings } from '../http/proxy.ts'
import type { Settings } from '../inputs/inputs.ts'
import type { InputSource } from '../inputs/source.ts'
import type { Report } from '../report/report.ts'
import { warnings as allWarnings } from '../report/warnings.ts'
import { escapeHtml } from '../shown.ts'

export const source: InputSource = { get: readInput, env: process.env, event: readEvent }

/** What the connections need of the environment. Lower-case names win, as with curl and Node. */
export function readNetwork(): { proxies: ProxySettings; hasExtraCa: boolean } {
  const variable = !process.env['https_proxy'] && process.env['HTTPS_PROXY'] ? 'HTTPS_PROXY' : 'https_proxy'
  const exceptions = process.env['no_proxy'] || process.env['NO_PROXY'] || ''
  return {
    proxies: { variable, value: process.env[variable] ?? '', exceptions },
    hasExtraCa: Boolean(process.env['NODE_EXTRA_CA_CERTS']),
  }
}

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

/** The toolkit does not tell an empty input from one that was never set; the defaults need it. */
function readInput(name: string): string | undefined {
  return process.env[`INPUT_${name.toUpperCase()}`] === undefined ? undefined : core.getInput(name)
}

function readEvent(): unknown {
  try {
    const path = process.env['GITHUB_EVENT_PATH'] ?? ''
    // A FIFO would wait for a writer.
    return statSync(path).isFile() ? JSON.parse(readFileSync(path, 'utf8')) : undefined
  } catch {
    return undefined // No event, no hint: the general reason is given.
  }
}

/** Outside a runner a mask is a line that prints the secret: without this file nothing is printed but the error. */
export function checkRunner(): void {
  checkFile('GITHUB_OUTPUT')
  // With debug logging, the runner would repeat each mask as a line.
  if (core.isDebug()) core.setCommandEcho(false)
}

/** Without these files the toolkit falls back to commands on stdout, which would print the JWT. */
export function checkFiles({ envVars, summary }: Settings): void {
  checkFile('GITHUB_OUTPUT')
  if (envVars.length) checkFile('GITHUB_ENV')
  if (summary) checkFile('GITHUB_STEP_SUMMARY')
}

function checkFile(variable: string): void {
  const path = process.env[variable] ?? ''
  let isFile = false
  try {
    const file = statSync(path)
    // A log that is a file is no better than a pipe: /dev/stdout would be that file.
    const isLog = [1, 2].some(stream => fstatSync(stream).ino === file.ino && fstatSync(stream).dev === file.dev)
    isFile = file.isFile() && !isLog
    // Not before that is known: a FIFO would wait for a reader, and /dev/stdout would print the JWT.
    if (isFile) closeSync(openSync(path, constants.O_WRONLY | constants.O_APPEND))
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['EACCES', 'EPERM', 'EROFS'].includes(code)) throw new ActionError('ERR_RUNNER_FILES_DENIED', variable, code)
    isFile = false
  }
  if (!isFile) throw new ActionError('ERR_RUNNER_FILES', variable)
}

export function warn(warnings: readonly string[]): void {
  for (const warning of warnings) core.warning(warning)
}

/** Outputs and environment are written without a pause, so that a cancelled step has written all of it or nothing. */
export async function publish({ outputs, lines, warnings, summary }: Report, settings: Settings): Promise<void> {
  // Another process of the job may have changed them meanwhile.
  checkFiles(settings)
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
    for (const name of settings.envVars) core.exportVariable(name, outputs['jwt'])
  } catch (error) {
    throw new ActionError('ERR_OUTPUTS_INCOMPLETE', (error as NodeJS.ErrnoException).code ?? 'unknown')
  }
  core.info(lines.join('\n'))
  warn(warnings)
  if (settings.summary) {
    const rows = summary.map(([name, value]) => [{ data: name, header: true }, escapeHtml(value)])
    const written = core.summary.addHeading('ItsYou.online JWT', 3).addTable(rows).write()
    // By now the JWT is set: a table that is missing is no reason to stop the job.
    await written.catch(() => core.warning(allWarnings.summaryNotWritten()))
  }
}
