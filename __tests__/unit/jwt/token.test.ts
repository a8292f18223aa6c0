/** A JWT read into a typed record: what passes, and each way it does not. */

import { describe, expect, test } from '@jest/globals'
import { readToken, userOf } from '../../../src/jwt/token.ts'
import * as forge from '../../support/forge.ts'

const { anotherKey, claims, keys, signJwt } = forge
const now = 1_700_000_000_000
const exp = now / 1000 + 3600
const unverified = forge.publicKeysOf()
/** As with the built-in keys. */
const strict = { ...keys, issuer: 'itsyouonline' }

const read = (jwt: string, by = keys) => readToken(jwt, by, now, what => new Error(what) as never)
const good = (changes: Record<string, unknown> = {}) => claims({ exp, ...changes })

test("a user's JWT", async () => {
  const scopes = ['user:name', 'user:memberof:cloud potatoes']
  const audiences = ['https://api.example']
  const jwt = signJwt(good({ scope: scopes, aud: audiences }))
  expect(await read(jwt)).toEqual({
    ...{ jwt, scopes, audiences },
    authorizedParty: forge.applicationId,
    identity: 'jane',
    issuer: 'itsyouonline',
    keyKind: 'user',
    expiresAt: exp,
    refreshToken: undefined,
    signatureVerified: true,
  })
})

test("an organization's JWT, whose signature is not verified", async () => {
  const jwt = signJwt(good({ username: undefined, globalid: 'my org', refresh_token: 'r' }), { key: anotherKey })
  const expected = { identity: 'my org', keyKind: 'organization', refreshToken: 'r', signatureVerified: false }
  expect(await read(jwt, unverified)).toMatchObject(expected)
})

describe('what passes', () => {
  test.each<[name: string, changes: Record<string, unknown>, read: Record<string, unknown>]>([
    ['null beside a user name is absent', { globalid: null }, { identity: 'jane', keyKind: 'user' }],
    ['null beside a global id is absent', { username: null, globalid: 'org' }, { keyKind: 'organization' }],
    ['another name of the issuer, with a key of the user', { iss: 'decs3o' }, { issuer: 'decs3o' }],
    ['no scope', { scope: undefined }, { scopes: [] }],
    ['a scope claim that is null', { scope: null }, { scopes: [] }],
    ['one empty scope, where every one was dropped', { scope: [''] }, { scopes: [] }],
    ['an audience as text', { aud: 'one' }, { audiences: ['one'] }],
    ['an audience that is null', { aud: null }, { audiences: [] }],
    ['a fraction of a second', { exp: exp + 0.9 }, { expiresAt: exp }],
    ['an expiry in the past, which others judge', { exp: 0 }, { expiresAt: 0 }],
    ['the last date there is', { exp: 8_640_000_000_000 }, { expiresAt: 8_640_000_000_000 }],
    ['an empty refresh token', { refresh_token: '' }, { refreshToken: undefined }],
    ['a start within the tolerance', { nbf: now / 1000 + 60 }, { identity: 'jane' }],
    ['claims that no one asked for', { iat: 'x', sub: 1, jti: [] }, { identity: 'jane' }],
  ])('%s', async (_name, changes, expected) => {
    expect(await read(signJwt(good(changes)))).toMatchObject(expected)
  })

  test('a key that is one of several', async () => {
    const both = { keys: [...forge.publicKeysOf(anotherKey).keys, ...keys.keys], issuer: undefined }
    expect(await read(signJwt(good()), both)).toMatchObject({ signatureVerified: true })
  })
})

describe('claims that do not pass, verified or not', () => {
  const scopes = ['user:name', [1], [['user:name']], ['user:name,user:email'], ['user:name\n'], { 0: 'user:name' }]
  const one = 'does not have exactly one of "username" and "globalid"'
  const names = ['', 1, ['jane'], 'jane\n::error::x', '<b>', 'a##[error]b']
  const rows: [claim: string, values: unknown[], what: string][] = [
    ['iss', [undefined, 1, 'a\nb'], 'does not say who issued it in plain text ("iss")'],
    ['azp', [undefined, '', [forge.applicationId], 'a\u202eb'], 'does not say to whom it was issued ("azp")'],
    ['username', [undefined, null], one],
    ['globalid', ['org'], one],
    ['username', names, 'has a "username" or "globalid" that is not plain text'],
    ['exp', [undefined, null, `${exp}`, -1, 8_640_000_000_001], 'has no expiry time that is a date ("exp")'],
    ['nbf', ['x', null], 'has a start time that is not a date ("nbf")'],
    ['nbf', [now / 1000 + 61], 'is not valid yet ("nbf")'],
    ['scope', scopes, 'has scopes that are not a list of plain names ("scope")'],
    ['aud', [[1], 1, '', ['a', ''], ['$x']], 'has an audience that is not a list of plain names ("aud")'],
    ['refresh_token', [1, null], 'has a refresh token that is not a text ("refresh_token")'],
  ]
  test.each([
    [{ username: null, globalid: null }, one] as const,
    ...rows.flatMap(([claim, values, what]) => values.map(value => [{ [claim]: value }, what] as const)),
  ])('%j', async (changes, what) => {
    await expect(read(signJwt(good(changes)))).rejects.toThrow(what)
    await expect(read(signJwt(good(changes)), unverified)).rejects.toThrow(what)
  })

  test('a list in the place of claims', async () => {
    await expect(read(signJwt('[]'))).rejects.toThrow('has claims that cannot be read')
  })
})

test('with a built-in key the issuer has to be "itsyouonline"', async () => {
  expect(await read(signJwt(good()), strict)).toMatchObject({ issuer: 'itsyouonline' })
  for (const iss of ['decs3o', 'ItsYouOnline', undefined, 1]) {
    await expect(read(signJwt(good({ iss })), strict)).rejects.toThrow('was not issued by "itsyouonline" ("iss")')
  }
})

describe('signatures that do not pass', () => {
  const key = "is not signed with this server's key"
  const es384 = 'is not signed with ES384'
  test.each<[name: string, jwt: string, what: string]>([
    ['another key', signJwt(good(), { key: anotherKey }), key],
    ['other claims under the same signature', forge.tamper(signJwt(good()), good({ username: 'root' })), key],
    ['zeros', `${forge.unsigned(good(), { alg: 'ES384' })}.${'A'.repeat(128)}`, key],
    ['none', `${forge.unsigned(good(), { alg: 'none' })}.`, es384],
    ['the public key as a shared secret', forge.signWithPublicKeyAsSecret(good()), es384],
    ['an extension', signJwt(good(), { header: { alg: 'ES384', crit: ['x'], x: 1 } }), 'does not know ("crit")'],
    ['two parts', 'a.b', 'does not have the three parts of a JWT'],
  ])('%s', async (_name, jwt, what) => {
    await expect(read(jwt)).rejects.toThrow(what)
    // Without a key, only what is in the signature itself passes.
    if (what !== key) await expect(read(jwt, unverified)).rejects.toThrow(what)
  })
})

test('a user is known to OpenvCloud by name and issuer, an organization is not', async () => {
  expect(userOf(await read(signJwt(good({ iss: 'decs3o' }))))).toBe('jane@decs3o')
  expect(userOf(await read(signJwt(good({ username: undefined, globalid: 'org' }))))).toBeUndefined()
})
