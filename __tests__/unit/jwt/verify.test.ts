/** Is this JWT what was asked for? A new one against the inputs, a renewed one against the old one. */

import { describe, expect, test } from '@jest/globals'
import type { ClientCredentials } from '../../../src/inputs/inputs.ts'
import { verificationKeys } from '../../../src/jwt/keys.ts'
import type { Token } from '../../../src/jwt/token.ts'
import { expectation, missingScopes } from '../../../src/jwt/verify.ts'
import { anotherKey, applicationId, claims, publicKeyPem, signJwt } from '../../support/forge.ts'

const now = 1_700_000_000_000
const exp = now / 1000 + 3600
const server = 'https://id.example'
const verifier = { keys: verificationKeys(publicKeyPem, server), server, now: () => now }

const sign = (changes: Record<string, unknown> = {}) => signJwt(claims({ exp, ...changes }))

type Asked = Partial<Pick<ClientCredentials, 'scopes' | 'audiences'>>

async function verifyNew(changes: Record<string, unknown>, asked: Asked = {}): Promise<Token> {
  const pair = { grant: 'client_credentials', clientId: applicationId, clientSecret: 'secret' } as const
  const credentials: ClientCredentials = { ...pair, scopes: ['user:name'], audiences: [], ...asked }
  const { old, verify } = await expectation(credentials, verifier)
  expect(old).toBeUndefined()
  return verify(sign(changes))
}

describe('a new JWT passes', () => {
  test.each<[name: string, changes: Record<string, unknown>, asked: Asked]>([
    ['as asked for', {}, {}],
    ['in another order', { scope: ['b:c', 'a:b'] }, { scopes: ['a:b', 'b:c'] }],
    ['with a refresh token that was asked for', { refresh_token: 'r' }, { scopes: ['user:name', 'offline_access'] }],
    ['with all that the key may do, where no scope was asked for', { scope: ['user:admin'] }, { scopes: [] }],
    ['with all, for offline_access', { scope: ['user:admin'], refresh_token: 'r' }, { scopes: ['offline_access'] }],
    ['for the audience', { aud: ['a', 'b'] }, { audiences: ['b', 'a'] }],
    ['expired within the tolerance', { exp: now / 1000 - 59 }, {}],
  ])('%s', async (_name, changes, asked) => {
    expect(await verifyNew(changes, asked)).toMatchObject({ identity: 'jane' })
  })
})

describe('a new JWT does not pass', () => {
  const invalid = (what: string) =>
    `The JWT from https://id.example ${what}, so it was not set: check "base-url" and "public-key", and tell the server's operator if they are right. [ERR_JWT_INVALID]`
  const more = (what: string, input: string) =>
    `The JWT has the ${what}, which "${input}" does not request, so it was not set: add it to "${input}" if the job needs it, or ask the server's operator. [ERR_MORE_THAN_REQUESTED]`
  test.each<[changes: Record<string, unknown>, asked: Asked, message: string]>([
    [{ azp: 'another' }, {}, invalid('was issued to another application id ("azp")')],
    [
      { exp: now / 1000 - 60 },
      {},
      "The new JWT from https://id.example expired 60 s ago by the runner's clock, so the two clocks differ by at least 60 s: set the runner's clock, or have the server's set. [ERR_JWT_EXPIRED]",
    ],
    [{ exp: now / 1000 - 61 }, {}, 'expired 61 s ago'],
    [{ aud: ['a'] }, { audiences: ['a', 'b'] }, invalid('lacks the audience "b" that was asked for ("aud")')],
    [{ aud: ['a', 'b'] }, { audiences: ['a'] }, more('audience "b"', 'audience')],
    [{ aud: 'a' }, {}, more('audience "a"', 'audience')],
    [{ scope: ['user:name', 'user:admin'] }, {}, more('scope "user:admin"', 'scope')],
    [{ refresh_token: 'r' }, {}, more('scope "offline_access"', 'scope')],
    [
      { scope: [''] },
      {},
      'The scope "user:name" was not granted (requested: "user:name"; granted: none): the owner of the key probably does not have that right; grant it there, or correct "scope". [ERR_SCOPE_NOT_GRANTED]',
    ],
    [
      {},
      { scopes: ['user:name', 'a:b', 'c:d'] },
      'The scopes "a:b", "c:d" were not granted (requested: "user:name", "a:b", "c:d"; granted: "user:name"): the owner',
    ],
    [
      {},
      { scopes: ['user:name', 'user:memberof:x'] },
      'the user is probably not a member of that organization; add the user there, or correct "scope".',
    ],
    [
      {},
      { scopes: ['user:name', 'offline_access'] },
      'the JWT has no refresh token; leave offline_access out if nothing has to renew the JWT',
    ],
  ])('%j for %j', async (changes, asked, message) => {
    await expect(verifyNew(changes, asked)).rejects.toThrow(message)
  })

  test('with many scopes, of which a message names twelve', async () => {
    const scopes = Array.from({ length: 14 }, (_, at) => `s:${at}`)
    await expect(verifyNew({}, { scopes: ['user:name', ...scopes] })).rejects.toThrow(
      '"s:11" and 2 more were not granted',
    )
  })
})

