/** What an answer of the token endpoint means: the JWT in it, or the error. */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import { type Answer, redirectStatuses } from '../http/request.ts'
import type { Grant } from '../jwt/renewal.ts'
import { clauseFor400, clauseFor401 } from './hints.ts'
import { redirectRemedy } from './redirect.ts'

/** Bytes. A JWT of this server is below 2 kB; what is far larger is something else, and is not worth the memory. */
export const answerLimit = 64 * 1024

/**
 * @param scopes that were requested.
 * @returns what the server gave as the JWT: three parts by its look.
 * @throws ActionError for an answer without one.
 */
export function readJwt(answer: Answer, server: Server, grant: Grant, scopes: readonly string[]): string {
  const { status, body, isWhole, mediaType, hasChallenge, location } = answer
  if (status === 200) {
    if (!isWhole) throw new ActionError('ERR_NOT_A_JWT', server, `more than ${answerLimit} bytes`)
    return jwtIn(body, server)
  }
  if (redirectStatuses.has(status)) {
    const secrets = grant.grant === 'refresh' ? [grant.old.jwt, grant.old.refreshToken ?? ''] : [grant.clientSecret]
    throw new ActionError('ERR_REDIRECT', server, redirectRemedy(location, server.url, secrets))
  }
  if (status === 404) throw new ActionError('ERR_NOT_FOUND', server)
  // The server's own 400 and 401 are plain text, and ask for nothing (Go's `http.Error`).
  const isOwn = mediaType === 'text/plain' && !hasChallenge
  if (isOwn && status === 401) {
    if (grant.grant === 'refresh') throw new ActionError('ERR_RENEWAL_REFUSED', server)
    const reason = clauseFor401(grant.clientId, scopes)
    if (reason !== undefined) throw new ActionError('ERR_SCOPE_REFUSED', server, scopes, reason)
  }
  if (isOwn && status === 400 && grant.grant === 'client_credentials') {
    const reason = clauseFor400(grant.clientId, grant.clientSecret, server.url)
    throw new ActionError('ERR_CREDENTIALS_REJECTED', server, reason)
  }
  throw new ActionError('ERR_UNEXPECTED_STATUS', server, status)
}

/** The JWT in an answer with status 200: bare (`application/jwt`), or as `access_token` in JSON. */
function jwtIn(body: string, server: Server): string {
  const notAJwt = (found: string) => new ActionError('ERR_NOT_A_JWT', server, found)
  const text = body.trim()
  if (!text) throw notAJwt('nothing')
  if (text.startsWith('<')) throw notAJwt('an HTML page')
  const token = text.startsWith('{') ? accessTokenIn(text) : text
  if (token === undefined) throw notAJwt('JSON of another shape')
  // Three parts of base64url (RFC 7515, section 7.1); an empty signature gets a message of its own later.
  if (typeof token === 'string' && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return token
  const isOpaque = typeof token === 'string' && /^[\w-]{20,64}$/.test(token)
  throw notAJwt(isOpaque ? 'an opaque access token' : 'something else')
}

function accessTokenIn(json: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown>)['access_token']
  } catch {
    return ''
  }
}
