/** Why a credential is empty, as far as the event and the environment tell. */

import { ActionError } from '../errors/error.ts'
import type { Environment } from './source.ts'

/** Names under which other actions and programs take the same value; a dash or an underscore makes no difference. */
const otherNames = {
  'app-id': ['app-id', 'appid', 'application-id', 'client-id', 'clientid', 'api-key', 'app-key', 'global-id'],
  secret: ['client-secret', 'app-secret', 'application-secret', 'api-secret', 'api-key', 'secret-key', 'token'],
  jwt: ['token', 'jwt-token'],
} as const
type Credential = keyof typeof otherNames

/**
 * The error for credentials that are empty. GitHub gives no secrets to runs for a fork or by Dependabot: `${{ secrets.X }}`
 * is then an empty string, and `required: true` in action.yml is not enforced by the runner.
 *
 * @param payload of the event that started the workflow. Earlier steps cannot forge it or its name.
 */
export function emptyCredentials(empty: readonly Credential[], env: Environment, payload: unknown): ActionError {
  const names = empty.map(input => `"${input}"`)
  const what = names.length === 1 ? `${names[0]} is empty` : '"app-id", "secret" and "jwt" are all empty'
  const event = record(payload)
  // Where the secret arrived, perhaps under another name, secrets are not what is missing.
  const arrived = otherInput(['secret'], env)
  if (empty.includes('secret') && (!arrived || /^(token|api.key)$/.test(arrived.wrong))) {
    const actors = [env['GITHUB_ACTOR'], record(event['sender'])['login']]
    if (actors.includes('dependabot[bot]') && eventsWithoutSecrets.has(env['GITHUB_EVENT_NAME'])) {
      return new ActionError('ERR_SECRETS_DEPENDABOT', what)
    }
    if (env['GITHUB_EVENT_NAME'] !== 'pull_request_target' && isFromFork(event)) {
      return new ActionError('ERR_SECRETS_FORK', what)
    }
  }
  const other = otherInput(empty, env)
  if (other) {
    const remedy = `"${other.wrong}" has a value, but is not an input of this action. If it was meant for "${other.right}", write "${other.right}".`
    return new ActionError('ERR_INPUT_EMPTY', what, remedy)
  }
  const check =
    'check the name of the secret or variable ("secrets." or "vars."), the job\'s "environment:", "secrets: inherit" for a reusable workflow, and that this repository may read the organization\'s secret.'
  return new ActionError('ERR_INPUT_EMPTY', what, empty.length > 1 ? `${check} A JWT cannot be a job's output.` : check)
}

/** Of runs that Dependabot starts, those of other events get secrets (GitHub's documentation on Dependabot and Actions). */
const eventsWithoutSecrets: ReadonlySet<string | undefined> = new Set([
  ...['pull_request', 'pull_request_review', 'pull_request_review_comment', 'push', 'create'],
  ...['deployment', 'deployment_status'],
])

/** An input that has a value, that does not exist, and that was probably meant for one that is empty. */
function otherInput(empty: readonly Credential[], env: Environment): { wrong: string; right: string } | undefined {
  for (const right of empty) {
    for (const name of otherNames[right]) {
      for (const wrong of new Set([name, name.replaceAll('-', '_')])) {
        const value = env[`INPUT_${wrong.toUpperCase()}`]
        // A token of GitHub was meant for something else.
        if (wrong !== right && value && !/^(gh[a-z]_|github_pat_)/.test(value)) return { wrong, right }
      }
    }
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
