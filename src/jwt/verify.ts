/** Is this JWT what was asked for: from the right server, for the right identity, with the right scopes? */

import { listInQuotes } from '../errors/error.ts'
import { inputErrors } from '../errors/inputs.ts'
import { jwtErrors } from '../errors/jwt.ts'
import type { ClientCredentials, Refresh } from '../inputs/inputs.ts'
import type { Keys } from './keys.ts'
import { clockTolerance, readToken, type Token } from './token.ts'

/** What a JWT is verified with. */
export type Verifier = {
  readonly keys: Keys
  /** The address of the server, for messages. */
  readonly server: string
  /** Milliseconds since the epoch, by the runner's clock. */
  readonly now: () => number
}

/** How the answer will be verified. */
export type Expectation = {
  /** The JWT to be renewed, verified; undefined for a new one. */
  readonly old: Token | undefined
  /** @throws ActionError where the JWT is not what was asked for. */
  readonly verify: (jwt: string) => Promise<Token>
}

/**
 * What to expect of the answer, decided before the request.
 *
 * @throws ActionError for a JWT that this server would not renew.
 */
export async function expectation(credentials: ClientCredentials | Refresh, verifier: Verifier): Promise<Expectation> {
  if (credentials.grant === 'client_credentials') {
    return { old: undefined, verify: jwt => verifyNew(jwt, credentials, verifier) }
  }
  const old = await verifyRenewable(credentials.jwt, verifier)
  return { old, verify: jwt => verifyRenewed(jwt, old, verifier) }
}

/**
 * Verifies the JWT that a renewal starts from: it is a credential, and must not be sent to a server that did not issue
 * it. It may have expired.
 *
 * @throws ActionError for a JWT that this server would not renew.
 */
export async function verifyRenewable(jwt: string, { keys, now }: Verifier): Promise<Token> {
  // The same issuer name is used everywhere: only the key tells whether this server issued it.
  if (!keys.keys.length) throw inputErrors.renewalNeedsKey()
  const token = await readToken(jwt, keys, now(), inputErrors.jwtInputInvalid)
  if (!token.refreshToken) throw inputErrors.jwtInputNotRefreshable()
  return token
}

/**
 * Verifies a new JWT against what was asked for.
 *
 * @throws ActionError where it is not what was asked for, and where a scope was not granted.
 */
export async function verifyNew(jwt: string, asked: ClientCredentials, verifier: Verifier): Promise<Token> {
  const { token, invalid } = await verifyIssued(jwt, asked.clientId, verifier)
  const lacking = asked.audiences.filter(audience => !token.audiences.includes(audience))
  if (lacking.length) throw invalid(`lacks the audience ${listInQuotes(lacking)} that was asked for ("aud")`)
  const extraAudiences = token.audiences.filter(audience => !asked.audiences.includes(audience))
  if (extraAudiences.length) throw jwtErrors.moreThanRequested('audience', extraAudiences)
  // Without a scope beside it, `offline_access` asks for all that the key may do.
  if (asked.scopes.some(scope => scope !== 'offline_access')) {
    const granted = [...token.scopes, ...(token.refreshToken ? ['offline_access'] : [])]
    const extra = granted.filter(scope => !asked.scopes.includes(scope))
    if (extra.length) throw jwtErrors.moreThanRequested('scope', extra)
  }
  // The server drops a scope that the user does not have without an error.
  const missing = missingScopes(asked.scopes, token)
  if (missing.length) throw jwtErrors.scopeNotGranted(missing, asked.scopes, token.scopes)
  return token
}

/**
 * Verifies a renewed JWT against the one that it was made from. A scope that was lost is a warning: see warnings.ts.
 *
 * @throws ActionError where it is for another identity, or allows more.
 */
export async function verifyRenewed(jwt: string, old: Token, verifier: Verifier): Promise<Token> {
  const { token, invalid } = await verifyIssued(jwt, old.authorizedParty, verifier)
  if (token.identity !== old.identity || token.keyKind !== old.keyKind) {
    throw invalid('is for another identity than the JWT that was renewed')
  }
  if (!token.scopes.every(scope => old.scopes.includes(scope))) {
    throw invalid('has scopes that the JWT that was renewed did not have')
  }
  const sameAudience = token.audiences.length === old.audiences.length
  if (!sameAudience || !token.audiences.every(audience => old.audiences.includes(audience))) {
    throw invalid('does not have the audience of the JWT that was renewed ("aud")')
  }
  return token
}

/** What is checked of every JWT that the server issued. */
async function verifyIssued(jwt: string, authorizedParty: string, { keys, server, now }: Verifier) {
  const invalid = (what: string) => jwtErrors.jwtInvalid(server, what)
  const token = await readToken(jwt, keys, now(), invalid)
  const secondsAgo = Math.floor(now() / 1000) - token.expiresAt
  if (secondsAgo >= clockTolerance) throw jwtErrors.jwtExpired(server, secondsAgo)
  if (token.authorizedParty !== authorizedParty) throw invalid('was issued to another application id ("azp")')
  return { token, invalid }
}

/** Which of these scopes the token does not have. `offline_access` is granted as a refresh token, not as a scope. */
export function missingScopes(scopes: readonly string[], token: Token): string[] {
  return scopes.filter(scope => !token.scopes.includes(scope) && !(scope === 'offline_access' && token.refreshToken))
}
