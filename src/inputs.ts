/** The inputs of action.yml, read, checked and typed: whatever is wrong with them is found here, before any request. */

import { failures } from './errors.ts'
import { describe, isPrintable } from './text.ts'

/** Asks for a JWT by client id and secret (RFC 6749, section 4.4). */
export interface ClientCredentials {
  readonly grant: 'client_credentials'
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
}

/** Renews a JWT by the refresh token in it. */
export interface Refresh {
  readonly grant: 'refresh'
  readonly jwt: string
}

export interface Inputs {
  readonly credentials: ClientCredentials | Refresh
  /** Seconds; undefined leaves it to the server: a day. */
  readonly validity: number | undefined
  /** Scheme, host and path prefix, without a trailing slash. */
  readonly baseUrl: string
  /** PEM, not yet parsed; undefined where the input is empty. */
  readonly publicKey: string | undefined
  readonly envVars: readonly string[]
  readonly summary: boolean
  /** How often a failed attempt is repeated, 0 to 10. */
  readonly retries: number
  /** Milliseconds for the whole step. */
  readonly timeout: number
  /** Whether the environment names a proxy for https; see http.ts. */
  readonly namesProxy: boolean
}

/** What the inputs are read from: the runner's answers, as plain values. */
export interface InputSource {
  /** An input, trimmed; undefined where the runner did not set it at all (it sets each, `''` for an empty one). */
  readonly get: (name: string) => string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** The payload of the event that started the workflow; only asked for when a credential is empty. */
  readonly event: () => unknown
}

const DAY = 24 * 60 * 60
const defaults = { baseUrl: 'https://itsyou.online', retries: '3', timeout: '60s' }

/**
 * Reads and checks all inputs.
 *
 * @throws ActionError ERR_INPUT for the first input that is wrong, ERR_TLS_OFF where TLS is not verified.
 */
export function readInputs(source: InputSource): Inputs {
  const get = (name: string) => source.get(name) ?? ''
  const credentials = get('jwt') ? readRefresh(get) : readClientCredentials(get, source)
  const baseUrl = readBaseUrl(source.get('base-url') ?? defaults.baseUrl)
  if (source.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' && !isLoopback(new URL(baseUrl))) {
    throw failures.tlsVerificationOff()
  }
  return {
    credentials,
    baseUrl,
    validity: get('validity') ? readDuration('validity', get('validity'), DAY, '24h') : undefined,
    publicKey: get('public-key') || undefined,
    envVars: readEnvVars(get('env-var')),
    summary: readBoolean('summary', get('summary')),
    retries: readRetries(get('retries') || defaults.retries),
    timeout: readDuration('timeout', get('timeout') || defaults.timeout, 10 * 60, '10m') * 1000,
    namesProxy: Boolean(source.env['https_proxy'] || source.env['HTTPS_PROXY']),
  }
}

function readClientCredentials(get: (name: string) => string, source: InputSource): ClientCredentials {
  for (const name of ['app-id', 'secret']) {
    if (!get(name)) throw failures.requiredInputEmpty(name, whyEmpty(source))
  }
  if (!isPrintable(get('app-id'))) {
    throw failures.inputInvalid('app-id', 'holds characters that no id has', "copy it again from the API key's page.")
  }
  return {
    grant: 'client_credentials',
    clientId: get('app-id'),
    clientSecret: get('secret'),
    scopes: readPrintableList('scope', get('scope')),
    audiences: readPrintableList('audience', get('audience')),
  }
}

function readRefresh(get: (name: string) => string): Refresh {
  // A renewed JWT keeps the client, the scopes and the audience of the old one: an input that says otherwise would lie.
  const drop = ['app-id', 'secret', 'scope', 'audience'].filter(name => get(name))
  if (drop.length) throw failures.inputsExclusive(drop)
  return { grant: 'refresh', jwt: get('jwt') }
}

/**
 * Why a credential is empty, as far as the event tells. GitHub gives no secrets to runs for a fork or by Dependabot:
 * `${{ secrets.X }}` is then an empty string, and `required: true` in action.yml is not enforced by the runner.
 */
