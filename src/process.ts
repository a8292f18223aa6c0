/** The process around the story: its signals, its one error, and its end. */

import * as core from '@actions/core'
import { ActionError } from './errors/error.ts'
import { pageOf } from './errors/page.ts'
import { runnerErrors } from './errors/runner.ts'

/** Runs the story, and ends the process with at most one error, whatever happens. */
export function start(story: (cancelled: Promise<string>) => Promise<void>): void {
  const cancelled = new Promise<string>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
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
  if (error !== undefined) {
    const kind = error instanceof Error ? error.constructor.name : typeof error
    const { code, message } = error instanceof ActionError ? error : runnerErrors.unexpected(kind)
    core.setFailed(message)
    const page = pageOf(code, process.env)
    if (page) core.info(`How to fix it: ${page}`)
  }
  // process.exit alone would cut off what stdout has not taken yet.
  process.stdout.write('', () => process.exit())
}
