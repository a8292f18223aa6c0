/** The rows of the protocol, one by one: the sandbox's ItsYou.online does what the identity server does. */

import { once } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { connect } from 'node:net'
import { afterAll, afterEach, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, importSPKI, jwtVerify } from 'jose'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'

/** Seconds; the servers of these tests stand still at it, so that no test waits or runs into midnight. */
const now = 1_800_000_000
const day = 86_400

const oddKey = {
  ...{ applicationId: 'app +%&=/#é', secret: 'a+b %25 & c=d/e#f ü€', username: 'odd', memberOf: [] },
  ...{ firstname: 'Ada', lastname: 'Odd', grants: ['deploy', 'grant:read'] },
  ...{ email: { main: 'ada@example.com', work: 'work@example.com' }, phone: { main: '+321234' } },
}
const closedOrganization = { globalId: 'closed', secret: 'made-for-this-test', clientCredentials: false }

let clock = now
let server = await startItsYouOnline({
  users: [defaultUserKey, oddKey],
  organizations: [defaultOrganizationKey, closedOrganization],
  now: () => clock * 1000,
})

afterEach(() => {
  clock = now
})
afterAll(() => server.close())

const path = '/v1/oauth/access_token'
const pair = { client_id: defaultUserKey.applicationId, client_secret: defaultUserKey.secret }
const user = { grant_type: 'client_credentials', response_type: 'id_token', ...pair }
const odd = { ...user, client_id: oddKey.applicationId, client_secret: oddKey.secret }
const organization = { ...user, client_id: 'my-org', client_secret: defaultOrganizationKey.secret }
const closed = { ...user, client_id: 'closed', client_secret: closedOrganization.secret }
const { client_secret: _, ...withoutSecret } = user
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })
const oddBasic = basic(`${odd.client_id}:${odd.client_secret}`)
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
const encoded = (form: Form, headers: Form = {}) => ({ body: new URLSearchParams(form), headers })

async function jwtOf(form: Form): Promise<string> {
  const [status, type, jwt] = await answerOf(request(encoded(form)))
  expect([status, type]).toEqual([200, 'application/jwt'])
  return jwt
}

/** Lets a server with other options take the place of `server` for as long as `use` runs. */
async function withServer(options: Parameters<typeof startItsYouOnline>[0], use: () => Promise<void>): Promise<void> {
  const usual = server
  server = await startItsYouOnline(options)
  try {
    await use()
  } finally {
    await server.close()
    server = usual
  }
}

const encodedPair = [odd.client_id, odd.client_secret].map(encodeURIComponent).join(':')
const unencoded = Object.entries(odd).map(pair => pair.join('='))
const text = `${new URLSearchParams(user)}`

const accept = { accept: 'application/json' }
test.each<[status: number, string, RequestInit, at?: string]>([
  [400, 'a JSON body', { body: JSON.stringify(user), headers: { 'content-type': 'application/json' } }],
  [400, 'a multipart body', { body: text, headers: { 'content-type': 'multipart/form-data' } }],
  [400, 'a body without a Content-Type', { body: Buffer.from(text) }],
  ...['grant_type', 'client_id', 'client_secret'].flatMap((name): [number, string, RequestInit][] => [
    [400, `no ${name}`, encoded({ ...user, [name]: '' })],
    [400, `another ${name}`, encoded({ ...user, [name]: 'password' })],
  ]),
  [400, 'a secret and a newline', encoded({ ...user, client_secret: `${user.client_secret}\n` })],
  [400, 'no secret for an opaque token', encoded({ ...withoutSecret, response_type: '' })],
  [400, 'values that are not form-encoded', { body: unencoded.join('&'), headers: formType }],
  [400, 'a stray percent sign', {}, `${path}?${text}&x=%`],
  [400, 'an organization key whose flow is off', encoded(closed)],
  [400, 'a wrong secret beside Basic authentication', encoded({ ...odd, client_secret: 'x' }, oddBasic)],
  [400, 'Basic authentication that is percent-encoded', encoded(withoutSecret, basic(encodedPair))],
  [400, 'Basic authentication without a colon', encoded(withoutSecret, basic('alone'))],
  [401, "one of an organization's scopes", encoded({ ...user, scope: 'user:name,organization:owner' }, accept)],
  [401, 'half a scope', encoded({ ...user, scope: 'user' })],
  [401, "a user's scope for an organization", encoded({ ...organization, scope: 'user:name' })],
  [401, 'a scope of members for an organization', encoded({ ...organization, scope: 'organization:member' })],
])('%i in plain text is the answer to a request with %s', async (status, _, init, ...[at]) => {
  const response = await request(init, at)
  expect([response.status, await response.text()]).toEqual([status, `${STATUS_CODES[status]}\n`])
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('www-authenticate')).toBeNull()
})

