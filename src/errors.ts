/**
 * Every sentence that can end a run, in one place: cause first, then the remedy, inputs in double quotes.
 * docs/troubleshooting.md repeats each of them, and a test keeps the two alike.
 *
 * No text of a server's is ever in them: what a server can influence (a status, a host, a claim) comes in checked.
 */

/** The one error class of this action: a stable `code` for programs, a sentence for people. */
export class ActionError extends Error {
  readonly code: string

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'ActionError'
    this.code = code
  }
}

/** The failures whose remedy is the same wherever they happen. Each returns the error; the caller throws it. */
export const failures = {
  // --- inputs: found before any request ---

  requiredInputEmpty: (input: string, reason: string) => new ActionError('ERR_INPUT', `"${input}" is empty: ${reason}`),

  inputInvalid: (input: string, found: string, remedy: string) =>
    new ActionError('ERR_INPUT', `"${input}" ${found}: ${remedy}`),

  inputsExclusive: (drop: readonly string[]) =>
    new ActionError(
      'ERR_INPUT',
      `"jwt" renews a JWT and cannot be combined with ${listInQuotes(drop)}: drop ${drop.length > 1 ? 'those inputs' : 'that input'} to renew, or drop "jwt" to ask for a new JWT.`,
    ),

  jwtInputNotRefreshable: () =>
    new ActionError(
      'ERR_INPUT',
      '"jwt" holds a JWT without a refresh_token, which no server renews: ask for it with "scope: ..., offline_access", or use "app-id" and "secret" here.',
    ),

  tlsVerificationOff: () =>
    new ActionError(
      'ERR_TLS_OFF',
      'NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of who receives the secret: remove it, and for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:".',
    ),

  runnerFileMissing: (variable: string) =>
    new ActionError(
      'ERR_RUNNER',
      `${variable} names no file that can be written, so the JWT could not be handed on: run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act).`,
    ),

  notHandedOn: (code: string) =>
    new ActionError(
      'ERR_RUNNER',
      `The runner's files for outputs and variables could not be written to the end (${code}), so later steps may have a part of them: see whether the runner's disk is full, and run the job again.`,
    ),

  // --- the way to the server ---

  unreachable: (server: string, cause: string) =>
    new ActionError(
      'ERR_NETWORK',
      `${server} could not be reached (${cause}): check "base-url" and that this runner may connect to it, then run the job again.`,
    ),

  timedOut: (server: string, seconds: number, attempts: number) =>
    new ActionError(
      'ERR_TIMEOUT',
      `${server} gave no whole answer in the time that "timeout" leaves each attempt (${seconds} s for all; attempts: ${attempts}): check that the server is up, or raise "timeout".`,
    ),

  waitTooLong: (server: string, status: string, waitSeconds: number, secondsLeft: number) =>
    new ActionError(
      'ERR_TIMEOUT',
      `${server} is not ready (${status}) and asks to wait ${waitSeconds} s, but "timeout" leaves ${secondsLeft} s: run the job again later, or raise "timeout".`,
    ),

  tlsFailed: (server: string, code: string) =>
    new ActionError(
      'ERR_TLS',
      `The certificate of ${server} is not trusted (${code}): for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step's "env:", else have the server's certificate mended.`,
    ),

  certificateExpired: (server: string, code: string) =>
    new ActionError(
      'ERR_TLS',
      `The certificate of ${server} is out of its dates (${code}): have it renewed, and check the runner's clock; a private CA goes into NODE_EXTRA_CA_CERTS in the step's "env:".`,
    ),

  certificateForOtherHost: (server: string, code: string) =>
    new ActionError(
      'ERR_TLS',
      `The certificate of ${server} is for another host name (${code}): put the name that the certificate carries into "base-url"; NODE_EXTRA_CA_CERTS does not help here.`,
    ),

  tlsNotSpoken: (server: string, code: string) =>
    new ActionError(
      'ERR_TLS',
      `${server} and this runner could not agree on TLS (${code}): check that the port in "base-url" speaks https, and that the server offers TLS 1.2 or newer.`,
    ),

  proxyInvalid: () =>
    new ActionError(
      'ERR_PROXY',
      'The proxy in https_proxy is no URL that starts with http://: write it as http://host:port, with percent-encoded credentials before the host if it needs them, or name the server in no_proxy.',
    ),

  proxyFailed: (cause: string) =>
    new ActionError(
      'ERR_PROXY',
      `The proxy in https_proxy made no connection (${cause}): check its address and credentials, or name the server in no_proxy.`,
    ),

  redirected: (server: string, host: string) =>
    new ActionError(
      'ERR_REDIRECT',
      `${server} redirects to ${host}, and a request that holds a secret follows no redirect: if that is where the server lives now, put its address into "base-url".`,
    ),

  // --- what the server answered ---

  badRequest: (server: string) =>
    new ActionError(
      'ERR_STATUS_400',
      `${server} does not accept "app-id" with "secret" (400): one of the two is wrong, or the organization's API key has its "client credentials" flow switched off; copy both again from the API key's page.`,
    ),

  scopeRefused: (server: string, scopes: readonly string[]) =>
    new ActionError(
      'ERR_STATUS_401',
      `${server} does not allow this key the ${scopes.length ? `scopes ${listInQuotes(scopes)}` : 'default scope'} (401): a user's key may ask for user:* scopes, an organization's key for organization:* scopes; correct "scope".`,
    ),

  refreshRefused: (server: string) =>
    new ActionError(
      'ERR_STATUS_401',
      `${server} does not renew the JWT in "jwt" (401): it was revoked, or not used for 30 days; get a new one with the scope offline_access.`,
    ),

  refreshBadRequest: (server: string) =>
    new ActionError(
      'ERR_STATUS_400',
      `${server} does not understand the renewal of the JWT in "jwt" (400): get a new one with the scope offline_access, and check that "base-url" is the server that issued it.`,
    ),

  notFound: (server: string) =>
    new ActionError(
      'ERR_STATUS_404',
      `${server} has no ItsYou.online token endpoint (404): set "base-url" to the server's own address, for example https://itsyou.online, without /v1/oauth.`,
    ),

  serverFault: (server: string, status: string, attempts: number) =>
    new ActionError(
      'ERR_STATUS_RETRYABLE',
      `${server} did not answer the question (${status}; attempts: ${attempts}): run the job again later, or raise "retries" and "timeout".`,
    ),

  unexpectedStatus: (server: string, status: string) =>
    new ActionError(
      'ERR_STATUS',
      `${server} answered ${status}, which an ItsYou.online server does not: check "base-url", and what stands between the runner and the server.`,
    ),

  brokenAnswer: (server: string, cause: string) =>
    new ActionError(
      'ERR_PROTOCOL',
      `${server} gave an answer that is no valid HTTP (${cause}): check "base-url", and what stands between the runner and the server.`,
    ),

  answerTooLarge: (server: string, limit: number) =>
    new ActionError(
      'ERR_TOO_LARGE',
      `${server} answered with more than ${limit} bytes, far more than a JWT: check that "base-url" is an ItsYou.online server.`,
    ),

  notAJwt: (server: string, found: string) =>
    new ActionError(
      'ERR_NOT_A_JWT',
      `${server} answered with ${found} instead of a JWT: check that "base-url" is an ItsYou.online server, and that no login or maintenance page stands before it.`,
    ),

  // --- the JWT itself ---

  jwtInvalid: (server: string, what: string) =>
    new ActionError(
      'ERR_JWT_INVALID',
      `The JWT from ${server} ${what}, so nothing was handed on: check "base-url" and "public-key", and tell the server's operator if they are right.`,
    ),

  jwtInputInvalid: (what: string) =>
    new ActionError(
      'ERR_INPUT',
      `"jwt" ${what}: give the whole JWT as its server issued it, and that server's "base-url" and "public-key".`,
    ),

  jwtExpired: (server: string, secondsAgo: number) =>
    new ActionError(
      'ERR_JWT_EXPIRED',
      `The new JWT from ${server} expired ${secondsAgo} s ago by the runner's clock, so the two clocks differ by at least ${secondsAgo} s: set the runner's clock, or have the server's set.`,
    ),

  scopeNotGranted: (missing: readonly string[], asked: readonly string[], granted: readonly string[]) =>
    new ActionError(
      'ERR_SCOPE_NOT_GRANTED',
      `"scope" asks for ${listInQuotes(asked)}, and the server granted ${granted.length ? listInQuotes(granted) : 'none'}, without ${listInQuotes(missing)}: ${whyNotGranted(missing)}`,
    ),

  // --- neither ---

  cancelled: (signal: string) =>
    new ActionError(
      'ERR_CANCELLED',
      `The step was cancelled (${signal}) before it had a JWT, and nothing was handed on: run the job again.`,
    ),

  unexpected: (kind: string) =>
    new ActionError(
      'ERR_UNEXPECTED',
      `The action met a fault of its own (${kind}) and handed nothing on: please report it with the version of the action and this line.`,
    ),
}

/** `"a", "b"`: names for a sentence. An annotation is cut off after 4096 characters, so a long list ends sooner. */
export function listInQuotes(names: readonly string[]): string {
  const [shown, more] = [names.slice(0, 12), names.length - 12]
  return shown.map(name => `"${name}"`).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The likely reason for a scope that the server dropped without a word, and what to do. */
function whyNotGranted(missing: readonly string[]): string {
  if (missing.some(scope => scope.startsWith('user:memberof:'))) {
    return 'the user is probably not a member of that organization; add the user there, or correct "scope".'
  }
  if (missing.every(scope => scope === 'offline_access')) {
    return "the JWT has no refresh token; leave offline_access out if nothing has to renew the JWT, or ask the server's operator."
  }
  return 'the owner of the key probably does not have that right; grant it there, or correct "scope".'
}
