/**
 * A stand-in for the token endpoint of ItsYou.online, on loopback, without an account. It answers as the public identity
 * server does, its oddities included: those are what a client has to live with.
 */

import { randomBytes } from 'node:crypto'
import { CompactSign, type CryptoKey, compactVerify, exportSPKI, generateKeyPair } from 'jose'
import { daySeconds, expiry, refreshTokenUnusedSeconds } from './expiry.ts'
import { json, listen, mediaType, parseForm, type Received, type RecordedRequest, type Reply, text } from './http.ts'
import {
  defaultOrganizationKey,
  defaultUserKey,
  findHolder,
  type Holder,
  type OrganizationKey,
  type UserKey,
} from './keys.ts'
import { asClaim, grantsOf, isAllowed, possible, splitList, storedInfo } from './scopes.ts'

export { defaultOrganizationKey, defaultUserKey, type OrganizationKey, type RecordedRequest, type UserKey }

export type ItsYouOnlineOptions = {
  /** 0, the default, lets the system choose a free one. */
  port?: number | undefined
  /** A path that the whole server lives under, as behind a proxy: `/iyo`. */
  basePath?: string | undefined
  /** In place of `defaultUserKey`. */
  users?: UserKey[] | undefined
  /** In place of `defaultOrganizationKey`. */
  organizations?: OrganizationKey[] | undefined
  /** A PEM key and certificate: the server then speaks https. */
  tls?: { key: string; cert: string } | undefined
  /**
   * Changes the claims of each JWT that the endpoints issue: `globalid: null` (as `POST /v1/oauth/jwt` writes it), the
   * issuer of a renamed deployment (`iss: 'decs3o'`), or more scopes than were asked for. A renewal keeps the change.
   */
  changeClaims?: ((claims: Claims) => Claims) | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
  /** More requests than this within a second are answered with 429 and a `Retry-After`. */
  rateLimit?: { perSecond: number; retryAfterSeconds: number } | undefined
  /** What a proxy in front answers by itself (a login page, a 502, a redirect); undefined lets the request through. */
  proxy?: ((received: Received) => Reply | undefined) | undefined
}

export type Claims = Record<string, unknown>

/** Defaults to the server's own key and header; a test that needs a forged token gives others. */
export type IssueOptions = { key?: CryptoKey; header?: { alg: string; [name: string]: unknown } }

export type ItsYouOnline = {
  /** What `base-url` takes: with the base path, without a trailing slash. */
  url: string
  port: number
  /** The key that verifies the signatures, SPKI. */
  publicKeyPem: string
  signingKey: CryptoKey
  /** All answered requests, oldest first. */
  requests: RecordedRequest[]
  /** Signs these claims and no others. */
  issue(claims: Claims, options?: IssueOptions): Promise<string>
  /**
   * Forgets a refresh token, as after 30 days without use, or when the server's operator removes it. Nothing that a user
   * can do has this effect on the real server: deleting the API key, the organization or the user does not.
   */
  revoke(refreshToken: string): void
  /**
   * Leaves the scope out of each renewal from now on, to show what a client does then. The real server renews the JWT of
   * an API key with its old scopes, even after its user left the organization.
   */
  dropOnRefresh(scope: string): void
  /** Ends the open connections too. */
  close(): Promise<void>
}

type StoredRefreshToken = { scopes: string[]; lastUsed: number }

/** The answer to `ParseForm` failing in the server, and to every credential that it does not like. */
const badRequest = text(400)
const unauthorized = text(401)
const notFound = text(404, '404 page not found')

