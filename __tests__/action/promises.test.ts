/** The matcher of all tests of the built action notices each promise that is broken. */

import { expect, test } from '@jest/globals'
import type { Run } from '../support/promises.ts'
import '../support/promises.ts'

const good: Run = {
  ...{ outcome: 'success', exitCode: 0, signal: null, timedOut: false, stderr: '', header: '', milliseconds: 100 },
  ...{ errors: [], warnings: [], notices: [], masks: ['the-masked-text'], outputs: {}, env: {}, commands: [] },
  ...{ stdout: '::add-mask::the-masked-text\nIdentity: jane\n', log: 'Identity: jane\n' },
  ...{ summary: 'table', outputFile: 'jwt=x', envFile: 'JWT=x', secrets: ['the-secret'] },
}
const command = (name: string, message: string, properties = {}) => [
  { command: name, message, properties, stream: 'stdout' as const, line: 0 },
]
const failed = { exitCode: 1, outputFile: '', envFile: '', summary: '', commands: command('error', 'Bad. [ERR_TLS]') }

test.each<[what: string, changes: Partial<Run>]>([
  ['a good run', {}],
  ['a failed run', failed],
  ['a failed run that ends by a signal to itself', { ...failed, exitCode: null, signal: 'SIGKILL' }],
])('%s keeps them', (_what, changes) => {
  expect({ ...good, ...changes }).toKeepPromises()
})

test.each<[broken: RegExp, changes: Partial<Run>]>([
  [/ends by itself/, { exitCode: 2, commands: failed.commands, outputFile: '', envFile: '', summary: '' }],
  [/ends by itself/, { ...failed, signal: 'SIGTERM' }],
  [/ends by itself/, { ...failed, signal: 'SIGKILL', timedOut: true }],
  [/ends by itself/, { ...failed, signal: 'SIGKILL', outcome: 'cancelled' }],
  [/stderr/, { stderr: 'x' }],
  [/one error/, { ...failed, commands: [] }],
  [/one error/, { commands: failed.commands }],
  [/its code/, { ...failed, commands: command('error', 'Bad.') }],
  [/unexpected/, { stdout: '::error::x [ERR_UNEXPECTED]' }],
  [/sets nothing/, { ...failed, envFile: 'JWT=x' }],
  [/commands of its own/, { commands: command('set-output', 'x') }],
  [/is empty/, { commands: command('add-mask', ' ') }],
  [/properties/, { commands: command('warning', 'x', { title: 'x' }) }],
  [/no secret .* secret 1: found as it is/, { stdout: 'the-secret' }],
  [/no secret .* secret 2: found as it is/, { log: 'the-masked-text' }],
  [/text of a server/, { summary: 'SERVER-TEXT' }],
  [/values of JavaScript/, { stdout: 'undefined' }],
  [/invisible/, { stdout: 'a\u202eb' }],
])('%s', (broken, changes) => {
  expect(() => expect({ ...good, ...changes }).toKeepPromises()).toThrow(broken)
})
