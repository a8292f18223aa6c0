/** A renewal: which JWT may be sent, and which one may come back. */

import { expect, test } from '@jest/globals'
import { verifyGrant, verifyRenewed } from '../../../src/jwt/renewal.ts'
import type { Verifier } from '../../../src/jwt/verify.ts'
import { anotherKey, claims, keys, signJwt } from '../../support/forge.ts'

const now = 1_700_000_000_000
const exp = now / 1000 + 3600
const url = 'https://id.example'
const verifier: Verifier = { keys, server: { url, input: 'base-url', name: url, proxy: undefined }, now: () => now }

const oldClaims = claims({ refresh_token: 'r', scope: ['a:b', 'c:d'], aud: ['x', 'w'], exp: 0 })

async function oldToken(jwt = signJwt(oldClaims)) {
  const grant = await verifyGrant({ grant: 'refresh', jwt }, verifier)
  if (grant.grant !== 'refresh') throw new Error('not a renewal')
  return grant.old
}

const renew = async (changes: Record<string, unknown>) =>
  verifyRenewed(signJwt({ ...oldClaims, exp, ...changes }), await oldToken(), verifier)

test('client credentials have nothing to verify', async () => {
  const credentials = { grant: 'client_credentials', clientId: 'id', clientSecret: 's' } as const
  expect(await verifyGrant(credentials, verifier)).toBe(credentials)
})

test('an expired JWT may be renewed', async () => {
  expect(await oldToken()).toMatchObject({ identity: 'jane', scopes: ['a:b', 'c:d'], refreshToken: 'r' })
})

test.each([
  ['ERR_JWT_INPUT', "another server's", signJwt(oldClaims, { key: anotherKey }), /"jwt" is not signed with this/],
  ['ERR_JWT_INPUT', 'not a', 'a.b.c', /"jwt" is not a signed JWT/],
  ['ERR_NOT_REFRESHABLE', 'without a refresh token, a', signJwt(claims()), /offline_access/],
])('%s: %s JWT is never sent', async (code, _which, jwt, says) => {
  await expect(oldToken(jwt)).rejects.toMatchObject({ code, message: expect.stringMatching(says) })
})

test.each<[name: string, changes: Record<string, unknown>]>([
  ['is the same', {}],
  ['lost a scope, which is a warning', { scope: ['c:d'] }],
  ['lost its refresh token', { refresh_token: undefined }],
])('a renewed JWT passes that %s', async (_name, changes) => {
  expect(await renew(changes)).toMatchObject({ expiresAt: exp })
})

const audience = 'does not have the audience of the JWT that was renewed ("aud")'
test.each<[changes: Record<string, unknown>, found: string]>([
  [{ username: 'root' }, 'is for another identity than the JWT that was renewed'],
  [{ username: undefined, globalid: 'jane' }, 'is for another identity than the JWT that was renewed'],
  [{ azp: 'another' }, 'was issued to another application id ("azp")'],
  [{ iss: 'decs3o' }, 'has another issuer than the JWT that was renewed ("iss")'],
  [{ scope: ['a:b', 'e:f'] }, 'has scopes that the JWT that was renewed did not have'],
  // The same list, not the same set.
  ...[['x', 'w', 'y'], ['x', 'y'], ['x'], ['w', 'x'], ['x', 'w', 'w'], undefined].map(
    (aud): [Record<string, unknown>, string] => [{ aud }, audience],
  ),
])('a renewed JWT with %j does not pass', async (changes, found) => {
  await expect(renew(changes)).rejects.toMatchObject({
    code: 'ERR_JWT_INVALID',
    message: expect.stringContaining(found),
  })
})

test('a renewed JWT that has expired does not pass', async () => {
  await expect(renew({ exp: now / 1000 - 60 })).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' })
})
