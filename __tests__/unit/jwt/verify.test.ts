/** Is this JWT what was asked for? A new one against the inputs, a renewed one against the old one. */

import { describe, expect, test } from '@jest/globals'
import type { ClientCredentials } from '../../../src/inputs/inputs.ts'
import type { Token } from '../../../src/jwt/token.ts'
import { expectation, missingScopes } from '../../../src/jwt/verify.ts'
import { anotherKey, applicationId, claims, keys, publicKeysOf, signJwt } from '../../support/forge.ts'

const now = 1_700_000_000_000
const exp = now / 1000 + 3600
const server = 'https://id.example'
const verifier = { keys, server, now: () => now }

const sign = (changes: Record<string, unknown> = {}) => signJwt(claims({ exp, ...changes }))

type Asked = Partial<Pick<ClientCredentials, 'scopes' | 'audiences'>>

async function verifyNew(changes: Record<string, unknown>, asked: Asked = {}): Promise<Token> {
  const pair = { grant: 'client_credentials', clientId: applicationId, clientSecret: 'secret' } as const
  const credentials: ClientCredentials = { ...pair, scopes: ['user:name'], audiences: [], ...asked }
  const { old, verify } = await expectation(credentials, verifier)
  expect(old).toBeUndefined()
  return verify(sign(changes))
}

test.each<[name: string, changes: Record<string, unknown>, asked: Asked]>([
  ['as asked for', {}, {}],
  ['in another order', { scope: ['b:c', 'a:b'] }, { scopes: ['a:b', 'b:c'] }],
  ['with a refresh token that was asked for', { refresh_token: 'r' }, { scopes: ['user:name', 'offline_access'] }],
  ['with all that the key may do, where no scope was asked for', { scope: ['user:admin'] }, { scopes: [] }],
  ['with all, for offline_access', { scope: ['user:admin'], refresh_token: 'r' }, { scopes: ['offline_access'] }],
  ['for the audience', { aud: ['a', 'b'] }, { audiences: ['b', 'a'] }],
  ['expired within the tolerance', { exp: now / 1000 - 59 }, {}],
])('a new JWT passes: %s', async (_name, changes, asked) => {
  expect(await verifyNew(changes, asked)).toMatchObject({ identity: 'jane' })
})

const check = 'so it was not set: check "base-url" and "public-key", and tell the server\'s operator'
const otherId = `The JWT from https://id.example was issued to another application id ("azp"), ${check}`
const lacking = `The JWT from https://id.example lacks the audience "b" that was asked for ("aud"), ${check}`
const add = (input: string) => `which "${input}" does not request, so it was not set: add it to "${input}" if the job`
const expired = /^The new JWT from https:\/\/id\.example expired 60 s ago by .* 60 s: set the runner's clock, or/
const none = 'The scope "user:name" was not granted (requested: "user:name"; granted: none): the owner of the key'
const two = 'The scopes "a:b", "c:d" were not granted (requested: "user:name", "a:b", "c:d"; granted: "user:name"): '
const noMember = 'not a member of that organization; add the user there, or correct "scope".'
const noRefreshToken = 'the JWT has no refresh token; leave offline_access out if nothing has to renew the JWT'
const noRight = 'the owner of the key probably does not have that right; grant it there, or correct "scope".'

test.each<[code: string, changes: Record<string, unknown>, asked: Asked, says: string | RegExp]>([
  ['ERR_JWT_INVALID', { azp: 'another' }, {}, otherId],
  ['ERR_JWT_INVALID', { aud: ['a'] }, { audiences: ['a', 'b'] }, lacking],
  ['ERR_JWT_EXPIRED', { exp: now / 1000 - 60 }, {}, expired],
  ['ERR_MORE_THAN_REQUESTED', { aud: ['a', 'b'] }, { audiences: ['a'] }, `has the audience "b", ${add('audience')}`],
  ['ERR_MORE_THAN_REQUESTED', { scope: ['user:name', 'x'] }, {}, `has the scope "x", ${add('scope')}`],
  ['ERR_MORE_THAN_REQUESTED', { refresh_token: 'r' }, {}, 'has the scope "offline_access"'],
  ['ERR_SCOPE_NOT_GRANTED', { scope: [''] }, {}, none],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'a:b', 'c:d'] }, two],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'user:memberof:x', 'a:b'] }, noMember],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'offline_access'] }, noRefreshToken],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'offline_access', 'a:b'] }, noRight],
])('%s: a new JWT with %j for %j', async (code, changes, asked, says) => {
  const error = await verifyNew(changes, asked).catch(reason => reason)
  expect(error.code).toBe(code)
  expect(error.message).toMatch(says)
})

