/** A JWT read into a typed record: its signature verified, each claim checked for type and content. */

import { type CryptoKey, compactVerify } from 'jose'
import type { ActionError } from '../errors/error.ts'
import { isAudienceName, isName, isScopeName } from '../shown.ts'
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
  /** When it was verified, by the runner's clock: milliseconds since the epoch. */
  readonly verifiedAt: number
}

/** The end of the year 9999, in seconds. Any time of today in milliseconds is later. */
const lastDate = 253_402_300_799

/** RFC 7519, section 4.1.4, allows "some small leeway": runners without time service drift by seconds. */
export const clockTolerance = 60

type Invalid = (found: string, remedy?: string) => ActionError

/**
 * Verifies the signature and reads the claims of what was verified; not whether the JWT has expired, since one that is to
 * be renewed may have. The claims are checked here and not by jose's `jwtVerify`, so that each has its own message.
 *
 * @param now milliseconds since the epoch.
 * @param invalid makes the error, from what is wrong with the JWT, and what to do where that is known.
 */
export async function readToken(jwt: string, { trusted, issuer }: Keys, now: number, invalid: Invalid): Promise<Token> {
  const claims = parseClaims(await verifiedPayload(jwt, trusted, invalid))
  if (!claims) throw invalid('has claims that cannot be read')
  const { iss, azp, exp, nbf, scope, aud, refresh_token: refreshToken } = claims
  if (issuer !== undefined && iss !== issuer) throw invalid(`was not issued by "${issuer}" ("iss")`)
  if (!isText(isAudienceName, iss)) throw invalid('does not say who issued it in plain text ("iss")')
  if (!isText(isName, azp)) throw invalid('does not say to whom it was issued in plain text ("azp")')
  // The server writes `"globalid": null` into a narrower JWT of a user.
  const [username, globalid] = [claims['username'] ?? undefined, claims['globalid'] ?? undefined]
  if ((username === undefined) === (globalid === undefined)) {
    throw invalid('does not have exactly one of "username" and "globalid"')
  }
  const identity = username ?? globalid
  if (!isText(isName, identity)) throw invalid('has a "username" or "globalid" that is not plain text')
  // The server's application id of an organization is its global id.
  if (globalid !== undefined && globalid !== azp) throw invalid('names two organizations ("globalid" and "azp")')
  if (typeof exp !== 'number' || !(exp >= 0 && exp <= lastDate)) {
    throw invalid('has no expiry time in seconds ("exp")')
  }
  if (nbf !== undefined && typeof nbf !== 'number') throw invalid('has a start time that is not a date ("nbf")')
  if ((nbf ?? 0) > now / 1000 + clockTolerance) {
    throw invalid(
      'is not valid yet ("nbf")',
      "the runner's clock is behind the server's, or the server's is ahead: correct the one that is wrong.",
    )
  }
  // Where every scope was dropped, the server leaves a list of one empty text.
  const scopes = JSON.stringify(scope) === '[""]' ? [] : (scope ?? [])
  if (!isListOf(isScopeName, scopes)) throw invalid('has scopes that are not a list of different plain names ("scope")')
  // RFC 7519, section 4.1.3, allows a single audience as a text; this server always sends a list.
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  if (!isListOf(isAudienceName, audiences))
    throw invalid('has an audience that is not a list of different plain names ("aud")')
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
    verifiedAt: now,
  }
}

/** The name by which OpenvCloud knows the user: `<username>@<iss>`; undefined for an organization's JWT. */
export function userOf({ keyKind, identity, issuer }: Token): string | undefined {
  return keyKind === 'user' ? `${identity}@${issuer}` : undefined
}

/** `offline_access` is granted as a refresh token, whatever the claim `scope` says. */
export function scopesOf({ scopes, refreshToken }: Token): string[] {
  return [...scopes.filter(scope => scope !== 'offline_access'), ...(refreshToken ? ['offline_access'] : [])]
}

/** The algorithm is pinned, so that a JWT cannot choose how it is verified (RFC 8725, section 3.1). */
async function verifiedPayload(jwt: string, trusted: readonly CryptoKey[], invalid: Invalid): Promise<Uint8Array> {
  // RFC 7515, section 7.1: three parts of base64url. jose would ignore white space in the signature.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(jwt)) throw invalid('is not a signed JWT')
  let code: unknown
  for (const key of trusted) {
    try {
      const { payload, protectedHeader } = await compactVerify(jwt, key, { algorithms: ['ES384'] })
      // RFC 7797, section 7: the one extension that jose knows has no place in a JWT.
      if (protectedHeader.crit === undefined) return payload
      code = 'ERR_JOSE_NOT_SUPPORTED'
      break
    } catch (error) {
      code = (error as { code?: unknown }).code
    }
  }
  switch (code) {
    case 'ERR_JOSE_ALG_NOT_ALLOWED':
      throw invalid('is not signed with ES384')
    case 'ERR_JOSE_NOT_SUPPORTED':
      throw invalid('has an extension that this action does not know ("crit")')
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      // RFC 7518, section 3.4: 96 bytes.
      if (!/\.[\w-]{128}$/.test(jwt))
        throw invalid(
          'has a signature that is cut off or too long',
          "run the job again, or tell the server's operator.",
        )
      throw invalid(
        "is not signed with this server's key",
        'check "base-url" and "public-key". If the server\'s key was changed, use the new one, or a newer version of this action.',
      )
    default:
      throw invalid('is not a signed JWT')
  }
}

/** RFC 8725, section 3.7: the claims are UTF-8, and bytes that are not are no text. */
function parseClaims(payload: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function isText(isValid: (text: string) => boolean, value: unknown): value is string {
  return typeof value === 'string' && isValid(value)
}

function isListOf(isValid: (text: string) => boolean, value: unknown): value is string[] {
  return Array.isArray(value) && value.every(entry => isText(isValid, entry)) && new Set(value).size === value.length
}
