/** A renewal: which JWT may be sent, and which one may come back. */

import { expect, test } from '@jest/globals'
import { verifyGrant, verifyRenewed } from '../../../src/jwt/renewal.ts'
import { anotherKey, claims, now, signJwt, verifier } from '../../support/forge.ts'
import { saying } from '../../support/rows.ts'

const exp = now / 1000 + 3600
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
  [
    "another server's",
    signJwt(oldClaims, { key: anotherKey }),
    saying('ERR_JWT_INPUT', '"jwt" is not signed with this'),
  ],
  ['not a', 'a.b.c', saying('ERR_JWT_INPUT', '"jwt" is not a signed JWT')],
  [
    'without a refresh token, a',
    signJwt(claims()),
    saying('ERR_NOT_REFRESHABLE', 'offline_access added to its "scope"'),
  ],
])('%s JWT is never sent', async (_which, jwt, error) => expect(oldToken(jwt)).rejects.toThrow(error))

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
  [{ username: undefined, globalid: 'app-1234' }, 'is for another identity than the JWT that was renewed'],
  [{ azp: 'another' }, 'was issued to another application id ("azp")'],
  [{ iss: 'decs3o' }, 'has another issuer than the JWT that was renewed ("iss")'],
  [{ scope: ['a:b', 'e:f'] }, 'has scopes that the JWT that was renewed did not have'],
  // The same list, not the same set.
  ...[['x', 'w', 'y'], ['x', 'y'], ['x'], ['w', 'x'], undefined].map((aud): [Record<string, unknown>, string] => [
    { aud },
    audience,
  ]),
])('a renewed JWT with %j does not pass', async (changes, found) => {
  await expect(renew(changes)).rejects.toThrow(saying('ERR_JWT_INVALID', found))
})

test('the same JWT again was not renewed', async () => {
  const jwt = signJwt({ ...oldClaims, exp })
  await expect(verifyRenewed(jwt, await oldToken(jwt), verifier)).rejects.toThrow('is the JWT that was to be renewed')
})

test('a renewed JWT that has expired does not pass', async () => {
  await expect(renew({ exp: now / 1000 - 60 })).rejects.toThrow(saying('ERR_JWT_EXPIRED'))
})
