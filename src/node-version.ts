/** Evaluated before any other file, because the packages need a Node that can run them. */

import { writeSync } from 'node:fs'

/** Each later version works, too. */
const oldest = [20, 18] as const

/**
 * Why a version of Node cannot run this action; undefined where it can.
 *
 * @param version as `process.version` has it, such as `v20.18.0`.
 */
export function whyTooOld(version: string): string | undefined {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return undefined
  return `This action needs Node ${oldest.join('.')} or newer and was started with ${version}: use a job image or a runner with a newer Node. GitHub's own runner brings Node 24. [ERR_NODE_VERSION]`
}

const reason = whyTooOld(process.version)
if (reason !== undefined) {
  // The toolkit is not loaded yet. Written at once, whatever stdout is: the process ends here.
  writeSync(1, `::error::${reason}\n`)
  process.exit(1)
}
