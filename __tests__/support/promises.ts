/** What is true of every run of the action, good or bad, whatever the server does: `expect(run).toKeepPromises()`. */

import { expect } from '@jest/globals'
import { findLeaks, type StepResult } from '../../sandbox/runner/job.ts'
import { serverText } from './faulty-server.ts'

/** A run, and what must not be read in it, besides all that it masks. */
export type Run = StepResult & { readonly secrets: readonly string[] }

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    toKeepPromises(): T extends Run ? R : never
  }
}

expect.extend({
  toKeepPromises(received: unknown) {
    const run = received as Run
    const broken = brokenBy(run)
    const message = () => `The run broke a promise:\n${broken.join('\n')}\n\n${run.log}\n${run.stderr}`
    return { pass: broken.length === 0, message }
  },
})

/** The commands that the action gives. */
const own = ['add-mask', 'debug', 'echo', 'error', 'warning']

function brokenBy({ exitCode, signal, timedOut, stdout, stderr, log, summary, commands, ...run }: Run): string[] {
  const spoken = stdout.replace(/^::add-mask::.*$/gm, '')
  const readable = [log, spoken, summary].join('\n')
  const leaks = findLeaks(readable, [...run.secrets.map(secret => secret.trim()), ...run.masks].filter(Boolean))
  const errors = commands.filter(({ command }) => command === 'error')
  const hasFailed = exitCode !== 0
  // With a name look-up under way, a failed run can only end at once by a signal to itself. The runner kills what it cancels.
  const hasKilledItself = signal === 'SIGKILL' && run.outcome !== 'cancelled'
  const hasEnded = !timedOut && (hasKilledItself || (signal === null && (exitCode === 0 || exitCode === 1)))
  const promises: [promise: string, isKept: boolean][] = [
    ['It ends by itself, with 0 or 1.', hasEnded],
    // GitHub's worker may read stderr before what was printed earlier on stdout, and so before a mask.
    ['It prints nothing on stderr.', stderr === ''],
    ['A failed run has one error, and a good run none.', errors.length === (hasFailed ? 1 : 0)],
    ['An error ends with its code.', errors.every(({ message }) => / \[ERR_[A-Z0-9_]+\]$/.test(message))],
    ['No error is unexpected.', !stdout.includes('[ERR_UNEXPECTED]')],
    ['A failed run sets nothing.', !hasFailed || run.outputFile + run.envFile + summary === ''],
    ['It gives only commands of its own.', commands.every(({ command }) => own.includes(command))],
    ['No command is empty.', commands.every(({ message }) => message.trim() !== '')],
    ['No command has properties.', commands.every(({ properties }) => Object.keys(properties).length === 0)],
    [['It prints no secret but to mask it:', ...leaks].join(' '), leaks.length === 0],
    ['It repeats no text of a server.', !readable.includes(serverText)],
    ['It prints words, and no values of JavaScript.', !/undefined|NaN|\[object|^\s+at .*:\d+:\d+\)?$/m.test(spoken)],
    ['It prints nothing invisible.', !/[\p{Cc}\p{Cf}]/u.test(spoken.replaceAll('\n', ''))],
  ]
  return promises.filter(([, isKept]) => !isKept).map(([promise]) => promise)
}
