/** Is this JWT what was asked for, from whom it should be, for whom it should be? Nothing is handed on before. */

import { type CryptoKey, compactVerify, decodeProtectedHeader } from 'jose'
import { type ActionError, failures, listInQuotes } from './errors.ts'
import type { Inputs } from './inputs.ts'
import { hasJwtForm, readClaims } from './jwt.ts'
import { isPrintable } from './text.ts'

/** The claims that later files use, checked for type and content. */
export interface Token {
  readonly jwt: string
  /** The application id, or the organization's global id, that asked: the claim `azp`. */
  readonly authorizedParty: string
  /** The user's name (`username`), or the organization's global id (`globalid`). */
  readonly identity: string
  readonly keyKind: 'user' | 'organization'
  /** What was granted, in the server's order. */
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** Seconds since the epoch. */
  readonly expiresAt: number
  /** The `refresh_token` claim, itself a credential. */
  readonly refreshToken: string | undefined
  readonly signatureVerified: boolean
}

/** What the issued JWT has to match: what the inputs ask for, or what the JWT to be renewed has. */
export interface Expectation {
  readonly authorizedParty: string
  readonly audiences: readonly string[]
  readonly scopes: readonly string[]
  /** The JWT to be renewed; undefined for a new one. */
  readonly renewed: Token | undefined
}

/** RFC 7519, section 4.1.4, allows "some small leeway": runners without time service drift by seconds. */
const CLOCK_TOLERANCE = 60
/** The two numbers of an ES384 signature, 48 bytes each (RFC 7518, section 3.4), in base64url. */
const SIGNATURE_LENGTH = 128
/** The largest time that a JavaScript Date holds (ECMA-262, section 21.4.1.1), in seconds. */
const LAST_DATE = 8_640_000_000_000

/**
 * What the answer will have to match. A JWT to be renewed is verified first: it is a credential, and must not be sent to
 * a server that did not issue it.
 *
 * @throws ActionError ERR_INPUT, ERR_JWT_INVALID for a JWT that this server would not renew.
 */
export async function expectationOf({ credentials }: Inputs, key: CryptoKey | undefined): Promise<Expectation> {
  if (credentials.grant === 'client_credentials') {
    const { clientId, audiences, scopes } = credentials
    return { authorizedParty: clientId, audiences, scopes, renewed: undefined }
  }
  const renewed = await readToken(credentials.jwt, key, what => failures.jwtInputInvalid(what))
  if (!renewed.refreshToken) throw failures.jwtInputNotRefreshable()
  const { authorizedParty, audiences } = renewed
  return { authorizedParty, audiences, scopes: [...renewed.scopes, 'offline_access'], renewed }
}

/**
 * Verifies the JWT that the server issued: signature, issuer, form of all claims, and each expectation.
 *
 * @param now milliseconds since the epoch, by the runner's clock.
 * @throws ActionError ERR_JWT_INVALID, ERR_JWT_EXPIRED, ERR_SCOPE_NOT_GRANTED
 */
export async function verifyIssued(
  jwt: string,
  key: CryptoKey | undefined,
  expected: Expectation,
  server: string,
  now: number,
): Promise<Token> {
  const invalid = (what: string) => failures.jwtInvalid(server, what)
  const token = await readToken(jwt, key, invalid)
  const { renewed } = expected

  const secondsAgo = Math.floor(now / 1000) - token.expiresAt
  if (secondsAgo >= CLOCK_TOLERANCE) throw failures.jwtExpired(server, secondsAgo)
  if (token.authorizedParty !== expected.authorizedParty) throw invalid('was issued to another application id ("azp")')
  const lacking = expected.audiences.filter(audience => !token.audiences.includes(audience))
  if (lacking.length) throw invalid(`lacks the audience ${listInQuotes(lacking)} that was asked for ("aud")`)
  if (renewed && (token.identity !== renewed.identity || token.keyKind !== renewed.keyKind)) {
    throw invalid('is for another identity than the JWT that was renewed')
  }
  if (renewed && !token.scopes.every(scope => renewed.scopes.includes(scope))) {
    throw invalid('has scopes that the JWT that was renewed did not have')
  }
  if (renewed && !token.audiences.every(audience => renewed.audiences.includes(audience))) {
    throw invalid('has an audience that the JWT that was renewed did not have')
  }
  // The server drops a scope that the user does not have without an error. (One that was lost since the first JWT is
  // a warning: see report.ts.)
  const missing = missingScopes(expected.scopes, token)
  if (missing.length && !renewed) throw failures.scopeNotGranted(missing, expected.scopes, token.scopes)
  return token
}

