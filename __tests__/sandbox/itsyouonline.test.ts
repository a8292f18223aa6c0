import https from 'node:https'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt, decodeProtectedHeader, importSPKI, jwtVerify } from 'jose'
import {
  defaultOrganizationKey,
  defaultUserKey,
  type ItsYouOnline,
  startItsYouOnline,
  type UserKey,
} from '../../sandbox/itsyouonline.ts'
import { makeCertificate } from '../support/certificates.ts'

/** The rows of the protocol, one by one: what the identity server does is what the sandbox does. */

/** Seconds; the servers of these tests stand still at it, so that no test waits or runs into midnight. */
const now = 1_800_000_000
const day = 86_400

const oddKey: UserKey = {
  applicationId: 'app +%&=/#é',
  secret: 'a+b %25 & c=d/e#f ü€',
  username: 'odd',
  memberOf: ['acme'],
  firstname: 'Ada',
  lastname: 'Odd',
  email: { main: 'ada@example.com', work: 'work@example.com' },
  phone: { main: '+321234' },
  grants: ['deploy', 'grant:read'],
}
const closedOrganization = { globalId: 'closed', secret: 'made-for-this-test', clientCredentials: false }

let clock = now
let server: ItsYouOnline

beforeAll(async () => {
  server = await startItsYouOnline({
    users: [defaultUserKey, oddKey],
    organizations: [defaultOrganizationKey, closedOrganization],
    now: () => clock * 1000,
  })
})
afterAll(() => server.close())

const path = '/v1/oauth/access_token'
const userCredentials = {
  grant_type: 'client_credentials',
  response_type: 'id_token',
  client_id: defaultUserKey.applicationId,
  client_secret: defaultUserKey.secret,
}
const oddCredentials = { ...userCredentials, client_id: oddKey.applicationId, client_secret: oddKey.secret }
const organizationCredentials = {
  ...userCredentials,
  client_id: defaultOrganizationKey.globalId,
  client_secret: defaultOrganizationKey.secret,
}

function post(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', body: new URLSearchParams(form), headers })
}

async function claimsOf(form: Record<string, string>): Promise<Record<string, unknown>> {
  const response = await post(form)
  expect(response.status).toBe(200)
  return decodeJwt(await response.text())
}

async function expectBadRequest(response: Response): Promise<void> {
  expect(response.status).toBe(400)
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('www-authenticate')).toBeNull()
  expect(await response.text()).toBe('Bad Request\n')
}

