/** What an answer of the token endpoint means: the JWT in it, or the error. */

import { expect, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import type { Answer } from '../../../src/http/request.ts'
import type { Grant } from '../../../src/jwt/renewal.ts'
import { readJwt } from '../../../src/token-endpoint/answer.ts'
import { answerOf, foreignAnswers, serverOf, userToken } from '../../support/destinations.ts'
import { rowsOf, saying } from '../../support/rows.ts'

const server = serverOf('base-url', 'https://id.example')
const key = { grant: 'client_credentials', clientId: 'A'.repeat(28), clientSecret: 'B'.repeat(28) } as const
const organizationKey: Grant = { ...key, clientId: 'my-org' }
const old = { ...userToken, jwt: `aaaa.bbbb.${'S'.repeat(128)}`, refreshToken: 'refresh-token' }
const renewal: Grant = { grant: 'refresh', old }
const jwt = 'eyJhbGciOiJFUzM4NCJ9.e30.signature-_'

const read = (answer: Answer, grant: Grant = key) => readJwt(answer, server, grant, ['user:name'])
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
  expect(() => ok(body)).toThrow(
    saying('ERR_NOT_A_JWT', `https://id.example answered with ${found} instead of a JWT: `),
  )
})

test.each<[name: string, answer: Answer, grant: Grant, code: Code, says: string]>([
  ['400 for a key', answerOf(400), key, 'ERR_CREDENTIALS_REJECTED', 'do not belong together'],
  ['401 for a key', answerOf(401), organizationKey, 'ERR_SCOPE_REFUSED', 'the requested scope "user:name" (401): '],
  ['401 for a renewal', answerOf(401), renewal, 'ERR_RENEWAL_REFUSED', '(401): its refresh token was removed'],
  ['404', answerOf(404, { mediaType: 'text/html' }), key, 'ERR_NOT_FOUND', '(404): set "base-url" to the address'],
  // Bytes that are not UTF-8 become longer when they are read.
  ['65 kB', answerOf(200, { body: '\uFFFD'.repeat(65_536), isWhole: false }), key, 'ERR_NOT_A_JWT', 'than 65536 bytes'],
])('%s', (_name, answer, grant, code, says) => expect(() => read(answer, grant)).toThrow(saying(code, says)))

const elsewhere = 'if the server has moved to another address'
const isMoved = 'set "base-url" to https://new.example if'
const withoutRefreshToken: Grant = { grant: 'refresh', old: userToken }
type Redirect = [name: string, location: string | undefined, grant: Grant, says: string, status?: number]
test.each<Redirect>([
  ...[301, 302, 303, 307, 308].map((status): Redirect => [`is ${status}`, undefined, key, elsewhere, status]),
  ['leads to another server', 'https://new.example/v1/oauth/access_token', key, isMoved],
  ['has no secret', 'https://new.example/v1/oauth/jwt/refresh', withoutRefreshToken, isMoved],
  ['contains the secret', 'https://bbbbbbbb.example/v1/oauth/access_token', key, elsewhere],
  ['contains the refresh token', 'https://refresh-token.example/v1/oauth/jwt/refresh', renewal, elsewhere],
  ['contains the JWT', 'https://ssssssss.example/v1/oauth/jwt/refresh', renewal, elsewhere],
])('a redirect that %s', (_name, location, grant, says, status = 302) => {
  expect(() => read(answerOf(status, { location }), grant)).toThrow(saying('ERR_REDIRECT', says))
})

// The server refuses a user's key no "user:" scope, and a renewal nothing with 400.
test.each([
  ...[...foreignAnswers, ...[300, 304, 401].map(status => answerOf(status))].map(answer => ({
    of: 'a key',
    grant: key,
    ...answer,
  })),
  ...[...foreignAnswers, answerOf(400)].map(answer => ({ of: 'a renewal', grant: renewal, ...answer })),
])('for $of, what the server does not send came from in between: $status $mediaType', ({ grant, ...answer }) => {
  const error = saying('ERR_UNEXPECTED_STATUS', `status ${answer.status}, but not as ItsYou.online does: a gateway`)
  expect(() => read(answer, grant)).toThrow(error)
})
