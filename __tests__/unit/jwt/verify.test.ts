/** Is a new JWT what was asked for? */

import { expect, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import { verifyNew } from '../../../src/jwt/verify.ts'
import { applicationId, claims, now, signJwt, verifier } from '../../support/forge.ts'
import { saying } from '../../support/rows.ts'

const exp = now / 1000 + 3600

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

test("an organization's JWT names the organization twice", async () => {
  const ofOrganization = { username: undefined, globalid: applicationId }
  expect(await verify(ofOrganization, {})).toMatchObject({ identity: applicationId, keyKind: 'organization' })
})

const add = (input: string) =>
  `"${input}" does not request. No JWT was set: add what the job needs to "${input}", or ask`
const unsafe = '"scope" does not request. No JWT was set: ask the server\'s operator. ['
const noScope =
  'The scope "user:name" was not granted (requested: "user:name"; granted: none): the server left it out. '
const noTwo =
  'The scopes "a:b", "c:d" were not granted (requested: "user:name", "a:b", "c:d"; granted: "user:name"): the server left them out. Correct "scope"'
test.each<[code: Code, changes: Record<string, unknown>, asked: Asked, says: string]>([
  ['ERR_JWT_INVALID', { azp: 'another' }, {}, 'https://id.example was issued to another application id ("azp")'],
  ['ERR_JWT_INVALID', { aud: ['a'] }, { audiences: ['a', 'b'] }, 'lacks the audience "b" that was asked for ("aud")'],
  ['ERR_JWT_INVALID', { iss: 1 }, {}, '("iss"). No JWT was set: tell the server\'s operator. ['],
  ['ERR_JWT_EXPIRED', { exp: now / 1000 - 60 }, {}, "https://id.example expired 60 s ago by the runner's clock"],
  ['ERR_MORE_THAN_REQUESTED', { aud: ['a', 'b'] }, { audiences: ['a'] }, `the audience "b", which ${add('audience')}`],
  ['ERR_MORE_THAN_REQUESTED', { scope: ['user:name', 'x'] }, {}, `the scope "x", which ${add('scope')}`],
  // What gives all rights, or can be renewed, is not to be requested without need.
  [
    'ERR_MORE_THAN_REQUESTED',
    { scope: ['user:name', 'offline_access'] },
    {},
    `scope "offline_access", which ${unsafe}`,
  ],
  ['ERR_MORE_THAN_REQUESTED', { refresh_token: 'r' }, {}, `the scope "offline_access", which ${unsafe}`],
  ['ERR_MORE_THAN_REQUESTED', { scope: ['x', 'user:admin'] }, {}, `the scope "x", "user:admin", which ${unsafe}`],
  ['ERR_MORE_THAN_REQUESTED', { scope: ['organization:owner'] }, {}, `the scope "organization:owner", which ${unsafe}`],
  ['ERR_SCOPE_NOT_GRANTED', { scope: [''] }, {}, noScope],
  [
    'ERR_SCOPE_NOT_GRANTED',
    { scope: ['user:name', 'offline_access'] },
    { scopes: ['user:name', 'offline_access'] },
    'no refresh token',
  ],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'a:b', 'c:d'] }, noTwo],
  [
    'ERR_SCOPE_NOT_GRANTED',
    {},
    { scopes: ['user:name', 'user:memberof:x', 'a:b'] },
    'not a member there. Add the user to the organization',
  ],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'offline_access'] }, 'no refresh token. Remove offline_access'],
  ['ERR_SCOPE_NOT_GRANTED', {}, { scopes: ['user:name', 'offline_access', 'a:b'] }, 'the server left them out. '],
])('%s: a new JWT with %j for %j', async (code, changes, asked, says) => {
  await expect(verify(changes, asked)).rejects.toThrow(saying(code, says))
})