/** Which of these scopes the token does not have. `offline_access` is granted as a refresh token, not as a scope. */
export function missingScopes(scopes: readonly string[], token: Token): string[] {
  return scopes.filter(scope => !token.scopes.includes(scope) && !(scope === 'offline_access' && token.refreshToken))
}

/**
 * Verifies the signature (where there is a key) and reads the claims; not whether the JWT has expired, since one that is
 * to be renewed may have. The claims are checked here and not by jose's `jwtVerify`, so that a server whose key is not
 * known gets the same checks and the same sentences.
 *
 * @param invalid makes the error, from what is wrong with the JWT.
 */
async function readToken(
  jwt: string,
  key: CryptoKey | undefined,
  invalid: (what: string) => ActionError,
): Promise<Token> {
  if (!hasJwtForm(jwt)) throw invalid('does not have the three parts of a JWT')
  const signature = jwt.split('.')[2] ?? ''
  const { alg, crit } = headerOf(jwt)
  if (alg !== 'ES384' || signature.length !== SIGNATURE_LENGTH) throw invalid('is not signed with ES384')
  // RFC 7515, section 4.1.11: whoever does not know an extension that is marked as critical must reject it all.
  if (crit !== undefined) throw invalid('has an extension that this action does not know ("crit")')
  if (key) {
    // The algorithm is pinned, so that a JWT cannot choose how it is verified (RFC 8725, section 3.1).
    await compactVerify(jwt, key, { algorithms: ['ES384'] }).catch(() => {
      throw invalid("is not signed with this server's key")
    })
  }

  const claims = readClaims(jwt)
  if (!claims) throw invalid('has claims that cannot be read, or one of them twice')
  const { iss, azp, username, globalid, exp, scope, aud, refresh_token: refreshToken } = claims
  if (iss !== 'itsyouonline') throw invalid('was not issued by "itsyouonline" ("iss")')
  if (!isText(azp)) throw invalid('does not say to whom it was issued ("azp")')
  if ((username === undefined) === (globalid === undefined)) {
    throw invalid('does not have exactly one of "username" and "globalid"')
  }
  const identity = username ?? globalid
  if (!isText(identity)) throw invalid('has a "username" or "globalid" that is no plain text')
  if (typeof exp !== 'number' || !(exp >= 0 && exp <= LAST_DATE)) {
    throw invalid('has no expiry time that is a date ("exp")')
  }
  const scopes = scope ?? []
  if (!isListOfNames(scopes)) throw invalid('has scopes that are no list of plain names ("scope")')
  // RFC 7519, section 4.1.3, allows a single audience as a text; this server always sends a list.
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  if (!isListOfNames(audiences)) throw invalid('has an audience that is no list of plain names ("aud")')
  if (refreshToken !== undefined && typeof refreshToken !== 'string') {
    throw invalid('has a refresh token that is no text ("refresh_token")')
  }
  return {
    jwt,
    authorizedParty: azp,
    identity,
    keyKind: username === undefined ? 'organization' : 'user',
    // Where every scope was dropped, the server leaves a list of one empty text.
    scopes: scopes.filter(Boolean),
    audiences,
    expiresAt: Math.floor(exp),
    refreshToken: refreshToken || undefined,
    signatureVerified: key !== undefined,
  }
}

function headerOf(jwt: string): Record<string, unknown> {
  try {
    return decodeProtectedHeader(jwt)
  } catch {
    return {}
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isPrintable(value)
}

/** The output `scope` is separated by commas: one inside a name would make two of it. */
function isListOfNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(name => name === '' || (isText(name) && !name.includes(',')))
}
