/** What a good run says and hands on, as plain values: outputs, log lines, warnings and the rows of the summary. */

import { listInQuotes } from './errors.ts'
import type { Inputs } from './inputs.ts'
import { type Expectation, missingScopes, type Token } from './verify.ts'

export interface Report {
  readonly outputs: Readonly<Record<string, string>>
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  /** Name and value; values as plain text. The JWT is not among them. */
  readonly summary: readonly (readonly [string, string])[]
}

/**
 * @param expected what was asked for, or what the renewed JWT had.
 * @param now milliseconds since the epoch.
 */
export function report(token: Token, inputs: Inputs, expected: Expectation, now: number): Report {
  const expiresAt = new Date(token.expiresAt * 1000).toISOString().replace('.000Z', 'Z')
  const expiresIn = Math.max(0, Math.floor(token.expiresAt - now / 1000))
  const outputs = {
    jwt: token.jwt,
    'expires-at': expiresAt,
    'expires-in': String(expiresIn),
    identity: token.identity,
    scope: token.scopes.join(','),
  }
  const who = `${token.identity} (${token.keyKind} key ${token.authorizedParty})`
  const scopes = token.scopes.join(', ') || 'none'
  const verified = token.signatureVerified ? 'signature verified' : 'signature not verified'
  const names = inputs.envVars.length ? `, environment ${inputs.envVars.join(', ')}` : ''
  return {
    outputs,
    lines: [
      `Identity: ${who}`,
      `Scopes: ${scopes}${token.refreshToken ? ' (renewable)' : ''}`,
      ...(token.audiences.length ? [`Audience: ${token.audiences.join(', ')}`] : []),
      `Valid until ${expiresAt} (${inWords(expiresIn)}), ${verified}.`,
      `Handed on as: outputs ${Object.keys(outputs).join(', ')}${names}`,
    ],
    warnings: advice(token, inputs, expected, expiresIn),
    summary: [
      ['Identity', who],
      ['Scopes', scopes],
      ['Audience', token.audiences.join(', ') || 'none'],
      ['Validity', inWords(expiresIn)],
      ['Valid until', expiresAt],
      ['Signature', token.signatureVerified ? 'verified' : 'not verified'],
      ['Server', inputs.baseUrl],
    ],
  }
}

/** `3600` as `1 h`, `5400` as `1 h 30 min`: rounded to the minute above one. */
function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}

/** What is not wrong, but will surprise or is stronger than it needs to be: one sentence each, with the remedy. */
export const warnings = {
  signatureNotVerified: () =>
    'The signature of the JWT was not verified, because the key of this server is not known: put its public key (PEM) into "public-key".',
  everythingTheKeyMayDo: (scope: string) =>
    `The JWT may do all that the key may ("${scope}"), because "scope" names no scope: ${
      scope === 'user:admin'
        ? 'ask for what the job needs, such as "scope: user:name".'
        : 'where it is enough, use a user\'s key with "scope: user:memberof:<organization>".'
    }`,
  audienceAndOpenvCloud: () =>
    'OpenvCloud rejects every JWT with an audience: leave "audience" empty for a JWT that goes there.',
  summaryNotWritten: () =>
    'The summary could not be written, but the JWT is handed on: see whether the runner\'s disk is full, or leave "summary" out.',
  shortValidity: () =>
    'JumpScale and the Go SDK take a JWT within 5 minutes of its expiry for expired: set "validity" above 5m for them.',
  validityIgnored: (asked: number, lives: string) =>
    `The server ignored "validity" (${asked} s): the JWT lives ${lives}; check the clocks of the runner and the server.`,
  renewable: () =>
    'Whoever reads this JWT can renew it without the secret, because it holds a refresh token: leave offline_access out of "scope", unless something must renew the JWT.',
  scopesLost: (scopes: readonly string[]) =>
    `The renewed JWT has lost ${listInQuotes(scopes)}: the user or the key no longer has it; mend that, then get a new JWT.`,
}

function advice(token: Token, { credentials, validity }: Inputs, expected: Expectation, expiresIn: number): string[] {
  const found: string[] = []
  if (!token.signatureVerified) found.push(warnings.signatureNotVerified())
  if (credentials.grant === 'client_credentials') {
    const all = token.scopes.find(scope => scope === 'user:admin' || scope === 'organization:owner')
    const asked = credentials.scopes.filter(scope => scope !== 'offline_access')
    if (all !== undefined && !asked.length) found.push(warnings.everythingTheKeyMayDo(all))
    if (credentials.audiences.length) found.push(warnings.audienceAndOpenvCloud())
    if (token.refreshToken) found.push(warnings.renewable())
  }
  if (validity !== undefined && validity <= 300) found.push(warnings.shortValidity())
  if (validity !== undefined && expiresIn > validity + 60) {
    found.push(warnings.validityIgnored(validity, inWords(expiresIn)))
  }
  const lost = expected.renewed ? missingScopes(expected.scopes, token) : []
  if (lost.length) found.push(warnings.scopesLost(lost))
  return found
}
