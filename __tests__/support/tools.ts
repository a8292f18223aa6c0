/** Tests for the systems and machines that have what they need. On others they are skipped. */

import { spawnSync } from 'node:child_process'
import { describe, test } from '@jest/globals'

const isWindows = process.platform === 'win32'

/** On Windows a signal ends a process at once, whatever the process does. */
export const testOnPosix = isWindows ? test.skip : test

/**
 * Why the examples' scripts cannot run here: they need programs that all of GitHub's runners have. On Windows the names
 * mean other things (`bash` may be that of the Linux subsystem), and the examples run on Linux.
 */
function missingTools(): string | undefined {
  if (isWindows) return 'the examples run on Linux and macOS'
  const needed = ['bash', 'curl', 'jq', 'grep', 'sleep']
  const missing = needed.filter(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error)
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

const missing = missingTools()
export const testWithTools = missing === undefined ? test : test.skip

/** `describe`, with the reason said where it is skipped: Jest's own report only counts what was skipped. */
export function describeExample(name: string, tests: () => void): void {
  if (missing === undefined) describe(name, tests)
  else {
    process.stdout.write(`Skipped: ${name} (${missing})\n`)
    describe.skip(`${name} (${missing})`, tests)
  }
}