describe('a renewal', () => {
  const oldClaims = { refresh_token: 'r', scope: ['a:b', 'c:d'], aud: ['x', 'w'], exp: 0 }
  const renew = async (changes: Record<string, unknown>, by = verifier) => {
    const { old, verify } = await expectation({ grant: 'refresh', jwt: sign(oldClaims) }, by)
    expect(old).toMatchObject({ identity: 'jane', scopes: ['a:b', 'c:d'] })
    return verify(sign({ ...oldClaims, exp, ...changes }))
  }

  test.each<[name: string, changes: Record<string, unknown>]>([
    ['of the same', {}],
    ['that lost a scope, which is a warning', { scope: ['c:d'] }],
    ['that lost its refresh token', { refresh_token: undefined }],
  ])('%s passes', async (_name, changes) => expect(await renew(changes)).toMatchObject({ expiresAt: exp }))

  test.each<[changes: Record<string, unknown>, what: string]>([
    [{ username: 'root' }, 'is for another identity than the JWT that was renewed'],
    [{ username: undefined, globalid: 'jane' }, 'is for another identity than the JWT that was renewed'],
    [{ azp: 'another' }, 'was issued to another application id ("azp")'],
    [{ scope: ['a:b', 'e:f'] }, 'has scopes that the JWT that was renewed did not have'],
    [{ aud: ['x', 'w', 'y'] }, 'does not have the audience of the JWT that was renewed ("aud")'],
    [{ aud: ['x', 'y'] }, 'does not have the audience of the JWT that was renewed ("aud")'],
    [{ aud: undefined }, 'does not have the audience of the JWT that was renewed ("aud")'],
    [{ aud: ['y'] }, 'does not have the audience of the JWT that was renewed ("aud")'],
    [{ exp: now / 1000 - 60 }, 'expired 60 s ago'],
  ])('that gives %j does not', async (changes, what) => await expect(renew(changes)).rejects.toThrow(what))

  test('of a JWT that another server signed is never sent', async () => {
    const jwt = signJwt(claims(oldClaims), { key: anotherKey })
    await expect(expectation({ grant: 'refresh', jwt }, verifier)).rejects.toThrow(
      '"jwt" is not signed with this server\'s key: give the whole JWT as its server issued it, and that server\'s "base-url" and "public-key". [ERR_JWT_INPUT]',
    )
  })

  test('of a JWT without a refresh token is an error', async () => {
    await expect(expectation({ grant: 'refresh', jwt: sign() }, verifier)).rejects.toThrow(
      '"jwt" contains a JWT without a refresh_token',
    )
  })

  test('needs a key: the name of the issuer is the same everywhere', async () => {
    const keys = verificationKeys('none', server)
    await expect(expectation({ grant: 'refresh', jwt: sign(oldClaims) }, { ...verifier, keys })).rejects.toThrow(
      '"public-key" is "none", and "jwt" must not be sent to a server that did not issue it: set "public-key" to the server\'s public key (PEM). [ERR_RENEWAL_NEEDS_KEY]',
    )
  })
})

test('offline_access is granted as a refresh token, not as a scope', () => {
  const token = { scopes: ['a:b'], refreshToken: 'r' } as unknown as Token
  expect(missingScopes(['a:b', 'c:d', 'offline_access'], token)).toEqual(['c:d'])
  expect(missingScopes(['offline_access'], { ...token, refreshToken: undefined })).toEqual(['offline_access'])
})
