/** Evaluated before any other file, because the packages need a Node that can run them. */

import { writeSync } from 'node:fs'
import { ActionError } from '../errors/error.ts'

/** Each later version works, too. */
const oldest = [20, 18] as const

/**
 * The error for a version of Node that cannot run this action; undefined for one that can.
 *
 * @param version as `process.version` has it, such as `v20.18.0`.
 */
export function tooOld(version: string): ActionError | undefined {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined
  return new ActionError('ERR_NODE_VERSION', oldest.join('.'), version)
}

const error = tooOld(process.version)
if (error) {
  // The toolkit is not loaded yet. Written at once, whatever stdout is: the process ends here.
  writeSync(1, `::error::${error.message}\n`)
  process.exit(1)
}
