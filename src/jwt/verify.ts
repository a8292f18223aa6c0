/** Is a new JWT what was asked for: for the right identity, with the right scopes and audience? */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import type { Settings } from '../inputs/inputs.ts'
import { allRights } from '../inputs/scopes.ts'
import { listInQuotes } from '../shown.ts'
import type { Keys } from './keys.ts'
import { clockTolerance, readToken, scopesOf, type Token } from './token.ts'

/** What a JWT is verified with. */
export type Verifier = {
  readonly keys: Keys
  /** For messages. */
  readonly server: Server
  /** Milliseconds since the epoch, by the runner's clock. */
  readonly now: () => number
}

/**
 * Verifies a new JWT against what was asked for.
 *
 * @throws ActionError where it is not what was asked for, and where a scope was not granted.
 */
export async function verifyNew(
  jwt: string,
  clientId: string,
  { scopes, audiences }: Pick<Settings, 'scopes' | 'audiences'>,
  verifier: Verifier,
): Promise<Token> {
  const { token, invalid } = await verifyIssued(jwt, clientId, verifier)
  const lacking = audiences.filter(audience => !token.audiences.includes(audience))
  if (lacking.length) throw invalid(`lacks the audience ${listInQuotes(lacking)} that was asked for ("aud")`)
  const extraAudiences = token.audiences.filter(audience => !audiences.includes(audience))
  if (extraAudiences.length) {
    throw new ActionError('ERR_MORE_THAN_REQUESTED', 'audience', extraAudiences, whatToAdd('audience', false))
  }
  const granted = scopesOf(token)
  const extra = [...token.scopes, ...granted].filter(scope => !scopes.includes(scope))
  if (extra.length) {
    const isUnsafe = extra.some(scope => allRights.has(scope) || scope === 'offline_access')
    throw new ActionError('ERR_MORE_THAN_REQUESTED', 'scope', [...new Set(extra)], whatToAdd('scope', isUnsafe))
  }
  // The server drops a scope that the user does not have without an error.
  const missing = scopes.filter(scope => !granted.includes(scope))
  if (missing.length) throw new ActionError('ERR_SCOPE_NOT_GRANTED', missing, scopes, granted, whyNotGranted(missing))
  return token
}

/** What is checked of every JWT that the server issued. */
export async function verifyIssued(jwt: string, authorizedParty: string, { keys, server, now }: Verifier) {
  const invalid = (found: string, remedy?: string) => new ActionError('ERR_JWT_INVALID', server, found, remedy)
  const token = await readToken(jwt, keys, now(), invalid)
  refuseExpired(token, { server, now })
  if (token.authorizedParty !== authorizedParty) throw invalid('was issued to another application id ("azp")')
  return { token, invalid }
}

/** @throws ActionError for a JWT that has expired: as it comes, and before it is set. */
export function refuseExpired({ expiresAt }: Token, { server, now }: Pick<Verifier, 'server' | 'now'>): void {
  const secondsAgo = Math.floor(now() / 1000) - expiresAt
  if (secondsAgo >= clockTolerance) throw new ActionError('ERR_JWT_EXPIRED', server, secondsAgo)
}

/** What to do about a JWT that allows more than was requested. */
function whatToAdd(input: string, isUnsafe: boolean): string {
  return isUnsafe ? "ask the server's operator." : `add what the job needs to "${input}", or ask the server's operator.`
}

/** The likely reason for a scope that the server dropped without an error, and what to do. */
function whyNotGranted(missing: readonly string[]): string {
  if (missing.some(scope => scope.startsWith('user:memberof:'))) {
    return 'the user is probably not a member there. Add the user to the organization, or correct "scope".'
  }
  if (missing.every(scope => scope === 'offline_access')) {
    return "the JWT has no refresh token. Remove offline_access if nothing has to renew the JWT, or ask the server's operator."
  }
  return `the server left ${missing.length > 1 ? 'them' : 'it'} out. Correct "scope", or ask the server's operator.`
}
