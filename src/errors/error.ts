/** The one error class of this action, and what all error messages share. */

/**
 * All error codes, in the order of docs/troubleshooting.md, which has one section for each. A code names one remedy and
 * never changes its meaning: people search for it.
 */
export const codes = [
  // inputs, before any request
  'ERR_INPUT_MISSPELT',
  'ERR_INPUT_EMPTY',
  'ERR_SECRETS_FORK',
  'ERR_SECRETS_DEPENDABOT',
  'ERR_CREDENTIALS_INVALID',
  'ERR_SCOPE_INVALID',
  'ERR_AUDIENCE_INVALID',
  'ERR_DURATION_INVALID',
  'ERR_ADDRESS_INVALID',
  'ERR_ENV_VAR_INVALID',
  'ERR_INPUT_INVALID',
  'ERR_INPUT_CONFLICT',
  'ERR_PUBLIC_KEY_MISSING',
  'ERR_PUBLIC_KEY_INVALID',
  'ERR_JWT_INPUT',
  'ERR_NOT_REFRESHABLE',
  'ERR_RENEWAL_NEEDS_KEY',
  'ERR_TLS_OFF',
  // the runner and the run
  'ERR_NODE_VERSION',
  'ERR_RUNNER_FILES',
  'ERR_RUNNER_FILES_DENIED',
  'ERR_OUTPUTS_INCOMPLETE',
  'ERR_CANCELLED',
  'ERR_UNEXPECTED',
  // the way to the server
  'ERR_HOST_NOT_FOUND',
  'ERR_CONNECTION',
  'ERR_TIMEOUT',
  'ERR_WAIT_TOO_LONG',
  'ERR_PROXY_INVALID',
  'ERR_PROXY_FAILED',
  'ERR_PROXY_SILENT',
  'ERR_CERTIFICATE_UNTRUSTED',
  'ERR_CERTIFICATE_EXPIRED',
  'ERR_CERTIFICATE_HOST',
  'ERR_CERTIFICATE_EXTRA_CA',
  'ERR_CLIENT_CERTIFICATE',
  'ERR_TLS',
  'ERR_PROTOCOL',
  // what the identity server answers
  'ERR_CREDENTIALS_REJECTED',
  'ERR_SCOPE_REFUSED',
  'ERR_RENEWAL_REFUSED',
  'ERR_NOT_FOUND',
  'ERR_REDIRECT',
  'ERR_UNAVAILABLE',
  'ERR_UNEXPECTED_STATUS',
  'ERR_TOO_LARGE',
  'ERR_COMPRESSED',
  'ERR_NOT_A_JWT',
  // the JWT
  'ERR_JWT_INVALID',
  'ERR_JWT_EXPIRED',
  'ERR_SCOPE_NOT_GRANTED',
  'ERR_MORE_THAN_REQUESTED',
  // where the JWT is going
  'ERR_OVC_NEEDS_USER',
  'ERR_OVC_AUDIENCE',
  'ERR_OVC_NO_ACCOUNT',
  'ERR_OVC_REFUSED',
  'ERR_OVC_UNAVAILABLE',
  'ERR_NOT_OPENVCLOUD',
  'ERR_AYS_REFUSED',
  'ERR_AYS_UNAVAILABLE',
  'ERR_NOT_AYS',
] as const

export type Code = (typeof codes)[number]

/** An error that ends the run: a stable `code` for programs, and a message for people that ends with the code. */
export class ActionError extends Error {
  readonly code: Code

  constructor(code: Code, message: string) {
    super(`${message} [${code}]`)
    this.name = 'ActionError'
    this.code = code
  }
}

/** `"a", "b"`: names for a message. An annotation is cut off after 4096 characters, so a long list is shortened. */
export function listInQuotes(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 12), names.length - 12]
  return shown.map(name => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

export function attemptsInWords(attempts: number): string {
  return attempts === 1 ? '1 attempt' : `${attempts} attempts`
}
