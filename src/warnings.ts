/** What is not wrong, but will surprise or is stronger than it needs to be: one sentence each, with the remedy. */

import { listInQuotes } from './errors/error.ts'
import type { Inputs } from './inputs/inputs.ts'
import { likelyScope } from './inputs/scopes.ts'
import { clockTolerance, type Token } from './jwt/token.ts'
import { missingScopes } from './jwt/verify.ts'
import { inWords } from './text.ts'

/** Seconds. The server gives a day at most. */
const longestLifetime = 24 * 60 * 60

export const warnings = {
  signatureNotVerified: () =>
    'The signature of the JWT was not verified, because "public-key" is "none": set it to the public key of the server (PEM).',
  unknownScope: (scope: string, likely: string) =>
    `"scope" contains "${scope}", which the server grants as it stands, but no program knows: ${likely ? `write "${likely}", if that is meant.` : 'check its spelling.'}`,
  everythingTheKeyMayDo: (scope: string) =>
    `The JWT may do all that the key may ("${scope}"), because "scope" names no scope: ${
      scope === 'user:admin'
        ? 'ask for what the job needs, such as "scope: user:name".'
        : "OpenvCloud answers 500 to the JWT of an organization's key; use a user's key for it."
    }`,
  audienceAndOpenvCloud: () =>
    'OpenvCloud rejects every JWT with an audience: leave "audience" empty for a JWT that goes there.',
  summaryNotWritten: () =>
    'The summary could not be written, but the JWT is set: check whether the runner\'s disk is full, or leave "summary" out.',
  shortValidity: () =>
    'JumpScale and the Go SDK treat a JWT as expired 5 minutes early: set "validity" above 5m for them.',
  otherLifetime: (lives: number, requested: number) =>
    `The JWT is valid for ${inWords(lives)} instead of the requested ${inWords(requested)}: the server ignored "validity", or its clock and the runner's differ; check both clocks.`,
  longLifetime: (lives: number) =>
    `The JWT is valid for ${inWords(lives)}, and the server's longest time is 24 h: its clock and the runner's differ; check both clocks.`,
  renewable: () =>
    'Anyone who reads this JWT can renew it without the secret, because it contains a refresh token: leave offline_access out of "scope", unless something must renew the JWT.',
  scopesLost: (scopes: readonly string[]) =>
    `The renewed JWT has lost ${listInQuotes(scopes)}: the user or the key no longer has it; fix that, then get a new JWT.`,
}

/** The warnings about the inputs: they are given before the request, because what they explain may make it fail. */
export function warningsBefore({ credentials }: Pick<Inputs, 'credentials'>): string[] {
  const scopes = credentials.grant === 'client_credentials' ? credentials.scopes : []
  return scopes.flatMap(scope => {
    const likely = likelyScope(scope)
    return likely === undefined ? [] : [warnings.unknownScope(scope, likely)]
  })
}

/**
 * The warnings about a good JWT.
 *
 * @param old the JWT that was renewed; undefined for a new one.
 * @param expiresIn seconds.
 */
export function warningsAbout(
  token: Token,
  { credentials, validity }: Inputs,
  old: Token | undefined,
  expiresIn: number,
): string[] {
  const found: string[] = []
  if (!token.signatureVerified) found.push(warnings.signatureNotVerified())
  if (token.refreshToken) found.push(warnings.renewable())
  if (credentials.grant === 'client_credentials') {
    const all = token.scopes.find(scope => scope === 'user:admin' || scope === 'organization:owner')
    const asked = credentials.scopes.filter(scope => scope !== 'offline_access')
    if (all !== undefined && !asked.length) found.push(warnings.everythingTheKeyMayDo(all))
    if (credentials.audiences.length) found.push(warnings.audienceAndOpenvCloud())
  }
  if (validity !== undefined && validity <= 300) found.push(warnings.shortValidity())
  if (validity !== undefined && Math.abs(expiresIn - validity) > clockTolerance) {
    found.push(warnings.otherLifetime(expiresIn, validity))
  } else if (validity === undefined && expiresIn > longestLifetime + clockTolerance) {
    found.push(warnings.longLifetime(expiresIn))
  }
  const lost = old ? missingScopes([...old.scopes, 'offline_access'], token) : []
  if (lost.length) found.push(warnings.scopesLost(lost))
  return found
}