const named = { ...user, scope: 'user:name' }
test.each<[string, RequestInit, string?]>([
  ['in the query string', {}, `${path}?${new URLSearchParams(named)}`],
  ['in the body, not the query string', encoded(named), `${path}?scope=admin&client_secret=wrong`],
  ['twice', { body: `${new URLSearchParams(named)}&scope=user:email`, headers: formType }],
  ['in Basic authentication, not decoded', encoded({ ...withoutSecret, scope: 'user:name' }, oddBasic)],
  ['form-encoded, odd characters included', encoded({ ...odd, scope: 'user:name' })],
])('the request may have its parameters %s', async (_, init, ...[at]) => {
  const [, , jwt] = await answerOf(request(init, at))
  expect(decodeJwt(jwt)['scope']).toEqual(['user:name'])
})

test('the request is recorded as it came', async () => {
  await request({ body: 'c=d', headers: { 'x-odd': '1' } }, `${path}?a=%20b`)
  const common = { method: 'POST', path, query: 'a=%20b', body: 'c=d', status: 400 }
  expect(server.requests.at(-1)).toMatchObject({ ...common, headers: { 'x-odd': '1' } })
})

test.each([
  [`${path}/`, path],
  ['//v1//oauth/access_token?a=b', `${path}?a=b`],
])('the path %s is redirected, and a client that follows loses its POST', async (from, to) => {
  const response = await request({ redirect: 'manual' }, from)
  expect([response.status, response.headers.get('location')]).toEqual([301, to])
  expect((await request(encoded(user), from)).status).toBe(404)
})

test.each([
  ...['GET', 'PUT', 'HEAD'].map(method => [method, `${path}?${new URLSearchParams(user)}`]),
  ['GET', '/.well-known/openid-configuration'],
  ['PUT', '/v1/oauth/jwt/refresh'],
])('the path %s %s is not found', async (method, at) => {
  const text = method === 'HEAD' ? '' : '404 page not found\n'
  expect(await answerOf(request({ method }, at))).toEqual([404, 'text/plain; charset=utf-8', text])
})

test('the path may begin with a base path, and nothing is found outside of it', () =>
  withServer({ basePath: '/iyo/' }, async () => {
    expect(new URL(server.url).pathname).toBe('/iyo')
    await jwtOf(user)
    expect((await fetch(new URL(path, server.url), { method: 'POST', ...encoded(user) })).status).toBe(404)
    expect((await request({ redirect: 'manual' }, `/${path}`)).headers.get('location')).toBe(`/iyo${path}`)
  }))

test('the answer is JSON for a client that accepts it', async () => {
  const answer = await answerOf(request(encoded(user, { accept: 'text/html, application/json;q=0.9' })))
  expect(answer).toEqual([200, 'application/json', expect.stringMatching(/^\{"access_token":"[\w-]+\.[\w.-]+"\}\n$/)])
})

test.each([
  ['', user, 'user:admin,', 'deployer'],
  ['id_token ', user, 'user:admin,', 'deployer'],
  ['', organization, 'organization:owner,', ''],
])('response_type %j brings an opaque token with full rights', async (response_type, key, scope, username) => {
  const response = await request(encoded({ ...key, response_type, scope: 'user:name', validity: '60' }))
  expect(response.headers.get('content-type')).toBe('application/json')
  const common = { access_token: expect.stringMatching(/^[\w-]{28}$/), token_type: 'bearer', expires_in: day - 601 }
  expect(await response.json()).toEqual({ ...common, scope, info: { username } })
})

