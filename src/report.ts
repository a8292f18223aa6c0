/** What a good run says and sets, as plain values: outputs, log lines, warnings and the rows of the summary. */

import type { Account } from './destinations/openvcloud.ts'
import type { Inputs } from './inputs/inputs.ts'
import { type Token, userOf } from './jwt/token.ts'
import { shownName } from './names.ts'
import { inWords } from './text.ts'
import { warningsAbout } from './warnings.ts'

export type Report = {
  readonly outputs: Readonly<Record<string, string>>
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  /** Name and value; values as plain text. The JWT is not among them. */
  readonly summary: readonly (readonly [string, string])[]
}

/**
 * @param old the JWT that was renewed; undefined for a new one.
 * @param accounts of the user at the location of `ovc-url`; undefined where it was not checked.
 * @param now milliseconds since the epoch.
 */
export function report(
  token: Token,
  inputs: Inputs,
  old: Token | undefined,
  accounts: readonly Account[] | undefined,
  now: number,
): Report {
  const expiresAt = new Date(token.expiresAt * 1000).toISOString().replace('.000Z', 'Z')
  const expiresIn = Math.max(0, Math.floor(token.expiresAt - now / 1000))
  const user = userOf(token)
  const outputs = {
    jwt: token.jwt,
    'expires-at': expiresAt,
    'expires-in': String(expiresIn),
    identity: token.identity,
    scope: token.scopes.join(','),
    ...(user && { 'ovc-user': user }),
    ...(accounts && { 'ovc-accounts': JSON.stringify(accounts) }),
  }
  const who = `${shownName(token.identity)} (${token.keyKind} key ${shownName(token.authorizedParty)})`
  const scopes = token.scopes.map(shownName).join(', ') || 'none'
  const audiences = token.audiences.map(shownName).join(', ')
  const verified = token.signatureVerified ? 'signature verified' : 'signature not verified'
  const [first, ...others] = inputs.envVars
  const variables = first ? `; environment variable${others.length ? 's' : ''} ${inputs.envVars.join(', ')}` : ''
  return {
    outputs,
    lines: [
      ...inputs.replacedEnvVars.map(name => `${name} already has a value in this job. Later steps get the new JWT.`),
      `Identity: ${who}`,
      `Scopes: ${scopes}${token.refreshToken ? ' (renewable)' : ''}`,
      ...(audiences ? [`Audience: ${audiences}`] : []),
      `Valid until ${expiresAt} (${inWords(expiresIn)}), ${verified}.`,
      `Set: outputs ${Object.keys(outputs).join(', ')}${variables}`,
    ],
    warnings: warningsAbout(token, inputs, old, expiresIn),
    summary: [
      ['Identity', who],
      ['Scopes', scopes],
      ['Audience', audiences || 'none'],
      ['Validity', inWords(expiresIn)],
      ['Valid until', expiresAt],
      ['Signature', token.signatureVerified ? 'verified' : 'not verified'],
      ['Server', inputs.baseUrl],
      ...(inputs.ovcUrl && accounts
        ? [
            [
              'OpenvCloud',
              `${inputs.ovcUrl}, accounts of ${user}: ${accounts.map(({ name }) => name).join(', ')}`,
            ] as const,
          ]
        : []),
      ...(inputs.aysUrl ? [['AYS', `${inputs.aysUrl}, accepts the JWT`] as const] : []),
    ],
  }
}
