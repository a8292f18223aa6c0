/** What an answer of the token endpoint means: the JWT in it, or the error. */

import { describe, expect, test } from '@jest/globals'
import type { Answer } from '../../../src/http/request.ts'
import type { Grant } from '../../../src/jwt/renewal.ts'
import { readJwt } from '../../../src/token-endpoint/answer.ts'
import { answerOf, foreignAnswers, serverOf, userToken } from '../../support/destinations.ts'
import { rowsOf } from '../../support/rows.ts'

const server = serverOf('base-url', 'https://id.example')
const key = { grant: 'client_credentials', clientId: 'A'.repeat(28), clientSecret: 'B'.repeat(28) } as const
const old = { ...userToken, jwt: `aaaa.bbbb.${'S'.repeat(128)}`, refreshToken: 'refresh-token' }
const renewal: Grant = { grant: 'refresh', old }
const jwt = 'eyJhbGciOiJFUzM4NCJ9.e30.signature-_'

const read = (answer: Answer, grant: Grant = key) => readJwt(answer, server, grant, ['user:name'])
const organizationKey: Grant = { ...key, clientId: 'my-org' }
const ok = (body: string) => read(answerOf(200, { body, mediaType: 'application/jwt' }))

test.each([
  ['bare, with a line break', `${jwt}\r\n`, jwt],
  ['in JSON with more beside it', ` ${JSON.stringify({ token_type: 'bearer', access_token: jwt }, null, 2)}\n`, jwt],
  ['after a byte order mark', `\uFEFF${jwt}`, jwt],
  ['without a signature', 'e30.e30.', 'e30.e30.'],
])('a JWT %s', (_how, body, expected) => expect(ok(body)).toBe(expected))

const opaque = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6'
test.each(
  rowsOf({
    nothing: ['', ' \n'],
    'an HTML page': ['<html>', '\uFEFF\n <!DOCTYPE html>'],
    'an opaque access token': [opaque, `{"access_token":"${opaque}"}`, 'x'.repeat(20), 'x'.repeat(64)],
    'JSON of another shape': ['{}', `{"__proto__":{"access_token":"${jwt}"}}`],
    'something else': [
      ...['{"access_token":null}', `{"access_token":["${jwt}"]}`, `{"access_token":["${opaque}"]}`],
      ...[`{"access_token":"${jwt}`, `"${jwt}"`, `bearer ${jwt}`, `${jwt}.x`, '..', 'a.b', '.b.c', 'a..c'],
      ...['x'.repeat(19), 'x'.repeat(65)],
    ],
  }),
)('%#: %j is %s', (body, found) => {
  expect(() => ok(body)).toThrow(`https://id.example answered with ${found} instead of a JWT: `)
  expect(() => ok(body)).toThrow(/\[ERR_NOT_A_JWT\]$/)
})

const elsewhere = 'if the server has moved to another address, set "base-url" to it'
const redirect = (location?: string) => answerOf(302, { location })
test.each<[name: string, answer: Answer, grant: Grant, code: string, says: string]>([
  ['400 for a key', answerOf(400), key, 'ERR_CREDENTIALS_REJECTED', 'do not belong together'],
  ['401 for a key', answerOf(401), organizationKey, 'ERR_SCOPE_REFUSED', 'the requested scope "user:name" (401): '],
  ['400 for a renewal', answerOf(400), renewal, 'ERR_RENEWAL_REFUSED', '(400): '],
  [
    '401 for a renewal',
    answerOf(401),
    renewal,
    'ERR_RENEWAL_REFUSED',
    '(401): its refresh token was not used for 30 days',
  ],
  ['404', answerOf(404, { mediaType: 'text/html' }), key, 'ERR_NOT_FOUND', '(404): set "base-url" to the address'],
  ['a redirect', redirect(), key, 'ERR_REDIRECT', elsewhere],
  ['the first redirect', answerOf(300), key, 'ERR_REDIRECT', elsewhere],
  ['the last redirect', answerOf(399), key, 'ERR_REDIRECT', elsewhere],
  [
    'a redirect to another server',
    redirect('https://new.example/v1/oauth/access_token'),
    key,
    'ERR_REDIRECT',
    'set "base-url" to https://new.example if',
  ],
  [
    'a redirect with the secret',
    redirect('https://bbbbbbbb.example/v1/oauth/access_token'),
    key,
    'ERR_REDIRECT',
    elsewhere,
  ],
  [
    'a redirect with the refresh token',
    redirect('https://refresh-token.example/v1/oauth/jwt/refresh'),
    renewal,
    'ERR_REDIRECT',
    elsewhere,
  ],
  [
    'a redirect with the JWT',
    redirect('https://ssssssss.example/v1/oauth/jwt/refresh'),
    renewal,
    'ERR_REDIRECT',
    elsewhere,
  ],
])('%s', (_name, answer, grant, code, says) => {
  expect(() => read(answer, grant)).toThrow(says)
  expect(() => read(answer, grant)).toThrow(new RegExp(`https://id\\.example .*\\[${code}\\]$`))
})

test('a redirect of a renewal whose JWT has no refresh token is repeated', () => {
  const answer = redirect('https://new.example/v1/oauth/jwt/refresh')
  expect(() => read(answer, { grant: 'refresh', old: userToken })).toThrow('set "base-url" to https://new.example if')
})

test('an answer that is too large', () => {
  // Bytes that are not UTF-8 become longer when they are read.
  const answer = answerOf(200, { body: '\uFFFD'.repeat(65_536), isWhole: false })
  expect(() => read(answer)).toThrow(/more than 65536 bytes.*\[ERR_TOO_LARGE\]$/)
})

describe.each<[string, Grant]>([
  ['a key', key],
  ['a renewal', renewal],
])('for %s, what the server does not send came from something in between', (_which, grant) => {
  const isKey = grant.grant === 'client_credentials'
  // The server refuses a user's key no "user:" scope.
  test.each([...foreignAnswers, ...(isKey ? [answerOf(401)] : [])])('$status $mediaType $hasChallenge', answer => {
    const says = new RegExp(`status ${answer.status}, and not as ItsYou\\.online does.*\\[ERR_UNEXPECTED_STATUS\\]$`)
    expect(() => read(answer, grant)).toThrow(says)
    expect(() => read(answer, grant)).not.toThrow(/credentials|"app-id"|"secret"/)
  })
})
