/** What is not wrong, but will surprise or is stronger than it needs to be. */

import { expect, test } from '@jest/globals'
import type { Token } from '../../src/jwt/token.ts'
import { warnings, warningsAbout, warningsBefore } from '../../src/warnings.ts'
import { organizationToken, userToken } from '../support/destinations.ts'
import { read } from '../support/inputs.ts'

const admin = { ...userToken, scopes: ['user:admin'] }
const renewable = { ...userToken, refreshToken: 'r' }
const old = { ...renewable, scopes: ['user:name', 'user:email'] }
const refresh = { 'app-id': '', secret: '', jwt: 'a.b.c' }

const unverified =
  'The signature of the JWT was not verified, because "public-key" is "none": set it to the public key of the server (PEM).'
const everything =
  'The JWT may do all that the key may ("user:admin"), because "scope" names no scope: ask for what the job needs, such as "scope: user:name".'
const openvCloud =
  'The JWT may do all that the key may ("organization:owner"), because "scope" names no scope: OpenvCloud answers 500 to the JWT of an organization\'s key; use a user\'s key for it.'
const audience = 'OpenvCloud rejects every JWT with an audience: leave "audience" empty for a JWT that goes there.'
const short = 'JumpScale and the Go SDK treat a JWT as expired 5 minutes early: set "validity" above 5m for them.'
const canRenew =
  'Anyone who reads this JWT can renew it without the secret, because it contains a refresh token: leave offline_access out of "scope", unless something must renew the JWT.'
const otherLifetime = (lives: string, requested: string) =>
  `The JWT is valid for ${lives} instead of the requested ${requested}: the server ignored "validity", or its clock and the runner's differ; check both clocks.`

test.each<
  [
    name: string,
    token: Token,
    inputs: Record<string, string>,
    old: Token | undefined,
    expiresIn: number,
    expected: string[],
  ]
>([
  ['nothing', userToken, { scope: 'user:name' }, undefined, 86_400, []],
  ['the scope user:admin, asked for', admin, { scope: 'user:admin' }, undefined, 86_400, []],
  ["all that a user's key may do", admin, {}, undefined, 86_400, [everything]],
  ["all that an organization's key may do", organizationToken, {}, undefined, 86_400, [openvCloud]],
  [
    'offline_access alone',
    { ...admin, refreshToken: 'r' },
    { scope: 'offline_access' },
    undefined,
    86_400,
    [canRenew, everything],
  ],
  ['a refresh token', renewable, { scope: 'user:name, offline_access' }, undefined, 86_400, [canRenew]],
  ['an audience', userToken, { scope: 'user:name', audience: 'a' }, undefined, 86_400, [audience]],
  ['no verification', { ...userToken, signatureVerified: false }, { scope: 'user:name' }, undefined, 1, [unverified]],
  ['5 minutes', userToken, { scope: 'user:name', validity: '5m' }, undefined, 300, [short]],
  ['more than that', userToken, { scope: 'user:name', validity: '301' }, undefined, 301, []],
  ['a time within the tolerance', userToken, { scope: 'user:name', validity: '1h' }, undefined, 3660, []],
  ['another within it', userToken, { scope: 'user:name', validity: '1h' }, undefined, 3540, []],
  [
    'a longer time',
    userToken,
    { scope: 'user:name', validity: '1h' },
    undefined,
    10_800,
    [otherLifetime('3 h', '1 h')],
  ],
  ['a shorter time', userToken, { scope: 'user:name', validity: '1h' }, undefined, 60, [otherLifetime('1 min', '1 h')]],
  [
    'just a longer time',
    userToken,
    { scope: 'user:name', validity: '1h' },
    undefined,
    3661,
    [otherLifetime('1 h 1 min', '1 h')],
  ],
  ['a day and a minute', userToken, { scope: 'user:name' }, undefined, 86_460, []],
  [
    'more than that',
    userToken,
    { scope: 'user:name' },
    undefined,
    90_000,
    [
      "The JWT is valid for 25 h, and the server's longest time is 24 h: its clock and the runner's differ; check both clocks.",
    ],
  ],
  ['a renewal', old, refresh, old, 86_400, [canRenew]],
  [
    'a renewal that lost scopes',
    renewable,
    refresh,
    old,
    86_400,
    [
      canRenew,
      'The renewed JWT has lost "user:email": the user or the key no longer has it; fix that, then get a new JWT.',
    ],
  ],
  [
    'a renewal that cannot be renewed again',
    { ...old, refreshToken: undefined },
    refresh,
    old,
    86_400,
    ['The renewed JWT has lost "offline_access": the user or the key no longer has it; fix that, then get a new JWT.'],
  ],
  [
    'a renewal of a JWT with an audience and all scopes',
    { ...admin, audiences: ['a'], refreshToken: 'r' },
    refresh,
    { ...admin, refreshToken: 'r' },
    86_400,
    [canRenew],
  ],
])('%s', (_name, token, inputs, before, expiresIn, expected) => {
  expect(warningsAbout(token, read(inputs), before, expiresIn)).toEqual(expected)
})

test('before the request: scopes that no program knows, with the likely one', () => {
  expect(warningsBefore(read({ scope: 'user:name, user:memberOf:x, user:everything' }))).toEqual([
    '"scope" contains "user:memberOf:x", which the server grants as it stands, but no program knows: write "user:memberof:x", if that is meant.',
    '"scope" contains "user:everything", which the server grants as it stands, but no program knows: check its spelling.',
  ])
  expect(warningsBefore(read(refresh))).toEqual([])
})

test('a summary that was not written', () => {
  expect(warnings.summaryNotWritten()).toMatch(
    /^The summary could not be written, but the JWT is set: .*"summary" out\.$/,
  )
})
