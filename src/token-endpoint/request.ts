/** The request for a JWT. */

import type { Server } from '../address.ts'
import type { Ask } from '../http/attempts.ts'
import type { Request } from '../http/request.ts'
import type { Settings } from '../inputs/inputs.ts'
import type { Grant } from '../jwt/renewal.ts'
import { answerLimit, readJwt } from './answer.ts'

/**
 * Asks the identity server for a JWT.
 *
 * @returns what the server gave as the JWT: three parts by its look, and not yet verified.
 * @throws ActionError for everything else, in one sentence.
 */
export async function requestJwt(ask: Ask, server: Server, grant: Grant, settings: Settings): Promise<string> {
  const answer = await ask(tokenRequest(grant, settings), server)
  return readJwt(answer, server, grant, settings.scopes)
}

/**
 * For client credentials: RFC 6749, section 4.4.2, with the client's credentials in the form body (never in the query:
 * it ends up in access logs) and this server's own `response_type=id_token`, without which it answers with an opaque
 * access token. Scopes and audiences are separated by commas: a space would make one bogus name of two.
 */
export function tokenRequest(grant: Grant, { scopes, audiences, validity, baseUrl }: Settings): Request {
  const form = new URLSearchParams()
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (grant.grant === 'client_credentials') {
    form.set('grant_type', 'client_credentials')
    form.set('client_id', grant.clientId)
    form.set('client_secret', grant.clientSecret)
    form.set('response_type', 'id_token')
    form.set('scope', scopes.join(','))
    if (audiences.length) form.set('aud', audiences.join(','))
  } else {
    // `bearer` or `Bearer`: the server knows no other spelling.
    headers['authorization'] = `bearer ${grant.old.jwt}`
  }
  form.set('validity', String(validity))
  const path = grant.grant === 'client_credentials' ? '/v1/oauth/access_token' : '/v1/oauth/jwt/refresh'
  return { method: 'POST', url: baseUrl + path, headers, body: form.toString(), limit: answerLimit }
}
