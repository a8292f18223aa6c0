/** What is not wrong, but will surprise or is stronger than it needs to be: one sentence each, with the remedy. */

import type { Settings } from '../inputs/inputs.ts'
import { allRights } from '../inputs/scopes.ts'
import { likelyScope } from '../inputs/spelling.ts'
import { clockTolerance, scopesOf, type Token } from '../jwt/token.ts'
import { listInQuotes, shortList } from '../shown.ts'
import { inWords } from './time-span.ts'

export const warnings = {
  allRights: (scope: string, isRenewal: boolean) => {
    const remedy =
      scope === 'user:admin'
        ? 'Request only what the job needs, such as "scope: user:name".'
        : 'For AYS, write "scope: organization:owner:ays".'
    const what =
      scope === 'user:admin'
        ? "all the user's API keys and make new ones"
        : "all the organization's API keys and change its members"
    return `The scope "${scope}" allows everything: anyone who reads the JWT can read the secrets of ${what}. ${
      isRenewal ? 'A renewal keeps it: get a new JWT with "app-id" and "secret" and a smaller "scope".' : remedy
    }`
  },
  unknownScopes: (scopes: readonly string[]) =>
    `No known program uses the ${scopes.length > 1 ? 'scopes' : 'scope'} ${shortList(scopes)}: check the spelling.`,
  audience: () => 'OpenvCloud does not accept a JWT with an audience: for OpenvCloud, get a JWT without one.',
  summaryNotWritten: () =>
    'The summary could not be written, but the JWT is set: check whether the runner\'s disk is full, or leave "summary" out.',
  shortValidity: () =>
    'JumpScale and the Go SDK treat a JWT as expired 5 minutes early: set "validity" above 5m for them.',
  otherLife: (lives: number, requested: number) =>
    `The JWT is valid for ${inWords(Math.max(0, lives))} by the runner's clock, and the action requested ${inWords(requested)}. ${
      lives < requested
        ? "The runner's clock is ahead of the server's, the server shortened the validity, its answer took long, or a cache answered: check both clocks."
        : "The server ignored the requested validity, or the runner's clock is behind the server's: check both clocks, or tell the server's operator."
    }`,
  renewable: (isRenewal: boolean) =>
    `Anyone who reads this JWT can renew it without the secret, because it contains a refresh token: ${
      isRenewal
        ? 'get a new JWT with "app-id" and "secret" instead, if the job can have them.'
        : 'remove offline_access from "scope", unless something must renew the JWT.'
    }`,
  scopesLost: (scopes: readonly string[]) =>
    `The renewed JWT no longer has ${listInQuotes(scopes)}, which the old JWT had: if the job needs ${scopes.length > 1 ? 'them' : 'it'}, get a new JWT with "app-id" and "secret".`,
}

/** The warnings about the scopes: they are given before the request, because what they explain may make it fail. */
export function warningsAboutScopes(scopes: readonly string[]): string[] {
  // The runner shows ten warnings of a step: what is about security comes first, and the rest is one.
  const found = scopes.filter(scope => allRights.has(scope)).map(scope => warnings.allRights(scope, false))
  const unknown = scopes.flatMap(scope => {
    const likely = likelyScope(scope)
    if (likely === undefined) return []
    return [`"${scope}"${likely && ` (did you mean "${likely}"?)`}`]
  })
  return unknown.length ? [...found, warnings.unknownScopes(unknown)] : found
}

/**
 * The warnings about a good JWT.
 *
 * @param old the JWT that was renewed; undefined for a new one.
 */
export function warningsAboutToken(token: Token, { validity, aysUrl }: Settings, old: Token | undefined): string[] {
  // The scopes of a new JWT were warned about before the request.
  const powerful = old ? token.scopes.filter(scope => allRights.has(scope)) : []
  const found = powerful.map(scope => warnings.allRights(scope, true))
  // By the runner's clock; negative where that is ahead of the server's.
  const lives = token.expiresAt - token.verifiedAt / 1000
  if (token.refreshToken) found.push(warnings.renewable(old !== undefined))
  // A JWT for AYS is better with one. Beside `ovc-url` it was an error.
  if (token.audiences.length && token.keyKind === 'user' && !aysUrl) found.push(warnings.audience())
  if (validity <= 300) found.push(warnings.shortValidity())
  if (Math.abs(lives - validity) > clockTolerance) found.push(warnings.otherLife(Math.round(lives), validity))
  const lost = old ? scopesOf(old).filter(scope => !scopesOf(token).includes(scope)) : []
  if (lost.length) found.push(warnings.scopesLost(lost))
  return found
}
