/** The whole story: read the inputs, ask for a JWT, verify it, hand it on. Only this file touches the world. */

import './preload.ts' // Stays the first.
import { closeSync, constants, openSync, readFileSync } from 'node:fs'
import * as core from '@actions/core'
import { ActionError, failures } from './errors.ts'
import { exchange } from './exchange.ts'
import { type Inputs, readInputs } from './inputs.ts'
import { verificationKey } from './keys.ts'
import { secretsOfJwt, secretsOfRun } from './masks.ts'
import { type Report, report, warnings as sentences } from './report.ts'
import { escapeHtml } from './text.ts'
import { expectationOf, verifyIssued } from './verify.ts'

async function run(cancelled: Promise<string>): Promise<void> {
  // Before anything else: whatever is printed from here on hides them.
  mask(secretsOfRun(core.getInput('secret'), core.getInput('jwt'), process.env))

  const inputs = readInputs({ get: readInput, env: process.env, event: readEvent })
  checkRunnerFiles(inputs)
  const key = await verificationKey(inputs)
  const expected = await expectationOf(inputs, key)

  const jwt = await exchange(inputs, {
    now: Date.now,
    random: Math.random,
    sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
    cancelled,
    log: core.info,
  })
  mask(secretsOfJwt(jwt))

  const token = await verifyIssued(jwt, key, expected, inputs.baseUrl, Date.now())
  await publish(report(token, inputs, expected, Date.now()), inputs)
}

function mask(secrets: ReadonlySet<string>): void {
  for (const secret of secrets) core.setSecret(secret)
}

/** The toolkit tells an empty input from one that was never set no more than a shell does; `base-url` needs it. */
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

/** Without these files the toolkit falls back to commands on stdout, which would print the JWT. */
function checkRunnerFiles({ envVars, summary }: Inputs): void {
  const needed = ['GITHUB_OUTPUT', envVars.length ? 'GITHUB_ENV' : '', summary ? 'GITHUB_STEP_SUMMARY' : '']
  for (const variable of needed.filter(Boolean)) {
    try {
      // Not `accessSync`: it says yes to a folder, too.
      closeSync(openSync(process.env[variable] ?? '', constants.O_WRONLY))
    } catch {
      throw failures.runnerFileMissing(variable)
    }
  }
}

/** Outputs and environment are written without a pause, so that a cancelled step has written all of it or nothing. */
async function publish({ outputs, lines, warnings, summary }: Report, inputs: Inputs): Promise<void> {
  try {
    for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value)
    for (const name of inputs.envVars) core.exportVariable(name, outputs['jwt'])
  } catch (error) {
    throw failures.notHandedOn((error as NodeJS.ErrnoException).code ?? 'unknown')
  }
  core.info(lines.join('\n'))
  for (const warning of warnings) core.warning(warning)
  if (inputs.summary) {
    const rows = summary.map(([name, value]) => [{ data: name, header: true }, escapeHtml(value)])
    const written = core.summary.addHeading('ItsYou.online JWT', 3).addTable(rows).write()
    // By now the JWT is handed on: a table that is missing is no reason to stop the job.
    await written.catch(() => core.warning(sentences.summaryNotWritten()))
  }
}

let hasEnded = false

/** One error at most, whatever happens; and no wait for a proxy or server that keeps a connection open. */
function end(error?: unknown): void {
  if (hasEnded) return
  hasEnded = true
  if (error !== undefined) {
    const kind = error instanceof Error ? error.constructor.name : typeof error
    core.setFailed((error instanceof ActionError ? error : failures.unexpected(kind)).message)
  }
  // process.exit alone would cut off what stdout has not taken yet.
  process.stdout.write('', () => process.exit())
}

const cancelled = new Promise<string>(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
})
process.on('uncaughtException', end)
// Node's own warnings go to stderr, and some name files of the runner.
process.removeAllListeners('warning')
run(cancelled).then(() => end(), end)