test('the JWT has an ES384 header and a signature of 96 bytes (RFC 7518) that the public key verifies', async () => {
  const jwt = await jwtOf(user)
  // Nothing but the JWT, whose signature of 128 characters is 96 bytes.
  expect(jwt).toMatch(/^[\w-]+\.[\w-]+\.[\w-]{128}$/)
  expect(atob(jwt.split('.')[0] ?? '')).toBe('{"alg":"ES384","typ":"JWT"}')
  const key = await importSPKI(server.publicKeyPem, 'ES384')
  await expect(jwtVerify(jwt, key, { currentDate: new Date(now * 1000) })).resolves.toBeDefined()
})

const common = { exp: now + day, iss: 'itsyouonline' }
const ofUser = { ...common, azp: defaultUserKey.applicationId, username: 'deployer', scope: ['user:admin'] }
const ofOrganization = { ...common, azp: 'my-org', globalid: 'my-org', scope: ['organization:owner'] }
const refresh_token = expect.stringMatching(/^[\w-]{28}$/)

test.each<[Form, Form, object]>([
  [user, {}, ofUser],
  [organization, {}, ofOrganization],
  // A misspelt scope is granted as it stands.
  [user, { scope: 'user:memberOf:acme' }, { scope: ['user:memberOf:acme'] }],
  [organization, { scope: 'organization:owner:x' }, { scope: ['organization:owner:x'] }],
  [user, { scope: ' user:name , user:email,,' }, { scope: ['user:name', 'user:email'] }],
  [user, { scope: 'offline_access' }, { refresh_token }],
  [user, { scope: 'user:name,offline_access' }, { scope: ['user:name'], refresh_token }],
  [user, { scope: 'user:name offline_access' }, { scope: ['user:name offline_access'] }],
  // A membership that the user does not have is dropped without an error.
  [user, { scope: 'user:memberof:acme,user:memberof:my-org' }, { scope: ['user:memberof:my-org'] }],
  [user, { scope: 'user:memberof:acme' }, { scope: [''] }],
  [user, { aud: ' acme , other,, ' }, { aud: ['acme', 'other'] }],
])('the JWT %# has these claims and no others', async (key, form, claims) => {
  expect(decodeJwt(await jwtOf({ ...key, ...form }))).toEqual({
    ...(key === user ? ofUser : ofOrganization),
    ...claims,
  })
})

const asked = 'user:name,user:email,user:email:work,user:phone:main,user:address'
const stored = ['[user:name]:Ada Odd', '[user:email]:ada@example.com', '[user:email:work]:work@example.com']
test.each<[Form, string[]]>([
  [{ scope: asked, store_info: 'true' }, [...asked.split(','), ...stored, '[user:phone:main]:+321234']],
  [{ scope: 'user:name', add_grants: 'true' }, ['user:name', 'grant:deploy', 'grant:read']],
  [{ scope: 'user:name', store_info: '1', add_grants: 'TRUE' }, ['user:name']],
])('the JWT with %j has more in its scope', async (form, scope) => {
  expect(decodeJwt(await jwtOf({ ...odd, ...form }))['scope']).toEqual(scope)
})

test.each([
  ...Object.entries({ '1': 1, '+60': 60, '0900': 900, '86399': 86_399 }),
  ...['86400', '86401', '0', '-5', 'abc', '5m', '300.5', '1e3', ' 60', `${2n ** 63n}`, ''].map(text => [text, day]),
  // The server adds without a check, and the sum wraps round to a time long ago.
  ['9223372036854775807', Number(BigInt.asIntN(64, 2n ** 63n - 1n + BigInt(now))) - now],
] as [string, number][])('the JWT with validity %j lives %i seconds', async (validity, seconds) => {
  expect(decodeJwt(await jwtOf({ ...user, validity })).exp).toBe(now + seconds)
})

function refresh(jwt: string, { method = 'GET', scheme = 'bearer', validity = '' } = {}): Promise<Response> {
  const headers = { authorization: `${scheme} ${jwt}` }
  const at = '/v1/oauth/jwt/refresh'
  const body = new URLSearchParams({ validity })
  return method === 'GET' ? request({ method, headers }, `${at}?${body}`) : request({ method, headers, body }, at)
}

