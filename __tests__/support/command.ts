/** Runs a command as a person types it, in an environment of its own. */

import { run } from '../../sandbox/runner/process.ts'
import { root } from './pages.ts'

type Options = { env?: Record<string, string> } & Partial<Pick<Parameters<typeof run>[0], 'onLine' | 'signal'>>

/** @param script its path from the root of the repository */
export function runCommand(script: string, args: string[], { env, ...others }: Options = {}) {
  const environment = { PATH: process.env['PATH'] ?? '', ...env }
  const program = { file: process.execPath, arguments: [root + script, ...args], directory: root, environment }
  return run({ ...program, onLine: () => {}, timeoutSeconds: 60, ...others }).done
}
