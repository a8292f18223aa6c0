/** Does an AYS server take the JWT? */

import { destinationErrors } from '../errors/destinations.ts'
import type { ActionError } from '../errors/error.ts'
import type { Patience, Surroundings } from '../http/attempts.ts'
import { transientStatuses } from '../http/retry.ts'
import type { Token } from '../jwt/token.ts'
import { call, readList } from './call.ts'

/**
 * Asks for the list of repositories: a call that changes nothing.
 *
 * @param url the address of the server with its prefix, as the input `ays-url` has it.
 * @throws ActionError where AYS does not take the JWT or cannot be asked.
 */
export async function checkAys(
  token: Token,
  url: string,
  patience: Patience,
  surroundings: Surroundings,
): Promise<void> {
  const request = { method: 'GET', url: `${url}/ays/repository` } as const
  const answer = await call(request, token.jwt, { url, input: 'ays-url' }, patience, surroundings)
  if (answer.kind === 'answer') {
    if (answer.status === 401) throw refused(token, url)
    if (transientStatuses.has(answer.status)) {
      throw destinationErrors.aysUnavailable(url, answer.status, answer.attempts)
    }
  }
  const { length } = readList(answer, found => destinationErrors.notAys(url, found))
  surroundings.log(`AYS at ${url} accepts the JWT: ${length} ${length === 1 ? 'repository' : 'repositories'}.`)
}

/**
 * Why the server refused a JWT that verifies. It is configured with one organization, which must be the JWT's `globalid`
 * or `azp`, or in its scopes as `user:memberof:<organization>`, and in its audience where it has one.
 */
function refused({ keyKind, identity, scopes, audiences }: Token, url: string): ActionError {
  if (audiences.length) return destinationErrors.aysRefusedAudience(url, audiences)
  if (keyKind === 'organization') return destinationErrors.aysRefusedOrganization(url, identity)
  return destinationErrors.aysRefusedUser(
    url,
    scopes.filter(scope => scope.startsWith('user:memberof:')),
  )
}