const refreshable = () => jwtOf({ ...user, scope: 'user:name,user:see,offline_access' })

test.each([
  ['GET', 'bearer', user],
  ['POST', 'Bearer', organization],
])('refresh by %s with %s gives an expired JWT a new exp', async (method, scheme, key) => {
  const jwt = await jwtOf({ ...key, scope: 'offline_access', aud: 'acme', validity: '60' })
  clock = now + 3600
  const [status, type, renewed] = await answerOf(refresh(jwt, { method, scheme }))
  expect([status, type]).toEqual([200, 'application/jwt'])
  expect(decodeJwt(renewed)).toEqual({ ...decodeJwt(jwt), exp: clock + day })
  expect(decodeProtectedHeader(renewed)).toEqual({ alg: 'ES384', typ: 'JWT' })
  const [, , shorter] = await answerOf(refresh(jwt, { method, validity: '300' }))
  expect(decodeJwt(shorter).exp).toBe(clock + 300)
})

const { privateKey } = await generateKeyPair('ES384')
async function unused(jwt: string): Promise<string> {
  for (const days of [30, 60]) {
    clock = now + days * day
    expect((await refresh(jwt)).status).toBe(200)
  }
  clock += 30 * day + 1
  return jwt
}
async function revoked(jwt: string): Promise<string> {
  server.revoke(`${decodeJwt(jwt)['refresh_token']}`)
  return jwt
}

test.each<[string, (refreshable: string) => Promise<string>, scheme?: string]>([
  ['without a JWT', async () => ''],
  ['with BEARER', async jwt => jwt, 'BEARER'],
  ['of a JWT without a refresh_token claim', () => jwtOf(user)],
  ['of a JWT that another key signed', jwt => server.issue(decodeJwt(jwt), { key: privateKey })],
  ['after the refresh token was revoked', revoked],
  ['after 30 days without use, and not before', unused],
])('refresh %s is unauthorized', async (_, prepare, ...[scheme]) => {
  const jwt = await prepare(await refreshable())
  expect(await answerOf(refresh(jwt, { scheme }))).toEqual([401, 'text/plain; charset=utf-8', 'Unauthorized\n'])
})

test('claims can be changed in what is issued and renewed, and a renewal can lose a scope', async () => {
  const more = ({ scope, ...claims }: Record<string, unknown>) => ({ ...claims, scope: [scope, 'more'].flat() })
  await withServer({ changeClaims: more }, async () => {
    const jwt = await refreshable()
    expect(decodeJwt(jwt)).toMatchObject({ username: 'deployer', scope: ['user:name', 'user:see', 'more'] })
    server.dropOnRefresh('user:see')
    const [, , renewed] = await answerOf(refresh(jwt))
    expect(decodeJwt(renewed)).toMatchObject({ username: 'deployer', scope: ['user:name', 'more'] })
  })
})

test('issue signs any claims, with any header that the key allows', async () => {
  const jwt = await server.issue({ exp: 1, nonsense: true }, { header: { alg: 'ES384', kid: 'x' } })
  expect(decodeJwt(jwt)).toEqual({ exp: 1, nonsense: true })
  expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'ES384', kid: 'x' })
})

test("a user's secret has 28 characters, an organization's has 52", () => {
  expect(defaultUserKey.secret).toMatch(/^[\w-]{28}$/)
  expect(defaultOrganizationKey.secret).toMatch(/^[\w-]{52}$/)
})

test('a proxy in front can answer by itself, and a rate limit answers 429 until a second is over', async () => {
  let milliseconds = 0
  const rateLimit = { perSecond: 2, retryAfterSeconds: 7 }
  const proxy = ({ query }: { query: string }) => (query === '' ? undefined : { status: 200, body: 'maintenance' })
  await withServer({ now: () => milliseconds, rateLimit, proxy }, async () => {
    expect(await answerOf(request({}, '/?page'))).toEqual([200, null, 'maintenance'])
    const status = async () => (await request({})).status
    expect([await status(), await status(), await status()]).toEqual([400, 400, 429])
    expect((await request({})).headers.get('retry-after')).toBe('7')
    milliseconds = 1000
    expect(await status()).toBe(400)
  })
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
