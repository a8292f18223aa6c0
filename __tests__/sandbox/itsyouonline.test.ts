/** The rows of the protocol, one by one: the sandbox's ItsYou.online does what the identity server does. */

import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'

/** Seconds; the servers of these tests stand still at it, so that no test waits or runs into midnight. */
const now = 1_800_000_000
const day = 86_400

const oddKey = { applicationId: 'app +%&=/#é', secret: 'a+b %25 & c=d/e#f ü€', username: 'odd', memberOf: [] }

let clock = now
const server = await startItsYouOnline({ users: [defaultUserKey, oddKey], now: () => clock * 1000 })
const other = await startItsYouOnline()
afterEach(() => {
  clock = now
})
afterAll(() => Promise.all([server.close(), other.close()]))

const path = '/v1/oauth/access_token'
const pair = { client_id: defaultUserKey.applicationId, client_secret: defaultUserKey.secret }
const user = { grant_type: 'client_credentials', response_type: 'id_token', ...pair }
const organization = { ...user, client_id: 'my-org', client_secret: defaultOrganizationKey.secret }
const odd = { ...user, client_id: oddKey.applicationId, client_secret: oddKey.secret }
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

type Form = Record<string, string>

function request(init: RequestInit, at = path): Promise<Response> {
  return fetch(server.url + at, { method: 'POST', ...init })
}

/** Status, type and text. */
async function answerOf(asked: Promise<Response>): Promise<[status: number, type: string | null, text: string]> {
  const response = await asked
  return [response.status, response.headers.get('content-type'), await response.text()]
}

/** A form-encoded body. */
const encoded = (form: Form) => ({ body: new URLSearchParams(form) })

async function jwtOf(form: Form): Promise<string> {
  const [status, type, jwt] = await answerOf(request(encoded(form)))
  expect([status, type]).toEqual([200, 'application/jwt'])
  return jwt
}

const unencoded = Object.entries(odd).map(parameter => parameter.join('='))

test.each<[status: number, string, RequestInit]>([
  [400, 'a JSON body', { body: JSON.stringify(user), headers: { 'content-type': 'application/json' } }],
  [400, 'a body without a Content-Type', { body: Buffer.from(`${new URLSearchParams(user)}`) }],
  ...['grant_type', 'response_type', 'client_id', 'client_secret'].flatMap((name): [number, string, RequestInit][] => [
    [400, `no ${name}`, encoded({ ...user, [name]: '' })],
    [400, `another ${name}`, encoded({ ...user, [name]: 'password' })],
  ]),
  [400, 'a secret and a newline', encoded({ ...user, client_secret: `${user.client_secret}\n` })],
  [400, 'values that are not form-encoded', { body: unencoded.join('&'), headers: formType }],
  [400, 'a stray percent sign', { body: `${new URLSearchParams(user)}&x=%`, headers: formType }],
  [401, "one of an organization's scopes", encoded({ ...user, scope: 'user:name,organization:owner' })],
  [401, 'half a scope', encoded({ ...user, scope: 'user' })],
  [401, "a user's scope for an organization", encoded({ ...organization, scope: 'user:name' })],
  [401, 'a scope of members for an organization', encoded({ ...organization, scope: 'organization:member' })],
])('%i in plain text is the answer to a request with %s', async (status, _, init) => {
  const response = await request(init)
  expect([response.status, await response.text()]).toEqual([status, `${STATUS_CODES[status]}\n`])
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('www-authenticate')).toBeNull()
})

test.each([
  ['GET', path],
  ['POST', '/v1/oauth/token'],
])('%s %s is not found', async (method, at) => {
  expect(await answerOf(request({ method }, at))).toEqual([404, 'text/plain; charset=utf-8', '404 page not found\n'])
})

test('the JWT has an ES384 header and a signature of 96 bytes (RFC 7518) that the public key verifies', async () => {
  const jwt = await jwtOf(user)
  // Nothing but the JWT, whose signature of 128 characters is 96 bytes.
  expect(jwt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{128}$/)
  expect(atob(`${jwt.split('.')[0]}`)).toBe('{"alg":"ES384","typ":"JWT"}')
  const key = await importSPKI(server.publicKeyPem, 'ES384')
  await expect(jwtVerify(jwt, key, { currentDate: new Date(now * 1000) })).resolves.toBeDefined()
})

const common = { exp: now + day, iss: 'itsyouonline' }
const ofUser = { ...common, azp: defaultUserKey.applicationId, username: 'deployer', scope: ['user:admin'] }
const ofOrganization = { ...common, azp: 'my-org', globalid: 'my-org', scope: ['organization:owner'] }
const ofOdd = { ...ofUser, azp: oddKey.applicationId, username: 'odd' }
const refresh_token = expect.stringMatching(/^[\w-]{28}$/)

