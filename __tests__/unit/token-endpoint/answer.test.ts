/** The conversation with the token endpoint: what is sent, and what each answer means. */

import { afterAll, describe, expect, test } from '@jest/globals'
import { listen, type Reply, text } from '../../sandbox/servers/http.ts'
import { exchange, tokenRequest } from '../../src/exchange.ts'
import { patience, surroundings } from '../support/destinations.ts'
import { claims, unsigned } from '../support/forge.ts'
import { read, type Texts } from '../support/inputs.ts'
import { rowsOf } from '../support/rows.ts'

/** What the server answers to the next request, and to those after it. */
const replies: Reply[] = []
const server = await listen({ record: () => {} }, () => replies.shift() ?? text(500))
afterAll(() => server.close())

// The same in each run: the names of tests contain it.
const jwt = `${unsigned(claims({ refresh_token: 'refresh-token', exp: 1 }), { alg: 'ES384' })}.${'S'.repeat(128)}`
const userKey = { 'app-id': 'A'.repeat(28), secret: 'B'.repeat(28), 'base-url': server.origin }
const newJwt = { ...userKey, scope: 'user:name, user:memberof:cloud potatoes', audience: 'a b, c', validity: '15m' }
const renewal = { 'app-id': '', secret: '', jwt, validity: '1h', 'base-url': server.origin }

const ask = (inputs: Texts, retries = 0) => exchange(read(inputs), patience({ retries }), surroundings)

function answers(status: number, body = '', headers: Record<string, string> = {}): void {
  replies.push({ status, body, headers })
}

type Answer = Parameters<typeof answers>
/** The message about an answer; it has to end with the code. */
async function errorFor(code: string, inputs: Texts, ...answer: Answer): Promise<string> {
  answers(...answer)
  const message: string = await ask(inputs).then(
    () => 'none',
    error => error.message,
  )
  expect(message).toMatch(new RegExp(`^${server.origin} .* \\[${code}\\]$`))
  return message
}

describe('the request', () => {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }

  test('for a new JWT has the credentials in its body', () => {
    const { body, ...request } = tokenRequest(read({ ...newJwt, 'base-url': 'https://id.example/iyo' }))
    const url = 'https://id.example/iyo/v1/oauth/access_token'
    expect(request).toEqual({ method: 'POST', url, headers: type, limit: 65_536 })
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      grant_type: 'client_credentials',
      client_id: userKey['app-id'],
      client_secret: userKey.secret,
      response_type: 'id_token',
      scope: 'user:name,user:memberof:cloud potatoes',
      aud: 'a b,c',
      validity: '900',
    })
  })

  test('leaves out what was not asked for', () => {
    const names = [...new URLSearchParams(tokenRequest(read(userKey)).body).keys()]
    expect(names).toEqual(['grant_type', 'client_id', 'client_secret', 'response_type'])
  })

  test('for a renewal has the JWT in its header, and no secret', () => {
    const url = `${server.origin}/v1/oauth/jwt/refresh`
    const headers = { ...type, authorization: `bearer ${jwt}` }
    expect(tokenRequest(read(renewal))).toMatchObject({ method: 'POST', url, headers, body: 'validity=3600' })
  })
})

test('a server that speaks no https is named with its input', async () => {
  const url = server.origin.replace('http', 'https')
  await expect(ask({ ...newJwt, 'base-url': url })).rejects.toThrow('check that the port in "base-url" speaks https')
})

test('503 is asked again', async () => {
  answers(503)
  answers(200, jwt)
  expect(await ask(newJwt, 1)).toBe(jwt)
})

test.each([
  ['bare, with a line break', `${jwt}\r\n`],
  ['in JSON with more beside it', ` ${JSON.stringify({ token_type: 'bearer', access_token: jwt }, null, 2)}\n`],
])('a JWT %s', async (_how, body) => {
  answers(200, body, { 'content-type': 'text/html; charset=utf-8' })
  expect(await ask(newJwt)).toBe(jwt)
})

