/** Errors that are found in the inputs and the environment, before any request. Each function returns the error. */

import { ActionError, type Code, listInQuotes } from './error.ts'

/** Why a run gets no secrets, with the remedy, for the end of a message. */
export type NoSecrets = {
  readonly code: Extract<Code, 'ERR_SECRETS_FORK' | 'ERR_SECRETS_DEPENDABOT'>
  readonly reason: string
}

const inOtherRuns = 'forks and Dependabot get no secrets; in other runs check'
const andTheJob = 'the job\'s "environment:", and "secrets: inherit" for a reusable workflow.'

/** Inputs whose remedy is their own. */
const invalidCodes: Readonly<Record<string, Code>> = {
  'app-id': 'ERR_CREDENTIALS_INVALID',
  secret: 'ERR_CREDENTIALS_INVALID',
  scope: 'ERR_SCOPE_INVALID',
  audience: 'ERR_AUDIENCE_INVALID',
  validity: 'ERR_DURATION_INVALID',
  timeout: 'ERR_DURATION_INVALID',
  'base-url': 'ERR_ADDRESS_INVALID',
  'ovc-url': 'ERR_ADDRESS_INVALID',
  'ays-url': 'ERR_ADDRESS_INVALID',
  'env-var': 'ERR_ENV_VAR_INVALID',
}

export const inputErrors = {
  misspelt: (wrong: string, right: string) =>
    new ActionError('ERR_INPUT_MISSPELT', `"${wrong}" is not an input of this action: write "${right}".`),

  /** @param noSecrets why the run gets no secrets; undefined where that is not known. */
  allCredentialsEmpty: (noSecrets: NoSecrets | undefined) =>
    new ActionError(
      noSecrets?.code ?? 'ERR_INPUT_EMPTY',
      `"app-id", "secret" and "jwt" are all empty: ${noSecrets?.reason ?? `${inOtherRuns} the names of secrets, variables and step ids, ${andTheJob}`}`,
    ),

  credentialEmpty: (input: 'app-id' | 'secret', noSecrets: NoSecrets | undefined) =>
    new ActionError(
      noSecrets?.code ?? 'ERR_INPUT_EMPTY',
      `"${input}" is empty: ${noSecrets?.reason ?? `${inOtherRuns} its name, whether it is a secret or a variable ("secrets." or "vars."), ${andTheJob}`}`,
    ),

  inputInvalid: (input: string, found: string, remedy: string) =>
    new ActionError(invalidCodes[input] ?? 'ERR_INPUT_INVALID', `"${input}" ${found}: ${remedy}`),

  inputsExclusive: (drop: readonly string[]) =>
    new ActionError(
      'ERR_INPUT_CONFLICT',
      `"jwt" renews a JWT and cannot be combined with ${listInQuotes(drop)}: drop ${drop.length > 1 ? 'those inputs' : 'that input'} to renew, or drop "jwt" to ask for a new JWT.`,
    ),

  audienceWithOpenvCloud: () =>
    new ActionError(
      'ERR_INPUT_CONFLICT',
      '"ovc-url" cannot be combined with "audience", because OpenvCloud rejects a JWT with an audience: leave one of the two empty.',
    ),

  publicKeyMissing: (server: string) =>
    new ActionError(
      'ERR_PUBLIC_KEY_MISSING',
      `"public-key" is empty, and the key of ${server} is not built in: set "public-key" to the server's public key (PEM), or to "none" to accept JWTs whose signature is not verified.`,
    ),

  publicKeyInvalid: () =>
    new ActionError(
      'ERR_PUBLIC_KEY_INVALID',
      '"public-key" is not a P-384 public key (SPKI, PEM): give the server\'s PEM text and nothing else, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".',
    ),

  renewalNeedsKey: () =>
    new ActionError(
      'ERR_RENEWAL_NEEDS_KEY',
      '"public-key" is "none", and "jwt" must not be sent to a server that did not issue it: set "public-key" to the server\'s public key (PEM).',
    ),

  jwtInputNotRefreshable: () =>
    new ActionError(
      'ERR_NOT_REFRESHABLE',
      '"jwt" contains a JWT without a refresh_token, which no server renews: ask for it with "scope: ..., offline_access", or use "app-id" and "secret" here.',
    ),

  jwtInputInvalid: (what: string) =>
    new ActionError(
      'ERR_JWT_INPUT',
      `"jwt" ${what}: give the whole JWT as its server issued it, and that server's "base-url" and "public-key".`,
    ),

  tlsVerificationOff: () =>
    new ActionError(
      'ERR_TLS_OFF',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: remove it, and for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:".',
    ),
}