test.each<[scope: string, form: Form, claims: object]>([
  ['', user, ofUser],
  ['', organization, ofOrganization],
  ['user:name', odd, { ...ofOdd, scope: ['user:name'] }],
  // A misspelt scope is granted as it stands.
  ['user:memberOf:acme', user, { ...ofUser, scope: ['user:memberOf:acme'] }],
  ['organization:owner:ays', organization, { ...ofOrganization, scope: ['organization:owner:ays'] }],
  [' user:name , user:email,,', user, { ...ofUser, scope: ['user:name', 'user:email'] }],
  ['offline_access', user, { ...ofUser, refresh_token }],
  ['user:name,offline_access', user, { ...ofUser, scope: ['user:name'], refresh_token }],
  ['user:name offline_access', user, { ...ofUser, scope: ['user:name offline_access'] }],
  // A membership that the user does not have is dropped without an error.
  ['user:memberof:acme,user:memberof:my-org', user, { ...ofUser, scope: ['user:memberof:my-org'] }],
  ['user:memberof:acme', user, { ...ofUser, scope: [''] }],
  ['', { ...user, aud: ' acme , other,, ' }, { ...ofUser, aud: ['acme', 'other'] }],
])('%#: the JWT with scope "%s" has these claims and no others', async (scope, form, claims) => {
  expect(decodeJwt(await jwtOf({ ...form, scope }))).toEqual(claims)
})

test.each([
  ...Object.entries({ '1': 1, '0900': 900, '86399': 86_399 }),
  ...['86400', '86401', '0', '-5', 'abc', '5m', '300.5', '1e3', ' 60', ''].map(text => [text, day] as const),
])('the JWT with validity %j lives %i seconds', async (validity, seconds) => {
  expect(decodeJwt(await jwtOf({ ...user, validity })).exp).toBe(now + seconds)
})

function refresh(jwt: string, { scheme = 'bearer', ...form }: Form = {}): Promise<Response> {
  return request({ headers: { authorization: `${scheme} ${jwt}` }, ...encoded(form) }, '/v1/oauth/jwt/refresh')
}

test.each([
  ['bearer', user],
  ['Bearer', organization],
])('a refresh with %s gives an expired JWT a new exp', async (scheme, key) => {
  const jwt = await jwtOf({ ...key, scope: 'offline_access', aud: 'acme', validity: '60' })
  clock = now + 3600
  const [status, type, renewed] = await answerOf(refresh(jwt, { scheme }))
  expect([status, type]).toEqual([200, 'application/jwt'])
  expect(decodeJwt(renewed)).toEqual({ ...decodeJwt(jwt), exp: clock + day })
  expect(decodeProtectedHeader(renewed)).toEqual({ alg: 'ES384', typ: 'JWT' })
  const [, , shorter] = await answerOf(refresh(jwt, { validity: '300' }))
  expect(decodeJwt(shorter).exp).toBe(clock + 300)
})

const refreshable = () => jwtOf({ ...user, scope: 'user:name,offline_access' })
async function revoked(): Promise<string> {
  const jwt = await refreshable()
  server.revoke(`${decodeJwt(jwt)['refresh_token']}`)
  return jwt
}

test.each<[string, () => Promise<string>, form?: Form]>([
  ['without a JWT', async () => ''],
  ['with BEARER', refreshable, { scheme: 'BEARER' }],
  ['of a JWT without a refresh_token claim', () => jwtOf(user)],
  ['of a JWT that another server signed', async () => other.issue(decodeJwt(await refreshable()))],
  ['after the refresh token was revoked', revoked],
])('a refresh %s is unauthorized', async (_, prepare, ...[form]) => {
  const answer = await answerOf(refresh(await prepare(), form))
  expect(answer).toEqual([401, 'text/plain; charset=utf-8', 'Unauthorized\n'])
})

test("a user's secret has 28 characters, an organization's has 52", () => {
  expect([defaultUserKey, defaultOrganizationKey].map(({ secret }) => secret.length)).toEqual([28, 52])
})

test('a proxy in front can answer by itself, and a rate limit answers 429 until a second is over', async () => {
  let milliseconds = 0
  const limited = await startItsYouOnline({
    now: () => milliseconds,
    rateLimit: { perSecond: 2, retryAfterSeconds: 7 },
    proxy: ({ query }) => (query === '' ? undefined : { status: 200, body: 'maintenance' }),
  })
  try {
    const ask = (query = '') => fetch(`${limited.url}${path}${query}`, { method: 'POST' })
    expect(await answerOf(ask('?page'))).toEqual([200, null, 'maintenance'])
    const answers = [await ask(), await ask(), await ask(), await ask()]
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 429, 429])
    expect(answers[2]?.headers.get('retry-after')).toBe('7')
    milliseconds = 1000
    expect((await ask()).status).toBe(400)
  } finally {
    await limited.close()
  }
})

test('close ends a connection that is still open', async () => {
  const short = await startItsYouOnline()
  const socket = connect(short.port, '127.0.0.1').on('error', () => {})
  const closed = new Promise(resolve => socket.once('close', resolve))
  socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n')
  // Only once the server has taken the connection does it have something to end.
  await once(socket, 'connect')
  await fetch(short.url)
  await short.close()
  await closed
})