const opaque = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6'
test.each(
  rowsOf({
    nothing: ['', ' \n'],
    'an HTML page': ['<html>', '\uFEFF\n <!DOCTYPE html>'],
    'an opaque access token': [opaque, `{"access_token":"${opaque}"}`],
    'JSON of another shape': ['{}', `{"__proto__":{"access_token":"${jwt}"}}`],
    'something else': [
      ...['{"access_token":null}', `{"access_token":["${jwt}"]}`, `{"access_token":["${opaque}"]}`],
      ...[`{"access_token":"${jwt}`, `"${jwt}"`, `bearer ${jwt}`, 'x'.repeat(19), 'x'.repeat(65)],
    ],
  }),
)('%#: %j is %s', async (body, found) => {
  const remedy = 'check that "base-url" is an ItsYou.online server, without a login or maintenance page in front of it.'
  expect(await errorFor('ERR_NOT_A_JWT', newJwt, 200, body)).toContain(`${found} instead of a JWT: ${remedy}`)
})

describe('an answer that ends the run', () => {
  const renew = /\(400\): get a new one with the scope offline_access, and check that "base-url" is the server/
  const unknownToken = /\(401\): it does not know the refresh token, .* Get a new JWT with the scope offline_access\./
  const notFound =
    /\(404\): set "base-url" to its own address, .* of OpenvCloud or AYS belongs in "ovc-url" or "ays-url"/
  const unavailable = '(status 500 after 1 attempt): run the job again later, or raise "retries" and "timeout".'
  const unexpected = 'which an ItsYou.online server does not: check "base-url", and what is between'
  test.each<[status: number, code: string, inputs: Texts, says: string | RegExp]>([
    [400, 'ERR_CREDENTIALS_REJECTED', newJwt, 'rejected the credentials (400): "app-id" or "secret" is wrong, or'],
    [400, 'ERR_RENEWAL_REFUSED', renewal, renew],
    [401, 'ERR_SCOPE_REFUSED', newJwt, 'scopes "user:name", "user:memberof:cloud potatoes" (401): a user\'s key may'],
    [401, 'ERR_SCOPE_REFUSED', { ...userKey, scope: 'admin' }, 'the requested scope "admin" (401): scopes begin'],
    [401, 'ERR_SCOPE_REFUSED', userKey, 'refused the default scope (401): scopes begin'],
    [401, 'ERR_RENEWAL_REFUSED', renewal, unknownToken],
    [404, 'ERR_NOT_FOUND', newJwt, notFound],
    [500, 'ERR_UNAVAILABLE', newJwt, unavailable],
    [204, 'ERR_UNEXPECTED_STATUS', newJwt, `answered with status 204, ${unexpected}`],
    [403, 'ERR_UNEXPECTED_STATUS', newJwt, `answered with status 403, ${unexpected}`],
    [300, 'ERR_REDIRECT', newJwt, 'redirects to another address, and redirects are not followed'],
  ])('%d: %s', async (status, code, inputs, says) => {
    expect(await errorFor(code, inputs, status)).toMatch(says)
  })

  const at = (location: string) => ({ location })
  const tooLarge = 'more than 65536 bytes, far more than a JWT: check that "base-url" is an ItsYou.online server.'
  const gzip = 'gzip encoding, although the request asks for none: have the server, or the proxy in front of it, send'
  const toHost = /redirects to new\.example, and redirects are not followed, .* put its address into "base-url"\./
  const toPath = /to another path of the same host, and redirects are not followed, .*: append \/id to "base-url"\./
  test.each<[name: string, code: string, inputs: Texts, answer: Answer, says: string | RegExp]>([
    ['too large', 'ERR_TOO_LARGE', newJwt, [200, 'x'.repeat(65_537)], tooLarge],
    ['compressed', 'ERR_COMPRESSED', newJwt, [200, 'x', { 'content-encoding': 'gzip' }], gzip],
    ['to a host', 'ERR_REDIRECT', newJwt, [307, '', at('https://new.example/x')], toHost],
    ['to a path', 'ERR_REDIRECT', newJwt, [302, '', at('/id/v1/oauth/access_token')], toPath],
    ['with the secret', 'ERR_REDIRECT', newJwt, [302, '', at('https://bbbbbbbb.example')], 'to another address'],
    ['with the refresh token', 'ERR_REDIRECT', renewal, [302, '', at('https://refresh-token.a')], 'to another address'],
    ['with the JWT', 'ERR_REDIRECT', renewal, [302, '', at('https://ssssssss.example')], 'to another address'],
  ])('%s', async (_name, code, inputs, answer, says) => {
    expect(await errorFor(code, inputs, ...answer)).toMatch(says)
  })
})
