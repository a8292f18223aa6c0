/** The conversation with the token endpoint: the request, its repetitions, and what each answer means. */

import { failures } from './errors.ts'
import { ANSWER_LIMIT, type Outcome, type PostRequest, post } from './http.ts'
import type { Inputs } from './inputs.ts'
import { hasJwtForm } from './jwt.ts'
import { decideRetry, transientStatuses } from './retry.ts'

/** What the outermost file lends: time, chance, a voice. */
export interface Surroundings {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly random: () => number
  readonly sleep: (milliseconds: number) => Promise<void>
  /** Resolves when the runner cancels the step, with the name of the process signal. */
  readonly cancelled: Promise<string>
  readonly log: (line: string) => void
}

/**
 * The request for a JWT.
 *
 * For client credentials: RFC 6749, section 4.4.2, with the client's credentials in the form body (never in the query:
 * it ends up in access logs) and this server's own `response_type=id_token`, without which it answers with an opaque
 * access token. Scopes and audiences are separated by commas: a blank would make one bogus name of two.
 */
export function tokenRequest({ credentials, validity, baseUrl, namesProxy }: Inputs): PostRequest {
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
  return { url: baseUrl + path, headers, body: form.toString(), namesProxy }
}

/**
 * Asks the server until there is an answer that holds, or no time or attempt is left.
 *
 * @returns what the server gave as the JWT: three parts by its look, and not yet verified.
 * @throws ActionError for everything else, in one sentence.
 */
export async function exchange(inputs: Inputs, surroundings: Surroundings): Promise<string> {
  const { now, random, sleep, cancelled, log } = surroundings
  const request = tokenRequest(inputs)
  const end = now() + inputs.timeout
  for (let attempts = 1; ; attempts++) {
    // An equal share of what is left for each attempt that is left: a server that keeps silent once does not use it all.
    const share = (end - now()) / (inputs.retries + 2 - attempts)
    const outcome = await post(request, Math.max(1, Math.ceil(share)), cancelled)
    if (outcome.kind === 'answer' && outcome.status === 200) return readJwt(outcome.body, inputs.baseUrl)

    const timeLeft = end - now()
    const decision =
      timeLeft > 0
        ? decideRetry({ outcome, attempts, retries: inputs.retries, now: now(), timeLeft, random: random() })
        : ({ retry: false, reason: 'used-up' } as const)
    if (!decision.retry) {
      if (decision.reason === 'wait-too-long') {
        const seconds = [decision.wait, timeLeft].map(ms => Math.ceil(ms / 1000)) as [number, number]
        throw failures.waitTooLong(inputs.baseUrl, nameOf(outcome), ...seconds)
      }
      throw failureOf(outcome, inputs, attempts)
    }
    log(`Attempt ${attempts} failed (${nameOf(outcome)}); trying again in ${(decision.wait / 1000).toFixed(1)} s.`)
    const signal = await Promise.race([sleep(decision.wait), cancelled])
    if (signal !== undefined) throw failures.cancelled(signal)
  }
}

/** The cause of a failed attempt in our own words: a status line's text is the server's, and is not repeated. */
function nameOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return `status ${outcome.status}`
    case 'network':
      return outcome.code
    case 'deadline':
      return 'no whole answer in time'
    case 'proxy-failed':
      return `proxy: ${proxyCause(outcome.cause)}`
    default:
      return outcome.kind
  }
}

function proxyCause(cause: number | string): string {
  return typeof cause === 'number' ? `status ${cause}` : cause
}

/** The final error for the last outcome: the table of statuses of the server, and what lies on the way to it. */
function failureOf(outcome: Outcome, inputs: Inputs, attempts: number): Error {
  const { baseUrl: server, credentials, timeout } = inputs
  switch (outcome.kind) {
    case 'too-large':
      return failures.answerTooLarge(server, ANSWER_LIMIT)
    case 'deadline':
      return failures.timedOut(server, timeout / 1000, attempts)
    case 'cancelled':
      return failures.cancelled(outcome.signal)
    case 'proxy-invalid':
      return failures.proxyInvalid()
    case 'proxy-failed':
      return failures.proxyFailed(proxyCause(outcome.cause))
    case 'network':
      return networkFailure(server, outcome.code)
    case 'answer':
      break
  }
  const { status } = outcome
  if (status === 400) {
    return credentials.grant === 'refresh' ? failures.refreshBadRequest(server) : failures.badRequest(server)
  }
  if (status === 401) {
    return credentials.grant === 'refresh'
      ? failures.refreshRefused(server)
      : failures.scopeRefused(server, credentials.scopes)
  }
  if (status === 404) return failures.notFound(server)
  if (status >= 300 && status < 400) return failures.redirected(server, targetHost(outcome.location, inputs))
  if (transientStatuses.has(status)) return failures.serverFault(server, nameOf(outcome), attempts)
  return failures.unexpectedStatus(server, nameOf(outcome))
}

function networkFailure(server: string, code: string): Error {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return failures.certificateExpired(server, code)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failures.certificateForOtherHost(server, code)
  if (/^ERR_SSL_|^EPROTO$|^ERR_TLS_(?!CERT)/.test(code)) return failures.tlsNotSpoken(server, code)
  if (certificateCodes.test(code)) return failures.tlsFailed(server, code)
  if (code.startsWith('HPE_')) return failures.brokenAnswer(server, code)
  return failures.unreachable(server, code)
}

/** Node's names of OpenSSL's verification errors (X509_V_ERR_*), and its own: what says that nobody vouches for it. */
const certificateCodes =
  /CERT|^UNABLE_TO_|^CRL_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$|^UNSPECIFIED$/

/** The host of a redirect's target. The URL parser leaves no blank, control character or `#` in a host. */
function targetHost(location: string | undefined, { baseUrl, credentials }: Inputs): string {
  const host = location !== undefined && URL.canParse(location, baseUrl) ? new URL(location, baseUrl).host : ''
  // It is in lower case, where the mask of a secret does not reach.
  const secret = credentials.grant === 'client_credentials' ? credentials.clientSecret : credentials.jwt
  return host && !host.includes(secret.toLowerCase()) ? host : 'another address'
}

/** The JWT in an answer with status 200: bare (`application/jwt`), or as `access_token` in JSON. */
function readJwt(body: string, server: string): string {
  const text = body.trim()
  if (!text) throw failures.notAJwt(server, 'nothing')
  if (text.startsWith('<')) throw failures.notAJwt(server, 'an HTML page')
  const token = text.startsWith('{') ? readAccessToken(text) : text
  if (typeof token === 'string' && hasJwtForm(token)) return token
  if (typeof token === 'string' && /^[\w-]{20,64}$/.test(token))
    throw failures.notAJwt(server, 'an opaque access token')
  throw failures.notAJwt(server, token === undefined ? 'JSON of another shape' : 'something else')
}

function readAccessToken(json: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown>)['access_token']
  } catch {
    return ''
  }
}
