/** What a good run says and sets, as plain values: outputs, log lines, warnings and the rows of the summary. */

import type { Settings } from '../inputs/inputs.ts'
import { type Token, userOf } from '../jwt/token.ts'
import { shownName } from '../shown.ts'
import { inWords } from './time-span.ts'
import { warningsAboutToken } from './warnings.ts'

export type Report = {
  readonly outputs: Readonly<Record<string, string>>
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  /** Name and value; values as plain text. The JWT is not among them. */
  readonly summary: readonly (readonly [string, string])[]
}

/**
 * @param old the JWT that was renewed; undefined for a new one.
 * @param hasAccount whether an account at `ovc-url` names the user; undefined where it was not asked.
 * @param now milliseconds since the epoch.
 */
export function report(
  token: Token,
  settings: Settings,
  old: Token | undefined,
  hasAccount: boolean | undefined,
  now: number,
): Report {
  const { envVars, baseUrl, ovcUrl, aysUrl } = settings
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
  }
  const who = `${shownName(token.identity)} (${token.keyKind} key ${shownName(token.authorizedParty)})`
  const scopes = token.scopes.map(shownName).join(', ') || 'none'
  const audiences = token.audiences.map(shownName).join(', ')
  const noAccount =
    hasAccount === false ? ` No account there names ${shownName(user ?? '')}; creating a cloud space needs one.` : ''
  const places = [
    ...(ovcUrl ? [`OpenvCloud at ${ovcUrl} accepts the JWT.${noAccount}`] : []),
    ...(aysUrl ? [`AYS at ${aysUrl} accepts the JWT.`] : []),
  ]
  return {
    outputs,
    lines: [
      `Identity: ${who}`,
      `Scopes: ${scopes}${token.refreshToken ? ' (renewable)' : ''}${audiences && `; audience: ${audiences}`}`,
      `Valid until ${expiresAt} (${inWords(expiresIn)}).`,
      ...(places.length
        ? places
        : ['No server was asked whether it accepts the JWT ("ovc-url" and "ays-url" are empty).']),
      `Set ${[...envVars.map(name => `$${name}`), 'the output jwt'].join(', ').replace(/, (the output)/, ' and $1')}.`,
    ],
    warnings: warningsAboutToken(token, settings, old),
    summary: [
      ['Identity', who],
      ['Scopes', scopes],
      ['Audience', audiences || 'none'],
      ['Valid for', inWords(expiresIn)],
      ['Valid until', expiresAt],
      ['Server', baseUrl],
      ['Accepted by', places.join(' ') || 'no server was asked'],
    ],
  }
}
