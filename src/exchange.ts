/** The conversation with the token endpoint: the request, and what each answer means. */

import { whyRefused, whyRejected } from './diagnosis.ts'
import type { ActionError } from './errors/error.ts'
import { serverErrors } from './errors/server.ts'
import { ask, type LastAnswer, type Patience, type Surroundings } from './http/attempts.ts'
import type { Request } from './http/request.ts'
import { transientStatuses } from './http/retry.ts'
import type { Inputs } from './inputs/inputs.ts'
import { hasJwtForm, readRefreshToken } from './jwt/form.ts'
import { redirectTarget } from './redirect.ts'

/** Bytes. A JWT of this server is below 2 kB; what is far larger is something else, and is not worth the memory. */
const answerLimit = 64 * 1024

/**
 * The request for a JWT.
 *
 * For client credentials: RFC 6749, section 4.4.2, with the client's credentials in the form body (never in the query:
 * it ends up in access logs) and this server's own `response_type=id_token`, without which it answers with an opaque
 * access token. Scopes and audiences are separated by commas: a space would make one bogus name of two.
 */
export function tokenRequest({ credentials, validity, baseUrl }: Inputs): Request {
  const form = new URLSearchParams()
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (credentials.grant === 'client_credentials') {
    form.set('grant_type', 'client_credentials')
    form.set('client_id', credentials.clientId)
    form.set('client_secret', credentials.clientSecret)
    form.set('response_type', 'id_token')
    if (credentials.scopes.length) form.set('scope', credentials.scopes.join(','))
    if (credentials.audiences.length) form.set('aud', credentials.audiences.join(','))
  } else {
    // `bearer` or `Bearer`: the server knows no other spelling.
    headers['authorization'] = `bearer ${credentials.jwt}`
  }
  if (validity !== undefined) form.set('validity', String(validity))
  const path = credentials.grant === 'client_credentials' ? '/v1/oauth/access_token' : '/v1/oauth/jwt/refresh'
  return { method: 'POST', url: baseUrl + path, headers, body: form.toString(), limit: answerLimit }
}

/**
 * Asks the identity server for a JWT.
 *
 * @returns what the server gave as the JWT: three parts by its look, and not yet verified.
 * @throws ActionError for everything else, in one sentence.
 */
export async function exchange(inputs: Inputs, patience: Patience, surroundings: Surroundings): Promise<string> {
  const server = { url: inputs.baseUrl, input: 'base-url' }
  const answer = await ask(tokenRequest(inputs), server, patience, surroundings)
  if (answer.kind === 'answer' && answer.status === 200) return readJwt(answer.body, inputs.baseUrl)
  throw errorOf(answer, inputs)
}

/** What an answer means that has no JWT: the table of statuses of the server. */
function errorOf(answer: LastAnswer, { baseUrl: server, credentials }: Inputs): ActionError {
  if (answer.kind === 'too-large') return serverErrors.answerTooLarge(server, answerLimit)
  if (answer.kind === 'compressed') return serverErrors.compressed(server, answer.encoding)
  const { status, location, attempts } = answer
  const isRefresh = credentials.grant === 'refresh'
  if (status === 400) {
    if (isRefresh) return serverErrors.refreshBadRequest(server)
    return serverErrors.badRequest(server, whyRejected(credentials.clientId, credentials.clientSecret))
  }
  if (status === 401) {
    if (isRefresh) return serverErrors.refreshRefused(server)
    const { clientId, scopes } = credentials
    return serverErrors.scopeRefused(server, scopes, whyRefused(clientId, scopes))
  }
  if (status === 404) return serverErrors.notFound(server)
  if (status >= 300 && status < 400) {
    const secrets = isRefresh ? [credentials.jwt, readRefreshToken(credentials.jwt)] : [credentials.clientSecret]
    const { host, advice } = redirectTarget(location, server, secrets)
    if (advice) return serverErrors.redirectedToPath(server, advice)
    return serverErrors.redirected(server, host ?? 'another address')
  }
  if (transientStatuses.has(status)) return serverErrors.unavailable(server, status, attempts)
  return serverErrors.unexpectedStatus(server, status)
}

/** The JWT in an answer with status 200: bare (`application/jwt`), or as `access_token` in JSON. */
function readJwt(body: string, server: string): string {
  const text = body.trim()
  if (!text) throw serverErrors.notAJwt(server, 'nothing')
  if (text.startsWith('<')) throw serverErrors.notAJwt(server, 'an HTML page')
  const token = text.startsWith('{') ? readAccessToken(text) : text
  if (token === undefined) throw serverErrors.notAJwt(server, 'JSON of another shape')
  if (typeof token === 'string' && hasJwtForm(token)) return token
  const isOpaque = typeof token === 'string' && /^[\w-]{20,64}$/.test(token)
  throw serverErrors.notAJwt(server, isOpaque ? 'an opaque access token' : 'something else')
}

function readAccessToken(json: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown>)['access_token']
  } catch {
    return ''
  }
}
