/** Is a new JWT what was asked for? */

import { expect, test } from '@jest/globals'
import { type Verifier, verifyNew } from '../../../src/jwt/verify.ts'
import { applicationId, claims, keys, signJwt } from '../../support/forge.ts'

const now = 1_700_000_000_000
const exp = now / 1000 + 3600
const url = 'https://id.example'
const verifier: Verifier = { keys, server: { url, input: 'base-url', name: url, proxy: undefined }, now: () => now }

type Asked = { scopes?: string[]; audiences?: string[] }

function verify(changes: Record<string, unknown>, { scopes = ['user:name'], audiences = [] }: Asked) {
  return verifyNew(signJwt(claims({ exp, ...changes })), applicationId, { scopes, audiences }, verifier)
}

test.each<[name: string, changes: Record<string, unknown>, asked: Asked]>([
  ['as requested', {}, {}],
  ['in another order', { scope: ['b:c', 'a:b'] }, { scopes: ['a:b', 'b:c'] }],
  ['with a refresh token that was requested', { refresh_token: 'r' }, { scopes: ['user:name', 'offline_access'] }],
  ['for the audience', { aud: ['a', 'b'] }, { audiences: ['b', 'a'] }],
  ['expired within the tolerance', { exp: now / 1000 - 59 }, {}],
])('a new JWT passes: %s', async (_name, changes, asked) => {
  expect(await verify(changes, asked)).toMatchObject({ identity: 'jane' })
})

const rejections: [code: string, changes: Record<string, unknown>, asked: Asked, says: RegExp][] = [
  ['ERR_JWT_INVALID', { azp: 'another' }, {}, /^The JWT from https:\/\/id\.example was issued to another .* \("azp"\)/],
  ['ERR_JWT_INVALID', { aud: ['a'] }, { audiences: ['a', 'b'] }, / lacks the audience "b" .* \("aud"\)/],
  ['ERR_JWT_INVALID', { iss: 1 }, {}, /^The JWT from https:\/\/id\.example .* \("iss"\)/],
  ['ERR_JWT_EXPIRED', { exp: now / 1000 - 60 }, {}, /https:\/\/id\.example expired 60 s ago by the runner's clock/],
  ['ERR_MORE_THAN_REQUESTED', { aud: ['a', 'b'] }, { audiences: ['a'] }, / the audience "b", which "audience" /],
  ['ERR_MORE_THAN_REQUESTED', { scope: ['user:name', 'x'] }, {}, / the scope "x", which "scope" /],
  ['ERR_MORE_THAN_REQUESTED', { refresh_token: 'r' }, {}, / the scope "offline_access", which /],
  ['ERR_SCOPE_NOT_GRANTED', { scope: [''] }, {}, /"user:name" .*: none\): the server left it out\. /],
  [
    'ERR_SCOPE_NOT_GRANTED',
    {},
    { scopes: ['user:name', 'a:b', 'c:d'] },
    / "a:b", "c:d" .*: "user:name"\): the server left them out\. /,
  ],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'user:memberof:x', 'a:b'] }, / not a member .* Add the user /],
  [
    'ERR_SCOPE_NOT_GRANTED',
    {},
    { scopes: ['user:name', 'offline_access'] },
    / no refresh token\. Remove offline_access /,
  ],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'offline_access', 'a:b'] }, / the server left them out\. /],
]
test.each(rejections)('%s: a new JWT with %j for %j', async (code, changes, asked, says) => {
  await expect(verify(changes, asked)).rejects.toMatchObject({ code, message: expect.stringMatching(says) })
})
