/** A JWT read into a typed record: what passes, and each way it does not. */

import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { readToken, userOf } from '../../../src/jwt/token.ts'
import * as forge from '../../support/forge.ts'
import { words } from '../../support/rows.ts'

const { anotherKey, claims, keys, now, signJwt, unsigned } = forge
const exp = now / 1000 + 3600
/** As with the built-in keys. */
const strict = { ...keys, issuer: 'itsyouonline' }

const read = (jwt: string, by = keys) => readToken(jwt, by, now, found => new Error(found) as never)
const good = (changes: Record<string, unknown> = {}) => claims({ exp, ...changes })
const ofOrganization = { username: undefined, globalid: 'my org', azp: 'my org' }

test("a user's JWT", async () => {
  const scopes = ['user:name', 'user:memberof:cloud potatoes']
  const audiences = ['https://api.example']
  const jwt = signJwt(good({ scope: scopes, aud: audiences }))
  expect(await read(jwt)).toEqual({
    ...{ jwt, authorizedParty: forge.applicationId, identity: 'jane', issuer: 'itsyouonline', keyKind: 'user' },
    ...{ scopes, audiences, expiresAt: exp, refreshToken: undefined, verifiedAt: now },
  })
})

test("an organization's JWT that can be renewed", async () => {
  const expected = { identity: 'my org', keyKind: 'organization', refreshToken: 'r' }
  expect(await read(signJwt(good({ ...ofOrganization, refresh_token: 'r' })))).toMatchObject(expected)
})

test.each<[name: string, changes: Record<string, unknown>, read: Record<string, unknown>]>([
  ['null beside a user name is absent', { globalid: null }, { identity: 'jane', keyKind: 'user' }],
  ['null beside a global id is absent', { username: null, globalid: 'org', azp: 'org' }, { keyKind: 'organization' }],
  ["with the key of one's own server, an issuer has any name", { iss: 'decs3o' }, { issuer: 'decs3o' }],
  ['an issuer may be a URL', { iss: 'https://id.example/iyo' }, { issuer: 'https://id.example/iyo' }],
  ['no scope', { scope: undefined }, { scopes: [] }],
  ['a scope claim that is null', { scope: null }, { scopes: [] }],
  ['one empty scope, where every one was dropped', { scope: [''] }, { scopes: [] }],
  ['an audience as text', { aud: 'one' }, { audiences: ['one'] }],
  ['an audience that is null', { aud: null }, { audiences: [] }],
  ['a fraction of a second', { exp: exp + 0.9 }, { expiresAt: exp }],
  ['an expiry in the past, which others judge', { exp: 0 }, { expiresAt: 0 }],
  ['the end of the year 9999', { exp: 253_402_300_799 }, { expiresAt: 253_402_300_799 }],
  ['an empty refresh token', { refresh_token: '' }, { refreshToken: undefined }],
  ['a start within the tolerance', { nbf: now / 1000 + 60 }, { identity: 'jane' }],
  ['claims that no one asked for', { iat: 'x', sub: 1, jti: [] }, { identity: 'jane' }],
])('passes: %s', async (_name, changes, expected) => {
  expect(await read(signJwt(good(changes)))).toMatchObject(expected)
})

test('a key may be one of several', async () => {
  const [first, second] = [forge.publicKeysOf(anotherKey).trusted, keys.trusted]
  const both = [...first, ...second]
  for (const trusted of [both, both.toReversed()]) {
    expect(await read(signJwt(good()), { trusted, issuer: undefined })).toMatchObject({ identity: 'jane' })
  }
})

describe('claims that do not pass', () => {
  const scopes = [
    'user:name',
    [1],
    [['user:name']],
    ['user:name,user:email'],
    ['user:name', ''],
    ['user:name\n'],
    { 0: 'user:name' },
  ]
  const one = 'does not have exactly one of "username" and "globalid"'
  const names = ['', 1, ['jane'], 'jane\n::error::x', '<b>', 'a##[error]b', 'jane ', 'a\u202eb', 'a\u{13441}b', 'a:b']
  const rows: [claim: string, values: unknown[], found: string][] = [
    ['iss', [undefined, 1, '', 'a\nb'], 'does not say who issued it in plain text ("iss")'],
    ['azp', [undefined, ...names], 'does not say to whom it was issued in plain text ("azp")'],
    ['username', [undefined, null], one],
    ['globalid', ['org'], one],
    ['username', names, 'has a "username" or "globalid" that is not plain text'],
    ['exp', [undefined, null, `${exp}`, -1, exp * 1000, 253_402_300_800], 'has no expiry time in seconds ("exp")'],
    ['nbf', ['x', null], 'has a start time that is not a date ("nbf")'],
    ['nbf', [now / 1000 + 61], 'is not valid yet ("nbf")'],
    ['scope', scopes, 'has scopes that are not a list of different plain names ("scope")'],
    [
      'aud',
      [['a', 'a'], [1], 1, '', ['a', ''], ['$x']],
      'has an audience that is not a list of different plain names ("aud")',
    ],
    ['refresh_token', [1, null], 'has a refresh token that is not a text ("refresh_token")'],
  ]
  test.each([
    [{ username: null, globalid: null }, one] as const,
    ...rows.flatMap(([claim, values, found]) => values.map(value => [{ [claim]: value }, found] as const)),
  ])('%j', async (changes, found) => {
    await expect(read(signJwt(good(changes)))).rejects.toThrow(found)
  })

  test('another issuer than "itsyouonline", with a built-in key', async () => {
    expect(await read(signJwt(good()), strict)).toMatchObject({ issuer: 'itsyouonline' })
    for (const iss of ['decs3o', 'ItsYouOnline', undefined, 1]) {
      await expect(read(signJwt(good({ iss })), strict)).rejects.toThrow('was not issued by "itsyouonline" ("iss")')
    }
  })
})