/** Starts the server on 127.0.0.1 with a signing key made for this run. */
export async function startItsYouOnline(options: ItsYouOnlineOptions = {}): Promise<ItsYouOnline> {
  const users = options.users ?? [defaultUserKey]
  const organizations = options.organizations ?? [defaultOrganizationKey]
  const basePath = (options.basePath ?? '').replace(/\/+$/, '')
  const now = options.now ?? Date.now
  const changed = options.changeClaims ?? (claims => claims)
  const seconds = () => Math.floor(now() / 1000)

  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true })
  const refreshTokens = new Map<string, StoredRefreshToken>()
  const droppedOnRefresh = new Set<string>()
  const requests: RecordedRequest[] = []

  /** `POST /v1/oauth/access_token`: RFC 6749, section 4.4, with a `response_type` that the RFC does not have. */
  async function exchange(received: Received): Promise<Reply> {
    const parameters = readForm(received)
    if (!parameters) return badRequest
    const credentials = readCredentials(received, parameters)
    if (!credentials || parameters('grant_type') !== 'client_credentials') return badRequest
    const holder = findHolder(users, organizations, credentials.clientId, credentials.secret)
    if (!holder) return badRequest
    if (parameters('response_type') !== 'id_token') return opaqueToken(holder)

    const { scopes, offline } = readScopes(parameters('scope'), holder)
    if (!scopes.every(scope => isAllowed(holder.rights, scope))) return unauthorized

    const granted = grant(holder, scopes, parameters)
    const audience = splitList(parameters('aud'))
    const token = await issue(
      changed(
        sorted({
          ...(audience.length > 0 && { aud: audience }),
          azp: holder.clientId,
          exp: expiry(parameters('validity'), seconds()),
          ...(holder.kind === 'organization' ? { globalid: holder.key.globalId } : { username: holder.key.username }),
          iss: 'itsyouonline',
          ...(offline && { refresh_token: newRefreshToken(granted) }),
          scope: withGrants(holder, asClaim(granted), parameters),
        }),
      ),
    )
    return tokenReply(received, token)
  }

  function newRefreshToken(scopes: string[]): string {
    const refreshToken = randomBytes(21).toString('base64url')
    refreshTokens.set(refreshToken, { scopes, lastUsed: seconds() })
    return refreshToken
  }

  /**
   * `GET` or `POST /v1/oauth/jwt/refresh`: the same claims with a new `exp`. The scopes are the stored ones: for an API
   * key the server does not look memberships up again, so a user who left an organization keeps the scope.
   */
  async function refresh(received: Received): Promise<Reply> {
    const parameters = readForm(received)
    if (!parameters) return badRequest
    const claims = await readBearer(received, publicKey)
    const stored = refreshTokens.get(`${claims?.['refresh_token']}`)
    if (!claims || !stored) return unauthorized
    if (seconds() - stored.lastUsed > refreshTokenUnusedSeconds) return unauthorized

    stored.lastUsed = seconds()
    stored.scopes = stored.scopes.filter(scope => !droppedOnRefresh.has(scope))
    const user = users.find(key => key.applicationId === claims['azp'] && key.username === claims['username'])
    const grants = user && parameters('add_grants') === 'true' ? grantsOf(user) : []
    const scope = [...asClaim(stored.scopes), ...grants]
    return jwtReply(await issue(changed({ ...claims, scope, exp: expiry(parameters('validity'), seconds()) })))
  }

  async function issue(claims: Claims, { key = privateKey, header = jwtHeader }: IssueOptions = {}): Promise<string> {
    return new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader(header).sign(key)
  }

  async function answer(received: Received): Promise<Reply> {
    const interposed = options.proxy?.(received) ?? tooMany()
    if (interposed) return interposed
    if (basePath !== '' && !received.path.startsWith(`${basePath}/`)) return notFound
    const path = received.path.slice(basePath.length)

    const clean = cleanPath(path)
    if (clean !== path) {
      const query = received.query === '' ? '' : `?${received.query}`
      return { status: 301, headers: { location: `${basePath}${clean}${query}` }, body: '' }
    }
    const { method } = received
    if (path === '/v1/oauth/access_token' && method === 'POST') return exchange(received)
    if (path === '/v1/oauth/jwt/refresh' && (method === 'GET' || method === 'POST')) return refresh(received)
    return notFound
  }

  const arrivals: number[] = []
  function tooMany(): Reply | undefined {
    if (!options.rateLimit) return undefined
    while (arrivals[0] !== undefined && arrivals[0] <= now() - 1000) arrivals.shift()
    if (arrivals.length >= options.rateLimit.perSecond) {
      return text(429, undefined, { 'retry-after': `${options.rateLimit.retryAfterSeconds}` })
    }
    arrivals.push(now())
    return undefined
  }

  const server = await listen(
    { port: options.port, tls: options.tls, record: request => void requests.push(request) },
    answer,
  )
  return {
    url: server.origin + basePath,
    port: server.port,
    publicKeyPem: await exportSPKI(publicKey),
    signingKey: privateKey,
    requests,
    issue,
    revoke: refreshToken => void refreshTokens.delete(refreshToken),
    dropOnRefresh: scope => void droppedOnRefresh.add(scope),
    close: server.close,
  }
}