describe('a renewal', () => {
  const oldClaims = { refresh_token: 'r', scope: ['a:b', 'c:d'], aud: ['x', 'w'], exp: 0 }
  const renewalOf = (jwt: string, by = verifier) => expectation({ grant: 'refresh', jwt }, by)
  const renew = async (changes: Record<string, unknown>) => {
    const { old, verify } = await renewalOf(sign(oldClaims))
    expect(old).toMatchObject({ identity: 'jane', scopes: ['a:b', 'c:d'] })
    return verify(sign({ ...oldClaims, exp, ...changes }))
  }

  test.each<[name: string, changes: Record<string, unknown>]>([
    ['of the same', {}],
    ['that lost a scope, which is a warning', { scope: ['c:d'] }],
    ['that lost its refresh token', { refresh_token: undefined }],
  ])('%s passes', async (_name, changes) => expect(await renew(changes)).toMatchObject({ expiresAt: exp }))

  const another = 'is for another identity than the JWT that was renewed'
  const otherAudience = 'does not have the audience of the JWT that was renewed ("aud")'
  test.each<[changes: Record<string, unknown>, what: string]>([
    [{ username: 'root' }, another],
    [{ username: undefined, globalid: 'jane' }, another],
    [{ azp: 'another' }, 'was issued to another application id ("azp")'],
    [{ scope: ['a:b', 'e:f'] }, 'has scopes that the JWT that was renewed did not have'],
    [{ aud: ['x', 'w', 'y'] }, otherAudience],
    [{ aud: ['x', 'y'] }, otherAudience],
    [{ aud: undefined }, otherAudience],
    [{ exp: now / 1000 - 60 }, 'expired 60 s ago'],
  ])('that gives %j does not', async (changes, what) => await expect(renew(changes)).rejects.toThrow(what))

  const ofAnother = signJwt(claims(oldClaims), { key: anotherKey })
  const withoutKey = { ...verifier, keys: publicKeysOf() }
  const notSigned = 'give the whole JWT as its server issued it, and that server\'s "base-url" and "public-key".'
  const notRenewable = '"jwt" contains a JWT without a refresh_token, which no server renews: ask for it with "scope: '
  const needsKey = 'must not be sent to a server that did not issue it: set "public-key" to the server\'s public key'
  test.each([
    ['ERR_JWT_INPUT', 'that another server signed', ofAnother, verifier, notSigned],
    ['ERR_NOT_REFRESHABLE', 'without a refresh token', sign(), verifier, notRenewable],
    // The name of the issuer is the same everywhere.
    ['ERR_RENEWAL_NEEDS_KEY', 'that cannot be verified', sign(oldClaims), withoutKey, needsKey],
  ])('%s: a JWT %s is never sent', async (code, _which, jwt, by, says) => {
    await expect(renewalOf(jwt, by)).rejects.toMatchObject({ code, message: expect.stringContaining(says) })
  })
})

test('offline_access is granted as a refresh token, not as a scope', () => {
  const token = { scopes: ['a:b'], refreshToken: 'r' } as unknown as Token
  expect(missingScopes(['a:b', 'c:d', 'offline_access'], token)).toEqual(['c:d'])
  expect(missingScopes(['offline_access'], { ...token, refreshToken: undefined })).toEqual(['offline_access'])
})