const text = JSON.stringify(good())
test.each<[name: string, payload: string | Buffer]>([
  ...['x', '[]', 'null', '"text"', '1'].map((payload): [string, string] => [payload, payload]),
  ['a list of claims', `[${text}]`],
  ['a byte order mark', `\ufeff${text}`],
  ['UTF-16', Buffer.from(text, 'utf16le')],
  ['Latin 1', Buffer.from(text.replace('jane', 'jos\u00e9'), 'latin1')],
  ['half of a surrogate pair in UTF-8', Buffer.from(text.replace('jane', 'j\u00ed\u00a0\u0080'), 'latin1')],
  ['an overlong slash', Buffer.from(text.replace('jane', 'j\u00c0\u00af'), 'latin1')],
])('a payload is a JSON object in UTF-8, not %j', async (_name, payload) => {
  await expect(read(signJwt(payload))).rejects.toThrow('has claims that cannot be read')
})

/** Headers that the server's key signed. */
const withHeader = (header: Record<string, unknown>) => signJwt(good(), { header })

test.each([
  ...['ES384 ', ...words('none None NONE es384 Es384 ES256 ES512 HS256 HS384 RS256 PS384')].map(alg => [
    alg,
    withHeader({ alg }),
  ]),
  ['none, without a signature', `${unsigned(good(), { alg: 'none' })}.`],
  ['the public key as a shared secret', hmac(unsigned(good(), { alg: 'HS256', typ: 'JWT' }))],
])('the algorithm is ES384, in this letter case, not %j', async (_name, jwt) => {
  await expect(read(jwt)).rejects.toThrow('is not signed with ES384')
})

/** The classic forgery: a public key is not secret, so a reader that takes its text for one accepts any JWT. */
function hmac(signed: string): string {
  return `${signed}.${createHmac('sha256', forge.publicKeyPem).update(signed).digest('base64url')}`
}

const [header = '', payload = '', signature = ''] = signJwt(good()).split('.')
const jwk = createPublicKey(anotherKey).export({ format: 'jwk' })
const fromUrl = { alg: 'ES384', jku: 'http://127.0.0.1:1/keys', x5u: 'http://127.0.0.1:1/x', kid: '../x' }

test.each([
  ['another key of the same curve', signJwt(good(), { key: anotherKey })],
  ['a key that its header contains', signJwt(good(), { key: anotherKey, header: { alg: 'ES384', jwk } })],
  ['a key that its header names', signJwt(good(), { key: anotherKey, header: fromUrl })],
  ['zeros', `${header}.${payload}.${'A'.repeat(128)}`],
  ['the signature of other claims', `${unsigned(good({ username: 'root' }), { alg: 'ES384' })}.${signature}`],
])("only this server's key verifies, not %s", async (_name, jwt) => {
  await expect(read(jwt)).rejects.toThrow("is not signed with this server's key")
})

test.each([
  ['a signature that is cut', `${header}.${payload}.${signature.slice(0, -4)}`],
  ['a signature that is too long', `${header}.${payload}.${signature}AAAA`],
  ['a key of another curve', signJwt(good(), { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey })],
])('%s has another length', async (_name, jwt) => {
  await expect(read(jwt)).rejects.toThrow('has a signature that is cut off or too long')
})

test.each([[{ crit: ['x'], x: 1 }], [{ crit: ['b64'], b64: false }], [{ crit: ['b64'], b64: true }]])(
  'an extension is refused: %j',
  async extension => {
    const jwt = signJwt('payload', { header: { alg: 'ES384', ...extension } })
    const both = { ...keys, trusted: [...keys.trusted, ...forge.publicKeysOf(anotherKey).trusted] }
    for (const by of [keys, both]) {
      await expect(read(jwt, by)).rejects.toThrow('has an extension that this action does not know ("crit")')
    }
  },
)

test.each([
  ['nothing', ''],
  ['two parts', `${header}.${payload}`],
  ['four parts', `${header}.${payload}.${signature}.`],
  ['five parts (JWE)', `${header}..${payload}.${payload}.${signature}`],
  ['the flattened JSON serialization', JSON.stringify({ payload, protected: header, signature })],
  ['the general JSON serialization', JSON.stringify({ payload, signatures: [{ protected: header, signature }] })],
  ['a detached payload', `${header}..${signature}`],
  ['padding', `${header}.${payload}.${signature}=`],
  ['a line break inside', `${header}.${payload}.${signature.slice(0, 60)}\n${signature.slice(60)}`],
  ['a space inside', `${header}.${payload}.${signature.slice(0, 60)} ${signature.slice(60)}`],
  ['a letter of another alphabet', `\u0435${header}.${payload}.${signature}`],
  ['a header that is not JSON', `eA.${payload}.${signature}`],
  ['no algorithm', withHeader({ typ: 'JWT' })],
  ['a list of algorithms', withHeader({ alg: ['ES384'] })],
])('only three parts of base64url are a signed JWT, not %s', async (_name, jwt) => {
  await expect(read(jwt)).rejects.toThrow('is not a signed JWT')
})

test('a user is known to OpenvCloud by name and issuer, an organization is not', async () => {
  expect(userOf(await read(signJwt(good({ iss: 'decs3o' }))))).toBe('jane@decs3o')
  expect(userOf(await read(signJwt(good(ofOrganization))))).toBeUndefined()
})
