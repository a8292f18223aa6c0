/** The programs that the examples' scripts use, all of which GitHub's runners have. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const needed = ['bash', 'curl', 'jq', 'grep', 'sleep']

/**
 * Why the examples cannot run on this machine; undefined when they can. On Windows the names mean other things (`bash` may
 * be that of the Linux subsystem), and the examples run on Linux.
 */
export function missingTools(): string | undefined {
  if (process.platform === 'win32') return 'the examples run on Linux and macOS'
  const missing = needed.filter(name => !isInstalled(name))
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')}`
}

/** Whether a program is in PATH. */
export function isInstalled(name: string): boolean {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : ['']
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '')
  return folders.some(folder => extensions.some(extension => isExecutable(join(folder, name + extension))))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
