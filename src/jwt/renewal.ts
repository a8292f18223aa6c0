/** A renewal: may the old JWT be sent, and is the new one the same but for its expiry time? */

import { ActionError } from '../errors/error.ts'
import type { ClientCredentials, Credentials } from '../inputs/credentials.ts'
import { readToken, type Token } from './token.ts'
import { type Verifier, verifyIssued } from './verify.ts'

/** What is exchanged for a JWT: client credentials, or a JWT that was verified. */
export type Grant = ClientCredentials | { readonly grant: 'refresh'; readonly old: Token }

/**
 * Verifies the JWT that a renewal starts from: it is a credential, and must not be sent to a server that did not issue
 * it. The same issuer name is used everywhere: only the key tells. It may have expired.
 *
 * @throws ActionError for a JWT that this server would not renew.
 */
export async function verifyGrant(credentials: Credentials, { keys, now }: Verifier): Promise<Grant> {
  if (credentials.grant === 'client_credentials') return credentials
  const old = await readToken(credentials.jwt, keys, now(), found => new ActionError('ERR_JWT_INPUT', found))
  if (!old.refreshToken) throw new ActionError('ERR_NOT_REFRESHABLE')
  return { grant: 'refresh', old }
}

/**
 * Verifies a renewed JWT against the one that it was made from. A scope that was lost is a warning.
 *
 * @throws ActionError where it is for another identity or audience, from another issuer, or allows more.
 */
export async function verifyRenewed(jwt: string, old: Token, verifier: Verifier): Promise<Token> {
  const { token, invalid } = await verifyIssued(jwt, old.authorizedParty, verifier)
  if (jwt === old.jwt) {
    throw invalid('is the JWT that was to be renewed', 'a cache answered. Ask its operator to leave this server out.')
  }
  if (token.identity !== old.identity || token.keyKind !== old.keyKind) {
    throw invalid('is for another identity than the JWT that was renewed')
  }
  if (token.issuer !== old.issuer) throw invalid('has another issuer than the JWT that was renewed ("iss")')
  if (!token.scopes.every(scope => old.scopes.includes(scope))) {
    throw invalid('has scopes that the JWT that was renewed did not have')
  }
  if (token.audiences.join() !== old.audiences.join()) {
    throw invalid('does not have the audience of the JWT that was renewed ("aud")')
  }
  return token
}