/** No `kid`: there is one key, and no document that lists it. */
const jwtHeader = { alg: 'ES384', typ: 'JWT' }

/** The first value of a parameter, empty when it is missing: the server does not tell the two apart. */
type Parameters = (name: string) => string

/**
 * Reads body and query string as Go's `ParseForm` does. The body's values come first, so they win. A body that is not
 * `application/x-www-form-urlencoded` is not read at all: JSON then fails like an empty request.
 */
function readForm(received: Received): Parameters | undefined {
  const isForm = received.method === 'POST' && mediaType(received) === 'application/x-www-form-urlencoded'
  try {
    const pairs = [...(isForm ? parseForm(received.body) : []), ...parseForm(received.query)]
    return name => pairs.find(pair => pair[0] === name)?.[1] ?? ''
  } catch {
    return undefined
  }
}

/**
 * The id and secret, from the parameters or else from Basic authentication. Against RFC 6749, section 2.3.1, the server
 * does not percent-decode the latter.
 */
function readCredentials(received: Received, parameters: Parameters): { clientId: string; secret: string } | undefined {
  const secret = parameters('client_secret')
  if (secret !== '') return { clientId: parameters('client_id'), secret }
  const basic = /^Basic (.*)$/i.exec(received.headers['authorization'] ?? '')?.[1]
  if (basic === undefined) return undefined
  const pair = Buffer.from(basic, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { clientId: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}

/** Nothing asked, or nothing but `offline_access`, means everything that the key may do. */
function readScopes(list: string, holder: Holder): { scopes: string[]; offline: boolean } {
  const asked = splitList(list)
  const scopes = asked.filter(scope => scope !== 'offline_access')
  return { scopes: scopes.length === 0 ? [holder.rights] : scopes, offline: scopes.length < asked.length }
}

/** What is left of the scopes asked for, and what `store_info` puts after them. */
function grant(holder: Holder, scopes: string[], parameters: Parameters): string[] {
  if (holder.kind === 'organization') return scopes
  const granted = possible(holder.key, scopes)
  return parameters('store_info') === 'true' ? [...granted, ...storedInfo(holder.key, granted)] : granted
}

/** `add_grants` puts the user's grants behind everything else; they are not stored with the refresh token. */
function withGrants(holder: Holder, scopes: string[], parameters: Parameters): string[] {
  if (holder.kind === 'organization' || parameters('add_grants') !== 'true') return scopes
  return [...scopes, ...grantsOf(holder.key)]
}

/** Go writes the keys of a map in alphabetical order. */
function sorted(claims: Claims): Claims {
  return Object.fromEntries(Object.entries(claims).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/**
 * The claims of the JWT in the Authorization header, expired or not. The server looks for exactly `bearer ` or `Bearer `,
 * where RFC 6750 would also take `BEARER `.
 */
async function readBearer(received: Received, key: CryptoKey): Promise<Claims | undefined> {
  const token = /^[bB]earer (.*)$/.exec(received.headers['authorization'] ?? '')?.[1]?.trim()
  if (token === undefined) return undefined
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ['ES384'] })
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    return undefined
  }
}

function jwtReply(token: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/jwt' }, body: token }
}

/** Go's JSON encoder ends what it writes with a newline. */
function goJson(value: unknown): Reply {
  return { ...json(200, value), body: `${JSON.stringify(value)}\n` }
}

/** The bare JWT, or JSON for a client that accepts it. */
function tokenReply(received: Received, token: string): Reply {
  if (!received.headers['accept']?.includes('application/json')) return jwtReply(token)
  return goJson({ access_token: token })
}

/**
 * The answer without `response_type=id_token`: a token that is not a JWT, with all that the key may do. The comma at the end
 * of `scope` and the 10 minutes that are missing in `expires_in` are the server's.
 */
function opaqueToken(holder: Holder): Reply {
  return goJson({
    access_token: randomBytes(21).toString('base64url'),
    token_type: 'bearer',
    scope: [holder.rights, (holder.kind === 'user' ? grantsOf(holder.key) : []).join(',')].join(','),
    expires_in: daySeconds - 600 - 1,
    info: { username: holder.kind === 'user' ? holder.key.username : '' },
  })
}

/** The path that the server's router redirects to: no doubled slash, none at the end. */
function cleanPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '')
}