describe('the request', () => {
  test.each(['GET', 'PUT', 'HEAD', 'DELETE'])('%s is answered with 404', async method => {
    const query = new URLSearchParams(userCredentials)
    expect((await fetch(`${server.url + path}?${query}`, { method })).status).toBe(404)
  })

  test('the parameters may be in the query string', async () => {
    const response = await fetch(`${server.url + path}?${new URLSearchParams(userCredentials)}`, { method: 'POST' })
    expect(response.status).toBe(200)
    expect(server.requests.at(-1)).toMatchObject({ method: 'POST', path, body: '', status: 200 })
    expect(server.requests.at(-1)?.query).toContain('client_secret=')
  })

  test('the body wins over the query string', async () => {
    const response = await fetch(`${server.url + path}?scope=organization:owner&client_secret=wrong`, {
      method: 'POST',
      body: new URLSearchParams({ ...userCredentials, scope: 'user:name' }),
    })
    expect(decodeJwt(await response.text())['scope']).toEqual(['user:name'])
  })

  test('the first of a repeated parameter wins', async () => {
    const body = new URLSearchParams(userCredentials)
    body.append('scope', 'user:name')
    body.append('scope', 'user:email')
    const response = await fetch(server.url + path, { method: 'POST', body })
    expect(decodeJwt(await response.text())['scope']).toEqual(['user:name'])
  })

  test('a JSON body is not read', async () => {
    const headers = { 'content-type': 'application/json' }
    await expectBadRequest(
      await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify(userCredentials) }),
    )
  })

  test('a multipart body is not read', async () => {
    const body = new FormData()
    for (const [name, value] of Object.entries(userCredentials)) body.set(name, value)
    await expectBadRequest(await fetch(server.url + path, { method: 'POST', body }))
  })

  test('a body without a Content-Type is not read', async () => {
    const body = Buffer.from(`${new URLSearchParams(userCredentials)}`)
    await expectBadRequest(await fetch(server.url + path, { method: 'POST', body }))
    expect(server.requests.at(-1)?.headers['content-type']).toBeUndefined()
  })

  test.each(Object.keys(userCredentials).filter(name => name !== 'response_type'))(
    'without %s it is a bad request',
    async name => {
      await expectBadRequest(await post({ ...userCredentials, [name]: '' }))
    },
  )

  test('a grant_type other than client_credentials is a bad request', async () => {
    await expectBadRequest(await post({ ...userCredentials, grant_type: 'password' }))
  })

  test.each([{ client_id: 'nobody' }, { client_secret: 'wrong' }])('%o is a bad request', async wrong => {
    await expectBadRequest(await post({ ...userCredentials, ...wrong }))
  })

  test('a secret with a newline behind it is a wrong secret', async () => {
    await expectBadRequest(await post({ ...userCredentials, client_secret: `${defaultUserKey.secret}\n` }))
  })

  test('an id and secret with odd characters work when form-encoded', async () => {
    expect(await claimsOf(oddCredentials)).toMatchObject({ username: 'odd', azp: oddKey.applicationId })
  })

  test('an id and secret with odd characters are a bad request when not form-encoded', async () => {
    const body = Object.entries(oddCredentials)
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await expectBadRequest(await fetch(server.url + path, { method: 'POST', headers, body }))
  })

  test('a stray percent sign is a bad request, whatever else is right', async () => {
    await expectBadRequest(
      await fetch(`${server.url + path}?${new URLSearchParams(userCredentials)}&x=%`, { method: 'POST' }),
    )
  })
})

describe('Basic authentication', () => {
  const { client_id: id, client_secret: secret, ...others } = userCredentials
  const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` })

  test('works without a client_secret parameter', async () => {
    expect((await post(others, basic(`${id}:${secret}`))).status).toBe(200)
  })

  test('is not looked at when there is a client_secret parameter', async () => {
    await expectBadRequest(await post({ ...userCredentials, client_secret: 'wrong' }, basic(`${id}:${secret}`)))
  })

  test('is not percent-decoded', async () => {
    const { applicationId, secret } = oddKey
    expect((await post(others, basic(`${applicationId}:${secret}`))).status).toBe(200)
    const encoded = basic(`${encodeURIComponent(applicationId)}:${encodeURIComponent(secret)}`)
    await expectBadRequest(await post(others, encoded))
  })

  test('without a colon is a bad request', async () => {
    await expectBadRequest(await post(others, basic('alone')))
  })
})

describe('the path', () => {
  test.each([
    [`${path}/`, path],
    [`/${path}`, path],
    [`/v1//oauth/access_token?a=b`, `${path}?a=b`],
  ])('%s is redirected, and a client that follows loses its POST', async (from, to) => {
    const response = await fetch(server.url + from, { method: 'POST', redirect: 'manual', body: '' })
    expect(response.status).toBe(301)
    expect(response.headers.get('location')).toBe(to)
    expect(
      (await fetch(server.url + from, { method: 'POST', body: new URLSearchParams(userCredentials) })).status,
    ).toBe(404)
  })

  test.each(['/', '/v1/oauth/token', '/.well-known/openid-configuration'])('%s is not found', async other => {
    const response = await fetch(server.url + other, { method: 'POST' })
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('404 page not found\n')
  })

  test('a base path is part of the url, and nothing is found outside of it', async () => {
    const behindProxy = await startItsYouOnline({ basePath: '/iyo/' })
    try {
      const url = new URL(behindProxy.url)
      expect(url.pathname).toBe('/iyo')
      const body = new URLSearchParams(userCredentials)
      expect((await fetch(behindProxy.url + path, { method: 'POST', body })).status).toBe(200)
      expect((await fetch(url.origin + path, { method: 'POST', body })).status).toBe(404)
      const redirect = await fetch(`${behindProxy.url}/${path}`, { method: 'POST', body, redirect: 'manual' })
      expect(redirect.headers.get('location')).toBe(`/iyo${path}`)
    } finally {
      await behindProxy.close()
    }
  })
})

