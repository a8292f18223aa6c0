/** The inputs "app-id", "secret" and "jwt": what a run proves its identity with. */

import { ActionError } from '../errors/error.ts'
import { hasInvisible, isName } from '../shown.ts'
import { emptyCredentials } from './empty.ts'
import type { InputSource } from './source.ts'

/** Asks for a new JWT (RFC 6749, section 4.4). */
export type ClientCredentials = {
  readonly grant: 'client_credentials'
  readonly clientId: string
  readonly clientSecret: string
}

/** Renews a JWT, which is not verified yet, with the refresh token in it. */
type RenewalInput = {
  readonly grant: 'refresh'
  readonly jwt: string
}

export type Credentials = ClientCredentials | RenewalInput

/** Characters. The server makes secrets of 28 and 52; each mask costs every later line of the job. */
export const longestSecret = 512

/** @throws ActionError for credentials that are empty, that no key can have, or that exclude each other. */
export function readCredentials({ get, env, event }: InputSource, defaultScope: string): Credentials {
  const [jwt = '', clientId = '', clientSecret = ''] = ['jwt', 'app-id', 'secret'].map(get)
  if (jwt) {
    // A renewed JWT keeps the client, the scopes and the audience of the old one: an input that says otherwise would lie.
    const others = ['app-id', 'secret', 'audience', 'scope'].filter(
      input => get(input) && !(input === 'scope' && get(input) === defaultScope),
    )
    if (others.length) {
      const found = `renews a JWT and cannot be combined with ${others.map(input => `"${input}"`).join(', ')}`
      throw new ActionError('ERR_INPUT_CONFLICT', 'jwt', found, 'remove either "jwt" or all of the others.')
    }
    if (/^bearer\s/i.test(jwt)) throw invalid('jwt', 'begins with "Bearer"', 'write only the JWT.')
    refuseText('jwt', jwt)
    return { grant: 'refresh', jwt }
  }
  if (!clientId && !clientSecret) throw emptyCredentials(['app-id', 'secret', 'jwt'], env, event())
  if (!clientId) throw emptyCredentials(['app-id'], env, event())
  if (!clientSecret) throw emptyCredentials(['secret'], env, event())
  const again = "copy it again from the API key's page."
  for (const [input, value] of [
    ['app-id', clientId],
    ['secret', clientSecret],
  ] as const) {
    refuseText(input, value)
    if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(value)) {
      throw invalid(input, 'is a JWT', `write the API key's own value, or renew that JWT with the input "jwt".`)
    }
  }
  if (clientId.includes('@')) throw invalid('app-id', 'contains "@", which no application id has', again)
  if (!isName(clientId))
    throw invalid('app-id', 'contains characters that no application id has, or is too long', again)
  if (clientSecret.length > longestSecret) throw invalid('secret', `has more than ${longestSecret} characters`, again)
  if (hasInvisible(clientSecret)) throw invalid('secret', 'contains a line break or an invisible character', again)
  return { grant: 'client_credentials', clientId, clientSecret }
}

/** @throws ActionError for the text of something that should have been replaced by its value. */
function refuseText(input: string, value: string): void {
  // `env.prod` could be an organization, and no secret has a dot.
  const contexts = input === 'app-id' ? 'secrets|vars' : 'secrets|vars|env|inputs|needs|steps'
  const expression = new RegExp(`^\\$?[{(]*\\s*(${contexts})[.[][\\w.'"[\\]-]+\\s*[)}]*$`, 'i')
  if (expression.test(value) || /^\$?\s*\{\{.*\}\}$/.test(value)) {
    const example = input === 'jwt' ? 'steps.ID.outputs.jwt' : 'secrets.NAME'
    const remedy = `write the expression itself in the workflow, such as \${{ ${example} }}.`
    throw invalid(input, 'contains the text of an expression instead of its value', remedy)
  }
  if (/^\$(env:)?\w+$|^\$[{(]\w+[)}]$|^%\w+%$/i.test(value)) {
    const remedy = `the runner does not replace it here. Write \${{ secrets.NAME }}, or \${{ env.NAME }} for a variable of the workflow.`
    throw invalid(input, "contains a variable's name instead of its value", remedy)
  }
  if (/^(export\s+)?[a-z_][\w-]*\s*=\s*[^=\s]/i.test(value)) {
    throw invalid(input, 'contains a name and an equals sign', 'store only what follows the equals sign.')
  }
  if (/^(["'`]).*\1$|^[\u201c\u2018].*[\u201d\u2019]$/s.test(value)) {
    throw invalid(input, 'has quotation marks around it', 'remove them.')
  }
  if (/^<[^<>]*>$|^\*+$/.test(value))
    throw invalid(
      input,
      'is a placeholder',
      `put ${input === 'jwt' ? 'the JWT itself' : "the API key's own value"} in its place.`,
    )
}

function invalid(input: string, found: string, remedy: string): ActionError {
  return new ActionError('ERR_CREDENTIALS_INVALID', input, found, remedy)
}
