/** Where an error is explained. */

import type { Code } from './error.ts'

/**
 * The address of the section about an error, in the version of the action that runs.
 *
 * @param env where the runner tells which action runs; both are empty for `uses: ./`.
 * @returns undefined where the runner does not tell, and on other servers than github.com.
 */
export function pageOf(code: Code, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = env
  if (server !== 'https://github.com' || !repository || !ref) return undefined
  // Both become part of a line of the log.
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository) || !/^[\w./-]{1,200}$/.test(ref)) return undefined
  return `${server}/${repository}/blob/${ref}/docs/troubleshooting.md#${code.toLowerCase()}`
}
