/** The inputs of action.yml, read, checked and typed. Whatever is wrong with them is found here, before any request. */

import { inputErrors } from '../errors/inputs.ts'
import { hasInvisible, isLoopback, isPrintable, quoteOrDescribe } from '../text.ts'
import { readAddress } from './address.ts'
import { readDuration } from './duration.ts'
import { whyEmpty } from './empty.ts'
import { readEnvVars } from './env-vars.ts'
import { refuseMisspelt } from './misspelt.ts'
import { readAudiences, readScopes } from './scopes.ts'

/** Asks for a JWT with a client id and secret (RFC 6749, section 4.4). */
export type ClientCredentials = {
  readonly grant: 'client_credentials'
  readonly clientId: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
}

/** Renews a JWT with the refresh token in it. */
export type Refresh = {
  readonly grant: 'refresh'
  readonly jwt: string
}

export type Inputs = {
  readonly credentials: ClientCredentials | Refresh
  /** Seconds; undefined leaves it to the server: a day. */
  readonly validity: number | undefined
  /** Scheme, host and path prefix, without a trailing slash. */
  readonly baseUrl: string
  /** The address of an OpenvCloud location, in the same form; undefined where it is not to be checked. */
  readonly ovcUrl: string | undefined
  /** The address of an AYS server, in the same form; undefined where it is not to be checked. */
  readonly aysUrl: string | undefined
  /** PEM or `none`, not yet parsed; undefined where the input is empty. */
  readonly publicKey: string | undefined
  readonly envVars: readonly string[]
  /** Those of `envVars` that have a value in the job already. */
  readonly replacedEnvVars: readonly string[]
  readonly summary: boolean
  /** How often a failed attempt is repeated, 0 to 10. */
  readonly retries: number
  /** Milliseconds for the whole step. */
  readonly timeout: number
}

/** What the inputs are read from: the runner's answers, as plain values. */
export type InputSource = {
  /** An input, trimmed; undefined where the runner did not set it at all (it sets each, `''` for an empty one). */
  readonly get: (name: string) => string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** The payload of the event that started the workflow; only asked for when a credential is empty. */
  readonly event: () => unknown
}

/** As in action.yml. */
const defaults = {
  'base-url': 'https://itsyou.online',
  'env-var': 'JWT',
  summary: 'false',
  retries: '5',
  timeout: '60s',
}
const longestValidity = 24 * 60 * 60
const longestTimeout = 10 * 60

/**
 * Reads and checks all inputs.
 *
 * @throws ActionError for the first input that is wrong, and where the environment turns TLS verification off.
 */
export function readInputs(source: InputSource): Inputs {
  const { env } = source
  const get = (name: string) => source.get(name) ?? ''
  refuseMisspelt(env, name => isMissing(name, get))
  const credentials = get('jwt') ? readRefresh(get) : readClientCredentials(get, source)
  const baseUrl = readAddress('base-url', source.get('base-url') ?? defaults['base-url'])
  const [ovcUrl, aysUrl] = ['ovc-url', 'ays-url'].map(name => (get(name) ? readAddress(name, get(name)) : undefined))
  if (ovcUrl && get('audience')) throw inputErrors.audienceWithOpenvCloud()
  const isRemote = [baseUrl, ovcUrl, aysUrl].some(url => url && !isLoopback(new URL(url).hostname))
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' && isRemote) throw inputErrors.tlsVerificationOff()
  const envVars = readEnvVars(source.get('env-var') ?? defaults['env-var'])
  return {
    credentials,
    baseUrl,
    ovcUrl,
    aysUrl,
    validity: get('validity') ? readDuration('validity', get('validity'), longestValidity) : undefined,
    publicKey: get('public-key') || undefined,
    envVars,
    replacedEnvVars: envVars.filter(name => env[name]),
    summary: readBoolean('summary', get('summary')),
    retries: readRetries(get('retries') || defaults.retries),
    timeout: readDuration('timeout', get('timeout') || defaults.timeout, longestTimeout) * 1000,
  }
}

/** Whether a misspelt input was probably meant for this one. What the other grant needs is not missing. */
function isMissing(name: string, get: (name: string) => string): boolean {
  if (get('jwt') ? ['app-id', 'secret'].includes(name) : name === 'jwt' && get('app-id')) return false
  return get(name) === '' || Object.entries(defaults).some(([input, value]) => input === name && get(name) === value)
}

function readClientCredentials(get: (name: string) => string, { env, event }: InputSource): ClientCredentials {
  const [clientId, clientSecret] = [get('app-id'), get('secret')]
  if (!clientId || !clientSecret) {
    const reason = whyEmpty(env, event())
    if (!clientId && !clientSecret) throw inputErrors.allCredentialsEmpty(reason)
    throw inputErrors.credentialEmpty(clientId ? 'secret' : 'app-id', reason)
  }
  const again = "copy it again from the API key's page."
  if (!isPrintable(clientId)) throw inputErrors.inputInvalid('app-id', 'contains characters that no id has', again)
  if (hasInvisible(clientSecret)) {
    throw inputErrors.inputInvalid('secret', 'contains a line break or an invisible character', again)
  }
  return {
    grant: 'client_credentials',
    clientId,
    clientSecret,
    scopes: readScopes(get('scope')),
    audiences: readAudiences(get('audience')),
  }
}

function readRefresh(get: (name: string) => string): Refresh {
  // A renewed JWT keeps the client, the scopes and the audience of the old one: an input that says otherwise would lie.
  const drop = ['app-id', 'secret', 'scope', 'audience'].filter(name => get(name))
  if (drop.length) throw inputErrors.inputsExclusive(drop)
  return { grant: 'refresh', jwt: get('jwt') }
}

function readRetries(value: string): number {
  if (!/^(\d|10)$/.test(value)) {
    throw inputErrors.inputInvalid('retries', quoteOrDescribe(value), 'write a whole number from 0 to 10.')
  }
  return Number(value)
}

/** The YAML 1.2 booleans, as the toolkit's own `getBooleanInput` takes them; empty is false. */
function readBoolean(name: string, value: string): boolean {
  if (/^(true|True|TRUE)$/.test(value)) return true
  if (/^(false|False|FALSE)?$/.test(value)) return false
  throw inputErrors.inputInvalid(name, quoteOrDescribe(value), 'write true or false.')
}
