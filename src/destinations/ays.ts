/** Does an AYS server accept the JWT? */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import type { Ask } from '../http/attempts.ts'
import type { Token } from '../jwt/token.ts'
import { call, isEmptyList } from './call.ts'

/**
 * Asks for the list of repositories: a call that changes nothing.
 *
 * @throws ActionError where AYS does not accept the JWT or cannot be asked.
 */
export async function checkAys(ask: Ask, server: Server, token: Token): Promise<void> {
  const answer = await call(ask, { method: 'GET', url: `${server.url}/ays/repository` }, token.jwt, server)
  if (answer.status === 401 && answer.mediaType === 'text/plain' && !answer.hasChallenge) {
    throw new ActionError('ERR_AYS_REFUSED', server, whyRefused(token))
  }
  isEmptyList(answer, server, found => new ActionError('ERR_NOT_AYS', server, found))
}

/**
 * The server is configured with one organization, which must be the JWT's `globalid` or `azp`, or in its scopes as
 * `user:memberof:<organization>`. Its 401 has more causes, which it does not tell apart in its status.
 */
function whyRefused({ keyKind, scopes }: Token): string {
  return keyKind === 'user' && !scopes.some(scope => scope.startsWith('user:memberof:'))
    ? 'the JWT has no scope "user:memberof:<organization>". Get a new JWT that has it, for the organization that this AYS server is configured with.'
    : 'this AYS server is configured with an organization that the JWT does not name (in its scopes, key or audience), it trusts another ItsYou.online than "base-url", its clock or configuration is wrong, or a proxy refused or removed the JWT. Check "app-id", "scope" and "audience", or ask its operator.'
}
