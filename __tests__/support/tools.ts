/** The programs that the examples' scripts use, all of which GitHub's runners have. */

import { spawnSync } from 'node:child_process'

const needed = ['bash', 'curl', 'jq', 'grep', 'sleep']

/**
 * Why the examples cannot run on this machine; undefined when they can. On Windows the names mean other things (`bash` may
 * be that of the Linux subsystem), and the examples run on Linux.
 */
export function missingTools(): string | undefined {
  if (process.platform === 'win32') return 'the examples run on Linux and macOS'
  const missing = needed.filter(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error)
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}
