/** Why a credential is empty, as far as the event tells. */

import type { NoSecrets } from '../errors/inputs.ts'

/**
 * GitHub gives no secrets to runs for a fork or by Dependabot: `${{ secrets.X }}` is then an empty string, and
 * `required: true` in action.yml is not enforced by the runner.
 *
 * @param payload of the event that started the workflow.
 * @returns the reason and the remedy, for the end of a message; undefined where the event does not tell.
 */
export function whyEmpty(env: Readonly<Record<string, string | undefined>>, payload: unknown): NoSecrets | undefined {
  const event = record(payload)
  if (env['GITHUB_ACTOR'] === 'dependabot[bot]' || record(event['sender'])['login'] === 'dependabot[bot]') {
    const reason =
      'Dependabot started this run, and such runs do not get the repository\'s Actions secrets; add it under "Secrets and variables", "Dependabot", or skip this job for Dependabot.'
    return { code: 'ERR_SECRETS_DEPENDABOT', reason }
  }
  if (env['GITHUB_EVENT_NAME'] !== 'pull_request_target' && isFromFork(event)) {
    const reason =
      'this is a pull request from a fork, and such runs do not get secrets; skip this job for forks, or run it after the merge.'
    return { code: 'ERR_SECRETS_FORK', reason }
  }
  return undefined
}

/**
 * Not by `head.repo.fork` alone: a branch of a repository that is itself a fork does get its secrets. A fork that was
 * deleted meanwhile leaves `head.repo` null.
 */
function isFromFork(event: Record<string, unknown>): boolean {
  const repository = (side: string) => record(record(record(event['pull_request'])[side])['repo'])
  const [head, base] = [repository('head'), repository('base')]
  return head['full_name'] !== base['full_name'] || (head['full_name'] === undefined && head['fork'] === true)
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
