/** What is not wrong, but will surprise or is stronger than it needs to be. */

import { expect, test } from '@jest/globals'
import type { Token } from '../../src/jwt/token.ts'
import { warnings, warningsAbout, warningsBefore } from '../../src/warnings.ts'
import { organizationToken, userToken } from '../support/destinations.ts'
import { read } from '../support/inputs.ts'

const day = 86_400
const admin = { ...userToken, scopes: ['user:admin'] }
const renewable = { ...userToken, refreshToken: 'r' }
const renewableAdmin = { ...admin, refreshToken: 'r' }
const old = { ...renewable, scopes: ['user:name', 'user:email'] }

const unverified = /^The signature of the JWT was not verified, .* set it to the public key of the server \(PEM\)\.$/
const everything = /^The JWT may do all that the key may \("user:admin"\), .* such as "scope: user:name"\.$/
const openvCloud = /\("organization:owner"\), .*: OpenvCloud answers 500 .*; use a user's key for it\.$/
const audience = /^OpenvCloud rejects every JWT with an audience: leave "audience" empty for a JWT that goes there\.$/
const short = /^JumpScale and the Go SDK treat a JWT as expired 5 minutes early: set "validity" above 5m for them\.$/
const canRenew = /^Anyone who reads this JWT can renew it without the secret, .*: leave offline_access out of "scope"/
const longer =
  /^The JWT is valid for 3 h instead of the requested 1 h: the server ignored "validity", .* both clocks\.$/
const shorter = /^The JWT is valid for 1 min instead of the requested 1 h: /
const justLonger = /^The JWT is valid for 1 h 1 min instead of the requested 1 h: /
const tooLong = /^The JWT is valid for 25 h, and the server's longest time is 24 h: .*; check both clocks\.$/
const lostEmail = /^The renewed JWT has lost "user:email": the user or the key no longer has it; .* get a new JWT\.$/
const lostRefreshToken = /^The renewed JWT has lost "offline_access": /

type Inputs = Record<string, string>
test.each<[name: string, token: Token, inputs: Inputs, expiresIn: number, expected: RegExp[]]>([
  ['nothing', userToken, { scope: 'user:name' }, day, []],
  ['the scope user:admin, asked for', admin, { scope: 'user:admin' }, day, []],
  ["all that a user's key may do", admin, {}, day, [everything]],
  ["all that an organization's key may do", organizationToken, {}, day, [openvCloud]],
  ['offline_access alone', renewableAdmin, { scope: 'offline_access' }, day, [canRenew, everything]],
  ['a refresh token', renewable, { scope: 'user:name, offline_access' }, day, [canRenew]],
  ['an audience', userToken, { scope: 'user:name', audience: 'a' }, day, [audience]],
  ['no verification', { ...userToken, signatureVerified: false }, { scope: 'user:name' }, 1, [unverified]],
  ['5 minutes', userToken, { validity: '5m' }, 300, [short]],
  ['more than that', userToken, { validity: '301' }, 301, []],
  ['a time within the tolerance', userToken, { validity: '1h' }, 3660, []],
  ['another within it', userToken, { validity: '1h' }, 3540, []],
  ['a longer time', userToken, { validity: '1h' }, 10_800, [longer]],
  ['a shorter time', userToken, { validity: '1h' }, 60, [shorter]],
  ['just a longer time', userToken, { validity: '1h' }, 3661, [justLonger]],
  ['a day and a minute', userToken, {}, 86_460, []],
  ['more than a day and a minute', userToken, {}, 90_000, [tooLong]],
])('%s', (_name, token, inputs, expiresIn, expected) => {
  const found = warningsAbout(token, read(inputs), undefined, expiresIn)
  expect(found).toEqual(expected.map(sentence => expect.stringMatching(sentence)))
})

const refresh = { 'app-id': '', secret: '', jwt: 'a.b.c' }

test.each<[name: string, token: Token, before: Token, expected: RegExp[]]>([
  ['of the same', old, old, [canRenew]],
  ['that lost scopes', renewable, old, [canRenew, lostEmail]],
  ['that cannot be renewed again', { ...old, refreshToken: undefined }, old, [lostRefreshToken]],
  ['with an audience and all scopes', { ...renewableAdmin, audiences: ['a'] }, renewableAdmin, [canRenew]],
])('a renewal %s', (_name, token, before, expected) => {
  const found = warningsAbout(token, read(refresh), before, day)
  expect(found).toEqual(expected.map(sentence => expect.stringMatching(sentence)))
})

test('before the request: scopes that no program knows, with the likely one', () => {
  expect(warningsBefore(read({ scope: 'user:name, user:memberOf:x, user:everything' }))).toEqual([
    expect.stringMatching(/^"scope" contains "user:memberOf:x", .* write "user:memberof:x", if that is meant\.$/),
    expect.stringMatching(/^"scope" contains "user:everything", .* no program knows: check its spelling\.$/),
  ])
  expect(warningsBefore(read(refresh))).toEqual([])
})

test('a summary that was not written', () => {
  expect(warnings.summaryNotWritten()).toMatch(
    /^The summary could not be written, but the JWT is set: .*"summary" out\.$/,
  )
})
