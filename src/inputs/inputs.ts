/** The inputs of action.yml, read, checked and typed. Whatever is wrong with them is found here, before any request. */

import { isLoopback } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import { quoteOrDescribe } from '../shown.ts'
import { readAddress } from './address.ts'
import { type Credentials, readCredentials } from './credentials.ts'
import { readDuration } from './duration.ts'
import { readEnvVars } from './env-vars.ts'
import { refuseMisspelt } from './misspelt.ts'
import { readAudiences, readScopes } from './scopes.ts'
import type { InputSource } from './source.ts'

/** All inputs but the credentials. */
export type Settings = {
  /** What the JWT is requested for; empty for a renewal, which keeps what the old JWT has. */
  readonly scopes: readonly string[]
  readonly audiences: readonly string[]
  /** Seconds. */
  readonly validity: number
  /** Scheme, host and path prefix, without a trailing slash. */
  readonly baseUrl: string
  /** The address of an OpenvCloud location, in the same form; undefined where it is not to be checked. */
  readonly ovcUrl: string | undefined
  /** The address of an AYS server, in the same form; undefined where it is not to be checked. */
  readonly aysUrl: string | undefined
  /** PEM, not yet parsed; undefined where the input is empty. */
  readonly publicKey: string | undefined
  readonly envVars: readonly string[]
  readonly summary: boolean
  /** How often a failed attempt is repeated, 0 to 10. */
  readonly retries: number
  /** Milliseconds for the whole step. */
  readonly timeout: number
}

/** As in action.yml. */
const defaults = {
  scope: 'user:name',
  validity: '1h',
  'base-url': 'https://itsyou.online',
  'env-var': 'JWT',
  retries: '5',
  timeout: '60s',
} as const
const longestValidity = 24 * 60 * 60
/** Milliseconds: the most that `timeout` takes. */
export const longestTimeout = 10 * 60 * 1000

/**
 * Reads and checks all inputs.
 *
 * @throws ActionError for the first input that is wrong, and where the environment turns TLS verification off.
 */
export function readInputs(unlimited: InputSource): { credentials: Credentials; settings: Settings } {
  const source = { ...unlimited, get: limited(unlimited.get) }
  const { env } = source
  const get = (name: string) => source.get(name) ?? ''
  const orDefault = (name: keyof typeof defaults) => get(name) || defaults[name]
  const baseUrl = readAddress('base-url', source.get('base-url') ?? defaults['base-url'])
  if (baseUrl === defaults['base-url']) refuseMisspelt(env, source.get)
  const credentials = readCredentials(source, defaults.scope)
  const isNew = credentials.grant === 'client_credentials'
  const scopes = isNew ? readScopes(source.get('scope') ?? defaults.scope) : []
  const audiences = isNew ? readAudiences(get('audience')) : []
  const ovcUrl = get('ovc-url') ? readAddress('ovc-url', get('ovc-url')) : undefined
  const aysUrl = get('ays-url') ? readAddress('ays-url', get('ays-url')) : undefined
  if (ovcUrl && audiences.length) {
    const found = 'cannot be combined with "audience", because OpenvCloud does not accept a JWT with an audience'
    throw new ActionError('ERR_INPUT_CONFLICT', 'ovc-url', found, 'leave one of the two empty.')
  }
  const isRemote = [baseUrl, ovcUrl, aysUrl].some(url => url && !isLoopback(new URL(url).hostname))
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0' && isRemote) throw new ActionError('ERR_TLS_OFF')
  const settings = {
    scopes,
    audiences,
    validity: readDuration('validity', orDefault('validity'), longestValidity),
    baseUrl,
    ovcUrl,
    aysUrl,
    publicKey: get('public-key') || undefined,
    envVars: readEnvVars(source.get('env-var') ?? defaults['env-var']),
    summary: readBoolean('summary', get('summary')),
    retries: readRetries(orDefault('retries')),
    timeout: readDuration('timeout', orDefault('timeout'), longestTimeout / 1000) * 1000,
  }
  return { credentials, settings }
}

/** Characters: as many as an answer with a JWT may have. */
const longestInput = 64 * 1024

function limited(get: InputSource['get']): InputSource['get'] {
  return name => {
    const value = get(name)
    if (!value || value.length <= longestInput) return value
    throw new ActionError('ERR_INPUT_INVALID', name, `has more than ${longestInput} characters`, 'shorten it.')
  }
}

function readRetries(value: string): number {
  if (/^(\d|10)$/.test(value)) return Number(value)
  throw new ActionError('ERR_INPUT_INVALID', 'retries', quoteOrDescribe(value), 'write a whole number from 0 to 10.')
}

/** The YAML 1.2 booleans, as the toolkit's own `getBooleanInput` takes them; empty is false. */
function readBoolean(input: string, value: string): boolean {
  if (/^(true|True|TRUE)$/.test(value)) return true
  if (/^(false|False|FALSE)?$/.test(value)) return false
  throw new ActionError('ERR_INPUT_INVALID', input, quoteOrDescribe(value), 'write true or false.')
}
