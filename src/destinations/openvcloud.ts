/** Does an OpenvCloud location accept the JWT? */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import type { Ask } from '../http/attempts.ts'
import type { Token } from '../jwt/token.ts'
import { call, isEmptyList } from './call.ts'

/**
 * Asks for the accounts of the JWT's user: a call that changes nothing, and that every user may make. What the user may do
 * there is up to the location.
 *
 * @param identityServer the address of the server that issued the JWT, for messages.
 * @returns whether an account there names the user. One without may still have a cloud space that was shared.
 * @throws ActionError where OpenvCloud does not accept the JWT or cannot be asked.
 */
export async function checkOpenvCloud(
  ask: Ask,
  server: Server,
  token: Token,
  identityServer: string,
): Promise<boolean> {
  // OpenvCloud answers these two with 500 and 401, which say nothing: they are never sent.
  if (token.keyKind === 'organization') throw new ActionError('ERR_OVC_NEEDS_USER')
  if (token.audiences.length) throw new ActionError('ERR_OVC_AUDIENCE', token.audiences)

  const url = `${server.url}/restmachine/cloudapi/accounts/list`
  const answer = await call(ask, { method: 'POST', url }, token.jwt, server)
  // Its own 401 is a page, or has no media type where a proxy removed the JWT.
  if (answer.status === 401 && ['text/html', ''].includes(answer.mediaType) && !answer.hasChallenge) {
    throw new ActionError('ERR_OVC_REFUSED', server, identityServer)
  }
  return !isEmptyList(answer, server, found => new ActionError('ERR_NOT_OPENVCLOUD', server, found))
}
