/** The conversation with the token endpoint. nock stands in for the public servers, which a loopback server cannot be. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import nock from 'nock'
import { exchange } from '../../src/exchange.ts'
import type { Inputs } from '../../src/inputs/inputs.ts'
import { redirectTarget } from '../../src/redirect.ts'
import { patience, surroundings } from '../support/destinations.ts'
import { claims, signJwt } from '../support/forge.ts'
import { read } from '../support/inputs.ts'

beforeAll(() => nock.disableNetConnect())
afterEach(() => nock.cleanAll())
afterAll(() => {
  nock.enableNetConnect()
  nock.restore()
})

const jwt = signJwt(claims({ refresh_token: 'refresh-token' }))
const userKey = { 'app-id': 'A'.repeat(28), secret: 'B'.repeat(28) }
const newJwt = read({
  ...userKey,
  scope: 'user:name, user:memberof:cloud potatoes',
  audience: 'a b, c',
  validity: '15m',
})
const renewal = read({ 'app-id': '', secret: '', jwt, validity: '1h' })

const lines: string[] = []
const ask = (inputs: Inputs, retries = 0) => exchange(inputs, patience({ retries }), surroundings(lines))

/** A public server that gives one answer. */
function answers(status: number, body: string, headers: Record<string, string> = {}): nock.Scope {
  return nock('https://itsyou.online')
    .post(/^\/v1\/oauth\//)
    .reply(status, body, headers)
}
async function errorFor(inputs: Inputs, status: number, body = '', headers?: Record<string, string>): Promise<string> {
  answers(status, body, headers)
  return ask(inputs).then(
    () => 'none',
    error => error.message,
  )
}

describe('the request', () => {
  test.each([
    ['https://itsyou.online', undefined],
    ['https://staging.itsyou.online', 'https://staging.itsyou.online'],
  ])('goes to %s, with the credentials in the body', async (origin, baseUrl) => {
    let sent = ''
    const scope = nock(origin, {
      reqheaders: {
        'content-type': 'application/x-www-form-urlencoded',
        'accept-encoding': 'identity',
        'user-agent': 'ovc-jwt-action',
      },
      badheaders: ['accept', 'authorization'],
    })
      .post('/v1/oauth/access_token', body => {
        sent = new URLSearchParams(body as Record<string, string>).toString()
        return true
      })
      .reply(200, jwt)
    expect(await ask(baseUrl ? { ...newJwt, baseUrl } : newJwt)).toBe(jwt)
    scope.done()
    expect(Object.fromEntries(new URLSearchParams(sent))).toEqual({
      grant_type: 'client_credentials',
      client_id: userKey['app-id'],
      client_secret: userKey.secret,
      response_type: 'id_token',
      scope: 'user:name,user:memberof:cloud potatoes',
      aud: 'a b,c',
      validity: '900',
    })
  })

  test('leaves out what was not asked for', async () => {
    const scope = nock('https://itsyou.online')
      .post('/v1/oauth/access_token', body => !('scope' in body || 'aud' in body || 'validity' in body))
      .reply(200, jwt)
    await ask(read(userKey))
    scope.done()
  })

  test('for a renewal has the JWT in its header, and no secret', async () => {
    const scope = nock('https://itsyou.online', { reqheaders: { authorization: `bearer ${jwt}` } })
      .post('/v1/oauth/jwt/refresh', 'validity=3600')
      .reply(200, jwt)
    expect(await ask(renewal)).toBe(jwt)
    scope.done()
  })
})

test('a server that cannot be reached is named with its input', async () => {
  nock('https://itsyou.online')
    .post(/./)
    .replyWithError(Object.assign(new Error('x'), { code: 'ECONNRESET' }))
  await expect(ask(newJwt)).rejects.toThrow('https://itsyou.online could not be reached (ECONNRESET): check "base-url"')
})

describe('an answer with a JWT', () => {
  test.each([
    ['bare', jwt],
    ['with a line break', `${jwt}\r\n`],
    ['as access_token in JSON', JSON.stringify({ access_token: jwt })],
    ['in JSON with more beside it', ` ${JSON.stringify({ token_type: 'bearer', access_token: jwt }, null, 2)}\n`],
  ])('%s', async (_how, body) => {
    answers(200, body, { 'content-type': 'text/html; charset=utf-8' })
    expect(await ask(newJwt)).toBe(jwt)
  })
})

describe('an answer without a JWT', () => {
  test.each([
    ['', 'nothing'],
    [' \n', 'nothing'],
    ['<html>', 'an HTML page'],
    ['\uFEFF\n <!DOCTYPE html>', 'an HTML page'],
    ['Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6', 'an opaque access token'],
    ['{"access_token":"Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"}', 'an opaque access token'],
    ['{}', 'JSON of another shape'],
    [`{"__proto__":{"access_token":"${jwt}"}}`, 'JSON of another shape'],
    ['{"access_token":1}', 'something else'],
    ['{"access_token":null}', 'something else'],
    [`{"access_token":["${jwt}"]}`, 'something else'],
    [`{"access_token":"${jwt}`, 'something else'],
    [`{"a":${'['.repeat(30_000)}`, 'something else'],
    ['[]', 'something else'],
    [`"${jwt}"`, 'something else'],
    [`bearer ${jwt}`, 'something else'],
    [`${jwt}\n${jwt}`, 'something else'],
    [`${jwt}=`, 'something else'],
    ['::error::x', 'something else'],
    ['x'.repeat(19), 'something else'],
    ['x'.repeat(65), 'something else'],
  ])('%#: %j is %s', async (body, found) => {
    expect(await errorFor(newJwt, 200, body)).toBe(
      `https://itsyou.online answered with ${found} instead of a JWT: check that "base-url" is an ItsYou.online server, without a login or maintenance page in front of it. [ERR_NOT_A_JWT]`,
    )
  })

  test.each([
    ['gzip', 'gzip'],
    ['BR', 'br'],
    ['zstd', 'zstd'],
    ['gzip, br', 'gzip, br'],
    ['gzip, SERVER-TEXT', 'unknown'],
    ['SERVER-TEXT', 'unknown'],
  ])('in the encoding %s', async (encoding, named) => {
    expect(await errorFor(newJwt, 200, 'x', { 'content-encoding': encoding })).toBe(
      `https://itsyou.online answered with ${named} encoding, although the request asks for none: have the server, or the proxy in front of it, send token answers uncompressed. [ERR_COMPRESSED]`,
    )
  })
})

describe('a status', () => {
  test.each<[number, string, string]>([
    [
      400,
      'rejected the credentials (400): "app-id" or "secret" is wrong, or the key was deleted or made on another server; copy both again from the API key\'s page. [ERR_CREDENTIALS_REJECTED]',
      'does not understand the renewal of the JWT in "jwt" (400): get a new one with the scope offline_access, and check that "base-url" is the server that issued it. [ERR_RENEWAL_REFUSED]',
    ],
    [
      401,
      'refused the requested scopes "user:name", "user:memberof:cloud potatoes" (401): a user\'s key may request them',
      'did not renew the JWT in "jwt" (401): it does not know the refresh token, which was not used for 30 days or was issued by another server. Get a new JWT with the scope offline_access. [ERR_RENEWAL_REFUSED]',
    ],
    [
      404,
      'has no ItsYou.online token endpoint (404): set "base-url" to its own address, such as https://itsyou.online, without /v1/oauth; the address of OpenvCloud or AYS belongs in "ovc-url" or "ays-url". [ERR_NOT_FOUND]',
      '[ERR_NOT_FOUND]',
    ],
    [
      500,
      'is unavailable (status 500 after 1 attempt): run the job again later, or raise "retries" and "timeout". [ERR_UNAVAILABLE]',
      '[ERR_UNAVAILABLE]',
    ],
    [522, '[ERR_UNAVAILABLE]', '[ERR_UNAVAILABLE]'],
    [
      204,
      'answered with status 204, which an ItsYou.online server does not: check "base-url", and what is between the runner and the server. [ERR_UNEXPECTED_STATUS]',
      '[ERR_UNEXPECTED_STATUS]',
    ],
    [403, '[ERR_UNEXPECTED_STATUS]', '[ERR_UNEXPECTED_STATUS]'],
    [501, '[ERR_UNEXPECTED_STATUS]', '[ERR_UNEXPECTED_STATUS]'],
    [302, 'redirects to another address, and redirects are not followed', '[ERR_REDIRECT]'],
    [300, '[ERR_REDIRECT]', '[ERR_REDIRECT]'],
  ])('%d', async (status, ofNew, ofRenewal) => {
    expect(await errorFor(newJwt, status, 'SERVER-TEXT')).toContain(ofNew)
    expect(await errorFor(renewal, status, 'SERVER-TEXT')).toContain(ofRenewal)
  })

  test('401 without a scope names the default', async () => {
    expect(await errorFor(read(userKey), 401)).toContain('refused the default scope (401)')
  })

  test('503 is tried again, and the log says so', async () => {
    answers(503, '')
    answers(200, jwt)
    lines.splice(0)
    expect(await ask(newJwt, 1)).toBe(jwt)
    expect(lines).toEqual(['Attempt 1 failed (status 503); trying again in 0.5 s.'])
  })

  test('503 with a Retry-After is tried as often as the server asks for it', async () => {
    for (let asked = 0; asked < 3; asked++) answers(429, '', { 'retry-after': '1' })
    answers(200, jwt)
    expect(await ask(newJwt, 1)).toBe(jwt)
  })

  test('more than 64 KiB are not read', async () => {
    expect(await errorFor(newJwt, 200, 'x'.repeat(65_537))).toContain(
      'answered with more than 65536 bytes, far more than a JWT',
    )
  })
})

describe('the target of a redirect', () => {
  const secret = 'Secret-Of_28/characters+Here'
  test.each<[location: string | undefined, target: Record<string, unknown>]>([
    ['https://login.example/x', { host: 'login.example' }],
    ['https://login.example:8443', { host: 'login.example:8443' }],
    ['HTTPS://Login.Example', { host: 'login.example' }],
    ['http://login.example', { host: 'login.example' }],
    ['/id/v1/oauth/access_token', { advice: 'append /id to "base-url"' }],
    ['https://id.example/a/b-1/v1/oauth/jwt/refresh', { advice: 'append /a/b-1 to "base-url"' }],
    ['http://id.example:8080/id/v1/oauth/access_token', { advice: 'append /id to "base-url"' }],
    ['/v1/oauth/access_token/', { host: 'another path of the same host' }],
    ['/id/v1/oauth/access_token?x', { advice: 'append /id to "base-url"' }],
    [`/${'x'.repeat(100)}/v1/oauth/access_token`, { host: 'another path of the same host' }],
    ['/a%20b/v1/oauth/access_token', { host: 'another path of the same host' }],
    ['/<b>/v1/oauth/access_token', { host: 'another path of the same host' }],
    [undefined, {}],
    ['https://', {}],
    ['mailto:a@b.example', {}],
    ['ftp://login.example', {}],
    ['https://[2001:db8::1]', {}],
    [`https://${'a'.repeat(254)}`, {}],
    ['https://a_b.example', {}],
    [`https://${secret.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}.example`, {}],
    ['https://of28characters.example', {}],
    ['/secretof28/v1/oauth/access_token', {}],
    ['https://sec-ret.of28.example', {}],
    ['https://secreto.example', { host: 'secreto.example' }],
  ])('%s', (location, target) => expect(redirectTarget(location, 'https://id.example', [secret])).toEqual(target))

  test('below another path than the one in "base-url" says what to write in its place', () => {
    expect(redirectTarget('/new/v1/oauth/access_token', 'https://id.example/old', [secret])).toEqual({
      advice: 'write /new in place of /old in "base-url"',
    })
  })

  test('that is the same path again is no advice', () => {
    expect(redirectTarget('/id/v1/oauth/access_token', 'https://id.example/id', [secret])).toEqual({
      host: 'another path of the same host',
    })
  })

  test('is compared with all of a short secret', () => {
    expect(redirectTarget('https://abc.example', 'https://id.example', ['a-b-c'])).toEqual({})
    expect(redirectTarget('https://abc.example', 'https://id.example', ['---'])).toEqual({ host: 'abc.example' })
  })

  test('on the same host says what to append', async () => {
    expect(await errorFor(newJwt, 302, '', { location: '/id/v1/oauth/access_token' })).toBe(
      'https://itsyou.online redirects to another path of the same host, and redirects are not followed, because the request contains the secret: append /id to "base-url". [ERR_REDIRECT]',
    )
  })

  test.each([
    ['the refresh token', 'refresh-token'],
    ['the JWT', jwt.slice(-20).replaceAll(/[^A-Za-z0-9]/g, '')],
  ])('is not repeated where it has a part of %s', async (_name, part) => {
    const message = await errorFor(renewal, 302, '', { location: `https://${part}.example/` })
    expect(message).toContain('redirects to another address')
  })

  test('on another host names it', async () => {
    expect(await errorFor(newJwt, 307, '', { location: 'https://new.example/x' })).toBe(
      'https://itsyou.online redirects to new.example, and redirects are not followed, because the request contains the secret: if the server has moved there, put its address into "base-url". [ERR_REDIRECT]',
    )
  })
})