describe('response_type', () => {
  test.each(['', 'token', 'id_token '])('%j gives an opaque token with full rights', async response_type => {
    const response = await post({ ...userCredentials, response_type, scope: 'user:name', validity: '60' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    const answer = (await response.json()) as Record<string, unknown>
    expect(answer['access_token']).toMatch(/^[\w-]{28}$/)
    expect(answer).toMatchObject({ token_type: 'bearer', scope: 'user:admin,', info: { username: 'deployer' } })
    expect(answer['expires_in']).toBeGreaterThan(day - 700)
  })

  test('left out, an organization key gets an opaque token of its own', async () => {
    const answer = await (await post({ ...organizationCredentials, response_type: '' })).json()
    expect(answer).toMatchObject({ scope: 'organization:owner,', info: { username: '' } })
  })

  test('left out, a wrong secret is still a bad request', async () => {
    await expectBadRequest(await post({ ...userCredentials, response_type: '', client_secret: 'wrong' }))
  })
})

describe('the answer', () => {
  test('is the bare JWT, without a newline', async () => {
    const response = await post(userCredentials)
    expect(response.headers.get('content-type')).toBe('application/jwt')
    expect(await response.text()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  test.each(['application/json', 'text/html, application/json;q=0.9'])('is JSON for Accept: %s', async accept => {
    const response = await post(userCredentials, { accept })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toMatch(/^\{"access_token":"[\w-]+\.[\w-]+\.[\w-]+"\}\n$/)
  })

  test('to a scope that the key may not have is 401 in plain text', async () => {
    const response = await post(
      { ...userCredentials, scope: 'user:name,organization:owner' },
      { accept: 'application/json' },
    )
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(response.headers.get('www-authenticate')).toBeNull()
    expect(await response.text()).toBe('Unauthorized\n')
  })
})

describe('the JWT', () => {
  test('has an ES384 header and nothing more in it', async () => {
    const token = await (await post(userCredentials)).text()
    expect(Buffer.from(`${token.split('.')[0]}`, 'base64url').toString()).toBe('{"alg":"ES384","typ":"JWT"}')
  })

  test('is signed with the 96 bytes of RFC 7518, and the public key verifies them', async () => {
    const token = await (await post(userCredentials)).text()
    expect(Buffer.from(`${token.split('.')[2]}`, 'base64url')).toHaveLength(96)
    expect(server.publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/)
    const verified = jwtVerify(token, await importSPKI(server.publicKeyPem, 'ES384'), {
      currentDate: new Date(now * 1000),
    })
    await expect(verified).resolves.toBeDefined()
  })

  test('of a user key has these claims and no others', async () => {
    expect(await claimsOf({ ...userCredentials, scope: 'user:name' })).toEqual({
      azp: defaultUserKey.applicationId,
      exp: now + day,
      iss: 'itsyouonline',
      scope: ['user:name'],
      username: 'deployer',
    })
  })

  test('of an organization key has globalid in place of username', async () => {
    expect(await claimsOf(organizationCredentials)).toEqual({
      azp: 'my-org',
      exp: now + day,
      globalid: 'my-org',
      iss: 'itsyouonline',
      scope: ['organization:owner'],
    })
  })

  test('of an organization whose client credentials flow is off is not to be had', async () => {
    const { globalId, secret } = closedOrganization
    await expectBadRequest(await post({ ...userCredentials, client_id: globalId, client_secret: secret }))
  })
})

describe('scope', () => {
  const granted = async (scope: string) => (await claimsOf({ ...userCredentials, scope }))['scope']

  test.each(['', 'offline_access', ' , '])('%j asks for everything the key may do', async scope => {
    expect(await granted(scope)).toEqual(['user:admin'])
    expect((await claimsOf({ ...organizationCredentials, scope }))['scope']).toEqual(['organization:owner'])
  })

  test('is separated by commas, and trimmed', async () => {
    expect(await granted(' user:name , user:email,,')).toEqual(['user:name', 'user:email'])
  })

  test('is not separated by a blank', async () => {
    expect(await granted('user:name user:email')).toEqual(['user:name user:email'])
  })

  test('with a blank before offline_access silently gives no refresh token', async () => {
    const claims = await claimsOf({ ...userCredentials, scope: 'user:name offline_access' })
    expect(claims['scope']).toEqual(['user:name offline_access'])
    expect(claims).not.toHaveProperty('refresh_token')
  })

  test('is matched by prefix: a user key may ask for anything that starts with user:', async () => {
    expect(await granted('user:no-such-thing')).toEqual(['user:no-such-thing'])
  })

  test.each(['organization:owner', 'admin', 'user'])('%s is not allowed to a user key', async scope => {
    expect((await post({ ...userCredentials, scope })).status).toBe(401)
  })

  test.each(['user:name', 'user:memberof:my-org', 'organization:member'])(
    '%s is not allowed to an organization key',
    async scope => {
      expect((await post({ ...organizationCredentials, scope })).status).toBe(401)
    },
  )

  test('of an organization is matched by the prefix organization:owner', async () => {
    const claims = await claimsOf({ ...organizationCredentials, scope: 'organization:owner:x' })
    expect(claims['scope']).toEqual(['organization:owner:x'])
  })

  test('of a membership that the user has is granted', async () => {
    expect(await granted('user:memberof:my-org')).toEqual(['user:memberof:my-org'])
  })

  test('of a membership that the user does not have is dropped without an error', async () => {
    expect(await granted('user:memberof:acme,user:name')).toEqual(['user:name'])
  })

  test('is one empty string when nothing is left', async () => {
    expect(await granted('user:memberof:acme')).toEqual([''])
  })

  test('offline_access puts a refresh token into the JWT, and not into its scopes', async () => {
    const claims = await claimsOf({ ...userCredentials, scope: 'user:name,offline_access' })
    expect(claims['scope']).toEqual(['user:name'])
    expect(claims['refresh_token']).toMatch(/^[\w-]{28}$/)
  })
})

describe('aud', () => {
  test.each([
    ['acme', ['acme']],
    [' acme , other,, ', ['acme', 'other']],
  ])('%j becomes %j', async (aud, claim) => {
    expect((await claimsOf({ ...userCredentials, aud }))['aud']).toEqual(claim)
  })

  test('left out or empty, there is no such claim', async () => {
    expect(await claimsOf({ ...userCredentials, aud: ' , ' })).not.toHaveProperty('aud')
  })
})

describe('validity', () => {
  const expiry = async (validity: string) => Number((await claimsOf({ ...userCredentials, validity }))['exp']) - now

  test.each([
    ['1', 1],
    ['+60', 60],
    ['0900', 900],
    ['86399', 86_399],
  ])('%s shortens the day', async (validity, seconds) => {
    expect(await expiry(validity)).toBe(seconds)
  })

  test.each(['86400', '86401', '31536000', '0', '-5', 'abc', '5m', '300.5', '1e3', ' 60', '9223372036854775808', ''])(
    '%j is silently ignored: the token lives a day',
    async validity => {
      expect(await expiry(validity)).toBe(day)
    },
  )

  test('a value near 2^63 overflows to an expiry in the past', async () => {
    expect(await expiry('9223372036854775807')).toBeLessThan(-9e18)
  })
})

describe('store_info and add_grants', () => {
  const scopeOf = async (form: Record<string, string>) => (await claimsOf({ ...oddCredentials, ...form }))['scope']

  test('store_info adds what the scopes stand for', async () => {
    const scope = 'user:name,user:email,user:email:work,user:phone:main,user:address'
    expect(await scopeOf({ scope, store_info: 'true' })).toEqual([
      ...scope.split(','),
      '[user:name]:Ada Odd',
      '[user:email]:ada@example.com',
      '[user:email:work]:work@example.com',
      '[user:phone:main]:+321234',
    ])
  })

  test('add_grants appends the grants', async () => {
    expect(await scopeOf({ scope: 'user:name', add_grants: 'true' })).toEqual([
      'user:name',
      'grant:deploy',
      'grant:read',
    ])
  })

  test.each(['1', 'TRUE', ''])('%j is not true', async value => {
    expect(await scopeOf({ scope: 'user:name', store_info: value, add_grants: value })).toEqual(['user:name'])
  })
})

describe('refresh', () => {
  const refreshPath = '/v1/oauth/jwt/refresh'

  function refresh(token: string, options: { method?: string; scheme?: string; validity?: string } = {}) {
    const { method = 'GET', scheme = 'bearer', validity } = options
    const headers = { authorization: `${scheme} ${token}` }
    const parameters = new URLSearchParams(validity === undefined ? {} : { validity })
    return method === 'GET'
      ? fetch(`${server.url + refreshPath}?${parameters}`, { headers })
      : fetch(server.url + refreshPath, { method, headers, body: parameters })
  }

  async function refreshable(scope = 'user:name,offline_access', extra: Record<string, string> = {}): Promise<string> {
    return (await post({ ...userCredentials, ...extra, scope })).text()
  }

  async function expectUnauthorized(response: Response): Promise<void> {
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('Unauthorized\n')
  }

  test.each(['GET', 'POST'])('by %s gives the same claims with a new exp', async method => {
    const token = await refreshable('user:name,offline_access', { aud: 'acme', validity: '60' })
    clock = now + 3600
    try {
      // The token expired an hour less a minute ago; that does not matter.
      const response = await refresh(token, { method })
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/jwt')
      const renewed = await response.text()
      expect(decodeJwt(renewed)).toEqual({ ...decodeJwt(token), exp: clock + day })
      expect(decodeProtectedHeader(renewed)).toEqual({ alg: 'ES384', typ: 'JWT' })
    } finally {
      clock = now
    }
  })

  test.each(['GET', 'POST'])('by %s takes a validity', async method => {
    const response = await refresh(await refreshable(), { method, validity: '300' })
    expect(decodeJwt(await response.text()).exp).toBe(now + 300)
  })

  test('takes bearer and Bearer, but not BEARER', async () => {
    const token = await refreshable()
    expect((await refresh(token, { scheme: 'bearer' })).status).toBe(200)
    expect((await refresh(token, { scheme: 'Bearer' })).status).toBe(200)
    await expectUnauthorized(await refresh(token, { scheme: 'BEARER' }))
  })

  test('without a token is unauthorized', async () => {
    await expectUnauthorized(await fetch(server.url + refreshPath))
  })

  test('of a JWT without a refresh_token claim is unauthorized', async () => {
    await expectUnauthorized(await refresh(await refreshable('user:name')))
  })

  test('of a JWT with a forged signature is unauthorized', async () => {
    const other = await startItsYouOnline()
    try {
      await expectUnauthorized(await refresh(await other.issue(decodeJwt(await refreshable()))))
    } finally {
      await other.close()
    }
  })

  test('after the refresh token was revoked is unauthorized', async () => {
    const token = await refreshable()
    server.revoke(`${decodeJwt(token)['refresh_token']}`)
    await expectUnauthorized(await refresh(token))
  })

  test('is possible for ever when used within 30 days, and not after 30 days without use', async () => {
    const token = await refreshable()
    try {
      for (const days of [29, 58, 87]) {
        clock = now + days * day
        expect((await refresh(token)).status).toBe(200)
      }
      clock += 30 * day + 1
      await expectUnauthorized(await refresh(token))
    } finally {
      clock = now
    }
  })

  test('of an organization key works likewise', async () => {
    const token = await (await post({ ...organizationCredentials, scope: 'offline_access' })).text()
    const response = await refresh(token)
    expect(decodeJwt(await response.text())).toMatchObject({ globalid: 'my-org', scope: ['organization:owner'] })
  })

  test('can be made to lose a scope', async () => {
    const ownServer = await startItsYouOnline()
    try {
      const body = new URLSearchParams({ ...userCredentials, scope: 'user:name,user:memberof:my-org,offline_access' })
      const token = await (await fetch(ownServer.url + path, { method: 'POST', body })).text()
      ownServer.dropOnRefresh('user:memberof:my-org')
      const headers = { authorization: `bearer ${token}` }
      const response = await fetch(ownServer.url + refreshPath, { headers })
      expect(decodeJwt(await response.text())['scope']).toEqual(['user:name'])
    } finally {
      await ownServer.close()
    }
  })

  test('by another method is not found', async () => {
    expect((await refresh(await refreshable(), { method: 'PUT' })).status).toBe(404)
  })
})

describe('the hooks for tests', () => {
  test('requests are recorded as they came', async () => {
    await fetch(`${server.url + path}?a=%20b`, { method: 'POST', body: 'c=d', headers: { 'x-odd': '1' } })
    expect(server.requests.at(-1)).toMatchObject({
      method: 'POST',
      path,
      query: 'a=%20b',
      body: 'c=d',
      status: 400,
      headers: { 'x-odd': '1' },
    })
  })

  test('issue signs any claims, with any header that the key allows', async () => {
    const token = await server.issue({ exp: 1, nonsense: true }, { header: { alg: 'ES384', kid: 'x' } })
    expect(decodeJwt(token)).toEqual({ exp: 1, nonsense: true })
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES384', kid: 'x' })
  })

  test('secrets are made anew, long, and differ', () => {
    expect(defaultUserKey.secret).toMatch(/^[\w-]{52}$/)
    expect(defaultOrganizationKey.secret).not.toBe(defaultUserKey.secret)
  })

  test('a rate limit answers 429 above it, and forgets after a second', async () => {
    let milliseconds = 0
    const limited = await startItsYouOnline({
      now: () => milliseconds,
      rateLimit: { perSecond: 2, retryAfterSeconds: 7 },
    })
    try {
      const status = async () => (await fetch(limited.url)).status
      expect([await status(), await status(), await status()]).toEqual([404, 404, 429])
      expect((await fetch(limited.url)).headers.get('retry-after')).toBe('7')
      milliseconds = 1000
      expect(await status()).toBe(404)
    } finally {
      await limited.close()
    }
  })

  test('a proxy in front can answer by itself', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>maintenance</html>' }
    const proxied = await startItsYouOnline({ proxy: received => (received.method === 'POST' ? page : undefined) })
    try {
      expect(await (await fetch(proxied.url + path, { method: 'POST' })).text()).toBe('<html>maintenance</html>')
      expect((await fetch(proxied.url + path)).status).toBe(404)
    } finally {
      await proxied.close()
    }
  })

  test('it speaks https with a certificate', async () => {
    const certificate = await makeCertificate()
    const secure = await startItsYouOnline({ tls: certificate })
    try {
      expect(secure.url).toBe(`https://127.0.0.1:${secure.port}`)
      const status = await new Promise((resolve, reject) => {
        https.get(secure.url, { ca: certificate.cert }, response => resolve(response.statusCode)).on('error', reject)
      })
      expect(status).toBe(404)
    } finally {
      await secure.close()
    }
  })

  test('a port that is taken is an error with its code', async () => {
    await expect(startItsYouOnline({ port: server.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('close ends a connection that is still open', async () => {
    const short = await startItsYouOnline()
    const socket = connect(short.port, '127.0.0.1')
    await new Promise(resolve => socket.once('connect', resolve))
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n')
    socket.on('error', () => {})
    const closed = new Promise(resolve => socket.once('close', resolve))
    // Only once the server has taken the connection does it have something to end.
    await fetch(short.url)
    await short.close()
    await closed
  })
})
