/**
 * A stand-in for the token endpoint of ItsYou.online, on loopback, without an account. It answers as the public identity
 * server does, its oddities included: those are what a client has to live with.
 */

import { randomBytes } from 'node:crypto'
import { CompactSign, compactVerify, exportSPKI, generateKeyPair } from 'jose'
import { listen, mediaType, parseForm, type Received, type RecordedRequest, type Reply, text } from './http.ts'
import { defaultOrganizationKey, defaultUserKey, type UserKey } from './keys.ts'
import { slidingWindow } from './sliding-window.ts'

export { defaultOrganizationKey, defaultUserKey, type RecordedRequest, type UserKey }

export type ItsYouOnlineOptions = {
  /** 0, the default, lets the system choose a free one. */
  port?: number | undefined
  /** In place of `defaultUserKey`. */
  users?: UserKey[] | undefined
  /** A PEM key and certificate: the server then speaks https. */
  tls?: { key: string; cert: string } | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
  /** More requests than this within a second are answered with 429 and a `Retry-After`. */
  rateLimit?: { perSecond: number; retryAfterSeconds: number } | undefined
  /** What a proxy in front answers by itself (a login page, a 502, a redirect); undefined lets the request through. */
  proxy?: ((received: Received) => Reply | undefined) | undefined
}

export type Claims = Record<string, unknown>

export type ItsYouOnline = {
  /** What `base-url` takes: without a trailing slash. */
  url: string
  port: number
  /** The key that verifies the signatures, SPKI. */
  publicKeyPem: string
  /** All answered requests, oldest first. */
  requests: RecordedRequest[]
  /** Signs these claims and no others. */
  issue(claims: Claims): Promise<string>
  /**
   * Forgets a refresh token, as after 30 days without use, or when the server's operator removes it. Nothing that a user
   * can do has this effect on the real server: deleting the API key, the organization or the user does not.
   */
  revoke(refreshToken: string): void
  /** Ends the open connections too. */
  close(): Promise<void>
}

/** The inputs of the action for a good run with a user's key of this server. */
export function inputsFor({ url, publicKeyPem }: Pick<ItsYouOnline, 'url' | 'publicKeyPem'>): Record<string, string> {
  const { applicationId, secret } = defaultUserKey
  return { 'app-id': applicationId, secret, 'base-url': url, 'public-key': publicKeyPem }
}

/** The life of a JWT, and the most that `validity` can ask for. */
const daySeconds = 86_400

const badRequest = text(400)
const unauthorized = text(401)

