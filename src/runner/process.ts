/** The process around the story: its signals, its one error, and its end. */

import * as core from '@actions/core'
import { ActionError, type Code } from '../errors/error.ts'
import { isLookupOpen } from '../http/lookup.ts'
import type { Environment } from '../inputs/source.ts'

/** Runs the story, and ends the process with at most one error, whatever happens. */
export function start(story: (cancelled: Promise<string>) => Promise<void>): void {
  const cancelled = new Promise<string>(resolve => {
    // `on`, not `once`: a second signal must not end the process between two outputs.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve)
  })
  // A stack is the names of its functions: the message, and so perhaps a secret, is not in it.
  Error.prepareStackTrace = (_error, frames) => frames.map(frame => frame.getFunctionName() ?? '(anonymous)').join(', ')
  process.on('uncaughtException', end)
  // Node's own warnings go to stderr, and some name files of the runner.
  process.removeAllListeners('warning')
  story(cancelled).then(() => end(), end)
}

let hasEnded = false

/** No wait for a proxy or server that keeps a connection open. */
function end(error?: unknown): void {
  if (hasEnded) return
  hasEnded = true
  if (error !== undefined) fail(error)
  // process.exit alone would cut off what stdout has not taken yet.
  process.stdout.write('', () => {
    // It would also wait for a name server that does not answer. SIGKILL does not, and a failed step stays a failed step.
    // As PID 1 the process ignores the signal: then it ends with the look-up.
    if (error !== undefined && isLookupOpen()) process.kill(process.pid, 'SIGKILL')
    process.exit()
  })
}

function fail(error: unknown): void {
  const kind = error instanceof Error ? error.constructor.name : typeof error
  const known = error instanceof ActionError ? error : new ActionError('ERR_UNEXPECTED', kind)
  core.setFailed(known.message)
  if (known !== error && error instanceof Error) core.debug(`${kind} in ${error.stack}`)
  const page = pageOf(known.code, process.env)
  if (page) core.info(`How to fix it: ${page}`)
}

/**
 * The address of the section about an error, in the version of the action that runs.
 *
 * @param env where the runner tells which action runs; both are empty for `uses: ./`.
 * @returns undefined where the runner does not tell, and on other servers than github.com.
 */
export function pageOf(code: Code, env: Environment): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env
  if (server !== 'https://github.com' || !repository || !ref) return undefined
  // Both become part of a line of the log.
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^[\w./-]{1,200}$/.test(ref)) return undefined
  return `${server}/${repository}/blob/${ref}/docs/troubleshooting.md#${code.toLowerCase()}`
}
