/** A JWT read into a typed record: its signature verified, each claim checked for type and content. */

import { type CryptoKey, compactVerify } from 'jose'
import type { ActionError } from '../errors/error.ts'
import { isAudienceName, isName, isScopeName } from '../names.ts'
import { isPrintable } from '../text.ts'
import { hasIssuedForm, hasJwtForm, readClaims, readHeader } from './form.ts'
import type { Keys } from './keys.ts'

export type Token = {
  readonly jwt: string
  /** The application id, or the organization's global id, that asked: the claim `azp`. */
  readonly authorizedParty: string
  /** The user's name (`username`), or the organization's global id (`globalid`). */
  readonly identity: string
  /** The claim `iss`. */
  readonly issuer: string
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

/** The largest time that a JavaScript Date can be (ECMA-262, section 21.4.1.1), in seconds. */
const lastDate = 8_640_000_000_000

/** RFC 7519, section 4.1.4, allows "some small leeway": runners without time service drift by seconds. */
export const clockTolerance = 60

/**
 * Verifies the signature (where there is a key) and reads the claims; not whether the JWT has expired, since one that is
 * to be renewed may have. The claims are checked here and not by jose's `jwtVerify`, so that each has its own message, and
 * a JWT whose signature is not verified gets the same checks.
 *
 * @param now milliseconds since the epoch.
 * @param invalid makes the error, from what is wrong with the JWT.
 */
export async function readToken(
  jwt: string,
  { keys, issuer }: Keys,
  now: number,
  invalid: (what: string) => ActionError,
): Promise<Token> {
  if (!hasJwtForm(jwt)) throw invalid('does not have the three parts of a JWT')
  if (!hasIssuedForm(jwt)) throw invalid('is not signed with ES384')
  // RFC 7515, section 4.1.11: a reader that does not know an extension that is marked as critical must reject it all.
  if (readHeader(jwt)['crit'] !== undefined) throw invalid('has an extension that this action does not know ("crit")')
  if (keys.length && !(await isSigned(jwt, keys))) throw invalid("is not signed with this server's key")

  const claims = readClaims(jwt)
  if (!claims) throw invalid('has claims that cannot be read')
  const { iss, azp, exp, nbf, scope, aud, refresh_token: refreshToken } = claims
  if (issuer !== undefined && iss !== issuer) throw invalid(`was not issued by "${issuer}" ("iss")`)
  if (typeof iss !== 'string' || !isName(iss)) throw invalid('does not say who issued it in plain text ("iss")')
  if (typeof azp !== 'string' || !azp || !isPrintable(azp)) throw invalid('does not say to whom it was issued ("azp")')
  // The server writes `"globalid": null` into a narrower JWT of a user.
  const [username, globalid] = [claims['username'] ?? undefined, claims['globalid'] ?? undefined]
  if ((username === undefined) === (globalid === undefined)) {
    throw invalid('does not have exactly one of "username" and "globalid"')
  }
  const identity = username ?? globalid
  if (typeof identity !== 'string' || !isName(identity)) {
    throw invalid('has a "username" or "globalid" that is not plain text')
  }
  if (typeof exp !== 'number' || !(exp >= 0 && exp <= lastDate)) {
    throw invalid('has no expiry time that is a date ("exp")')
  }
  if (nbf !== undefined && typeof nbf !== 'number') throw invalid('has a start time that is not a date ("nbf")')
  if ((nbf ?? 0) > now / 1000 + clockTolerance) throw invalid('is not valid yet ("nbf")')
  // Where every scope was dropped, the server leaves a list of one empty text.
  const scopes = Array.isArray(scope) ? scope.filter(name => name !== '') : (scope ?? [])
  if (!isListOf(isScopeName, scopes)) throw invalid('has scopes that are not a list of plain names ("scope")')
  // RFC 7519, section 4.1.3, allows a single audience as a text; this server always sends a list.
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  if (!isListOf(isAudienceName, audiences)) throw invalid('has an audience that is not a list of plain names ("aud")')
  if (refreshToken !== undefined && typeof refreshToken !== 'string') {
    throw invalid('has a refresh token that is not a text ("refresh_token")')
  }
  return {
    jwt,
    authorizedParty: azp,
    identity,
    issuer: iss,
    keyKind: username === undefined ? 'organization' : 'user',
    scopes,
    audiences,
    expiresAt: Math.floor(exp),
    refreshToken: refreshToken || undefined,
    signatureVerified: keys.length > 0,
  }
}

/** The name by which OpenvCloud knows the user: `<username>@<iss>`; undefined for an organization's JWT. */
export function userOf({ keyKind, identity, issuer }: Token): string | undefined {
  return keyKind === 'user' ? `${identity}@${issuer}` : undefined
}

/** The algorithm is pinned, so that a JWT cannot choose how it is verified (RFC 8725, section 3.1). */
async function isSigned(jwt: string, keys: readonly CryptoKey[]): Promise<boolean> {
  const verified = keys.map(key => compactVerify(jwt, key, { algorithms: ['ES384'] }))
  return (await Promise.allSettled(verified)).some(({ status }) => status === 'fulfilled')
}

function isListOf(isValid: (text: string) => boolean, value: unknown): value is string[] {
  return Array.isArray(value) && value.every(entry => typeof entry === 'string' && isValid(entry))
}