/** Starts the server on 127.0.0.1 with a signing key made for this run. */
export async function startItsYouOnline(options: ItsYouOnlineOptions = {}): Promise<ItsYouOnline> {
  const { users = [defaultUserKey], now = Date.now, rateLimit } = options
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true })
  const refreshTokens = new Set<string>()
  const requests: RecordedRequest[] = []

  /** `POST /v1/oauth/access_token`: RFC 6749, section 4.4, with a `response_type` that the RFC does not have. */
  async function exchange(form: Form): Promise<Reply> {
    const holder = findHolder(users, form('client_id'), form('client_secret'))
    if (!holder || form('grant_type') !== 'client_credentials' || form('response_type') !== 'id_token') {
      return badRequest
    }
    const requested = splitList(form('scope'))
    const scopes = requested.filter(scope => scope !== 'offline_access')
    // Without another scope, the JWT may do all that the key may.
    if (scopes.length === 0) scopes.push(holder.rights)
    if (!scopes.every(scope => scope.startsWith(holder.prefix))) return unauthorized

    const granted = scopes.filter(scope => !scope.startsWith(memberOf) || holder.memberships.includes(scope))
    const audience = splitList(form('aud'))
    // Go writes the keys of a map in alphabetical order, and an empty list as one empty string.
    return jwtReply(
      await issue({
        ...(audience.length > 0 && { aud: audience }),
        azp: form('client_id'),
        exp: expiry(form),
        ...(holder.globalid !== undefined && { globalid: holder.globalid }),
        iss: 'itsyouonline',
        ...(requested.includes('offline_access') && { refresh_token: newRefreshToken() }),
        scope: granted.length === 0 ? [''] : granted,
        ...(holder.username !== undefined && { username: holder.username }),
      }),
    )
  }

  /** It can only shorten the day: anything that is not a whole positive number of seconds is ignored. */
  function expiry(form: Form): number {
    const seconds = /^\d+$/.test(form('validity')) ? Number(form('validity')) : 0
    return Math.floor(now() / 1000) + Math.min(seconds || daySeconds, daySeconds)
  }

  function newRefreshToken(): string {
    const refreshToken = randomBytes(21).toString('base64url')
    refreshTokens.add(refreshToken)
    return refreshToken
  }

  /** `POST /v1/oauth/jwt/refresh`: the same claims with a new `exp`. The JWT may have expired. */
  async function refresh(received: Received, form: Form): Promise<Reply> {
    // Exactly these two: RFC 6750 would also accept `BEARER`.
    const token = /^[bB]earer (.*)$/.exec(received.headers['authorization'] ?? '')?.[1] ?? ''
    const verified = await compactVerify(token, publicKey, { algorithms: ['ES384'] }).catch(() => undefined)
    const claims: Claims = verified ? JSON.parse(new TextDecoder().decode(verified.payload)) : {}
    if (!refreshTokens.has(`${claims['refresh_token']}`)) return unauthorized
    return jwtReply(await issue({ ...claims, exp: expiry(form) }))
  }

  /** There is no `kid`: the server has one key, and no document that lists it. */
  function issue(claims: Claims): Promise<string> {
    const jwt = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    return jwt.setProtectedHeader({ alg: 'ES384', typ: 'JWT' }).sign(privateKey)
  }

  const isWithinLimit =
    rateLimit && slidingWindow({ requests: rateLimit.perSecond, milliseconds: 1000, countsRejected: false, now })

  async function answer(received: Received): Promise<Reply> {
    const interposed = options.proxy?.(received)
    if (interposed) return interposed
    if (isWithinLimit?.('') === false) return text(429, undefined, { 'retry-after': `${rateLimit?.retryAfterSeconds}` })
    const form = readForm(received)
    if (!form) return badRequest
    if (received.method === 'POST' && received.path === '/v1/oauth/access_token') return exchange(form)
    if (received.method === 'POST' && received.path === '/v1/oauth/jwt/refresh') return refresh(received, form)
    return text(404, '404 page not found')
  }

  const record = (request: RecordedRequest) => void requests.push(request)
  const server = await listen({ port: options.port, tls: options.tls, record }, answer)
  return {
    url: server.origin,
    port: server.port,
    publicKeyPem: await exportSPKI(publicKey),
    requests,
    issue,
    revoke: refreshToken => void refreshTokens.delete(refreshToken),
    close: server.close,
  }
}

const memberOf = 'user:memberof:'

/** Who has a key, and what it may do. `prefix`: scopes that begin with it are granted, known to the server or not. */
type Holder = {
  username?: string
  globalid?: string
  rights: string
  prefix: string
  memberships: string[]
}

function findHolder(users: UserKey[], id: string, secret: string): Holder | undefined {
  const { globalId, secret: ofOrganization } = defaultOrganizationKey
  if (id === globalId && secret === ofOrganization) {
    return { globalid: id, rights: 'organization:owner', prefix: 'organization:owner', memberships: [] }
  }
  const user = users.find(key => key.applicationId === id && key.secret === secret)
  if (!user) return undefined
  const memberships = user.memberOf.map(organization => memberOf + organization)
  return { username: user.username, rights: 'user:admin', prefix: 'user:', memberships }
}

/** The first value of a parameter, empty when it is missing: the server does not tell the two apart. */
type Form = (name: string) => string

/** A body that is not `application/x-www-form-urlencoded` is not read: JSON then fails like an empty request. */
function readForm(received: Received): Form | undefined {
  const isForm = mediaType(received) === 'application/x-www-form-urlencoded'
  try {
    const pairs = isForm ? parseForm(received.body) : []
    return name => pairs.find(pair => pair[0] === name)?.[1] ?? ''
  } catch {
    return undefined
  }
}

/** Splits a list at its commas and trims. A space separates nothing: `user:name user:email` is one, bogus, scope. */
function splitList(list: string): string[] {
  return list
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
}

function jwtReply(token: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/jwt' }, body: token }
}