function whyEmpty(source: InputSource): string {
  const event = record(source.event())
  const pullRequest = record(event['pull_request'])
  const head = record(record(pullRequest['head'])['repo'])
  const base = record(record(pullRequest['base'])['repo'])
  // Not by `head.repo.fork` alone: a branch of a repository that is itself a fork does get its secrets. A fork that was
  // deleted meanwhile leaves `head.repo` null.
  const isFork = head['full_name'] !== base['full_name'] || (head['full_name'] === undefined && head['fork'] === true)
  if (source.env['GITHUB_ACTOR'] === 'dependabot[bot]' || record(event['sender'])['login'] === 'dependabot[bot]') {
    return 'Dependabot started this run, and such runs do not get the repository\'s Actions secrets; add it under "Secrets and variables", "Dependabot", or skip this job for Dependabot.'
  }
  if (event['pull_request'] && source.env['GITHUB_EVENT_NAME'] !== 'pull_request_target' && isFork) {
    return 'this is a pull request from a fork, and such runs do not get secrets; skip this job for forks, or run it after the merge.'
  }
  return 'a secret comes out empty in a pull request from a fork, in a run by Dependabot, when its name is misspelt, and in a job without the "environment:" that holds it; check these four.'
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Splits at commas, blanks and newlines; a blank never reaches the server, which separates by commas only. */
function readList(value: string): string[] {
  return [...new Set(value.split(/[\s,]+/).filter(Boolean))]
}

function readPrintableList(name: string, value: string): string[] {
  const list = readList(value)
  if (!list.every(isPrintable)) {
    throw failures.inputInvalid(
      name,
      'holds characters that cannot be seen',
      'type it again, separated by commas, blanks or newlines.',
    )
  }
  return list
}

/** `900`, `900s`, `15m`, `1h` in seconds. The server silently ignores anything it does not like, so this is strict. */
function readDuration(name: string, value: string, most: number, mostText: string): number {
  const match = /^([1-9]\d{0,5})([smh]?)$/.exec(value)
  const seconds = Number(match?.[1]) * { '': 1, s: 1, m: 60, h: 3600 }[(match?.[2] ?? '') as '' | 's' | 'm' | 'h']
  if (!(seconds <= most)) {
    throw failures.inputInvalid(
      name,
      describe(value),
      `write whole seconds, minutes or hours up to ${mostText}, such as 30, 30s, 5m${most < 3600 ? '' : ' or 1h'}.`,
    )
  }
  return seconds
}

function readRetries(value: string): number {
  if (!/^(\d|10)$/.test(value)) {
    throw failures.inputInvalid('retries', describe(value), 'write a whole number from 0 to 10.')
  }
  return Number(value)
}

/** The YAML 1.2 booleans, as the toolkit's own `getBooleanInput` takes them; empty is false. */
function readBoolean(name: string, value: string): boolean {
  if (/^(true|True|TRUE)$/.test(value)) return true
  if (/^(false|False|FALSE)?$/.test(value)) return false
  throw failures.inputInvalid(name, describe(value), 'write true or false.')
}

function readBaseUrl(value: string): string {
  const invalid = (found: string, remedy: string) => failures.inputInvalid('base-url', found, remedy)
  const example = 'such as https://itsyou.online'
  // Not the default: an unset variable must not send the secret of one server to another.
  if (!value) throw invalid('is empty', 'a variable that is not set comes out so; set it, or leave "base-url" out.')
  // No value in these sentences: a URL may carry a password.
  if (!URL.canParse(value)) throw invalid('is no URL', `write the address of the server, ${example}.`)
  const url = new URL(value)
  if (url.username || url.password || value.includes('@')) {
    throw invalid('holds a user or password', `write the address alone, ${example}.`)
  }
  if (/[?#\\\s]/.test(value)) {
    throw invalid('holds a query, a fragment, a backslash or a blank', `write the address alone, ${example}.`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    throw invalid(
      'does not start with https://',
      'the secret travels to it, so only a loopback address may use plain http.',
    )
  }
  return url.href.replace(/\/+$/, '')
}

function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)
}

// Names that change how programs of later steps run, or that the runner owns. Compared in upper case: Windows takes
// `Path` for `PATH`.
const reservedNames =
  /^(PATH|NODE_OPTIONS|BASH_ENV|ENV|HOME|SHELL|IFS|CI)$|^(LD|DYLD|GITHUB|RUNNER|ACTIONS|INPUT|STATE)_/

function readEnvVars(value: string): string[] {
  const names = readList(value)
  for (const name of names) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const remedy = 'write names of letters, digits and underscores that do not start with a digit, such as JWT.'
      throw failures.inputInvalid('env-var', describe(name), remedy)
    }
    if (reservedNames.test(name.toUpperCase())) {
      const remedy = 'that name belongs to the runner or changes how programs run; choose another, such as JWT.'
      throw failures.inputInvalid('env-var', describe(name), remedy)
    }
  }
  return names
}
