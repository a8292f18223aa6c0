/** What is not wrong, but will surprise or is stronger than it needs to be. */

import { expect, test } from '@jest/globals'
import { warnings, warningsAboutScopes, warningsAboutToken } from '../../../src/report/warnings.ts'
import { organizationToken, userToken } from '../../support/destinations.ts'
import { read, type Texts } from '../../support/inputs.ts'

const matching = (sentences: RegExp[]) => sentences.map(sentence => expect.stringMatching(sentence))

const admin = /^The scope "user:admin" allows everything: .* secrets of all the user's API keys .* "scope: user:name"/
const owner =
  /^The scope "organization:owner" allows everything: .* all the organization's API keys .* "scope: organization:owner:ays"/

test.each<[scopes: string, expected: RegExp[]]>([
  ['user:name,user:memberof:my-org,offline_access', []],
  ['organization:owner:ays', []],
  ['user:name,user:admin', [admin]],
  ['organization:owner', [owner]],
  ['user:nmae', [/^No known program uses the scope "user:nmae" \(did you mean "user:name"\?\): check/]],
  ['user:everything', [/^No known program uses the scope "user:everything": /]],
])('before the request, about the scopes %s', (scopes, expected) => {
  expect(warningsAboutScopes(scopes.split(','))).toEqual(matching(expected))
})

test('all unknown scopes share one warning, after what is about security', () => {
  // The runner shows ten warnings of a step, and cuts a long one.
  const unknown = Array.from({ length: 13 }, (_, at) => `user:unknown${at}`)
  const found = warningsAboutScopes([...unknown, 'user:admin', 'organization:owner'])
  expect(found).toEqual(matching([admin, owner, /scopes "user:unknown0", .*"user:unknown5" and 7 more: check/]))
})

const renewable = { ...userToken, refreshToken: 'r' }
const forAudience = { ...userToken, audiences: ['my-org'] }
const audience = /^OpenvCloud does not accept a JWT with an audience: for OpenvCloud, get a JWT without one\.$/
const short = /5 minutes early: set "validity" above 5m/
const canRenew = /^Anyone who reads this JWT can renew it without the secret, .*: remove offline_access from "scope"/
const ahead = (lives: string, requested: string) =>
  new RegExp(
    `^The JWT is valid for ${lives} by .*, and the action requested ${requested}\\. The runner's clock is ahead `,
  )
const longer = (lives: string) =>
  new RegExp(`^The JWT is valid for ${lives} by .*, and the action requested 1 h\\. .* behind `)
const ays = { 'ays-url': 'https://ays.example' }
const allOfIt = [canRenew, audience, short, ahead('0 s', '60 s')]

test.each<[name: string, token: typeof userToken, inputs: Texts, lives: number, expected: RegExp[]]>([
  ['nothing', userToken, {}, 3600, []],
  ['a refresh token', renewable, {}, 3600, [canRenew]],
  ['an audience', forAudience, {}, 3600, [audience]],
  ['an audience for AYS', forAudience, ays, 3600, []],
  ["an organization's audience", { ...organizationToken, audiences: ['my-org'] }, {}, 3600, []],
  ['5 minutes', userToken, { validity: '5m' }, 300, [short]],
  ['more than that', userToken, { validity: '301' }, 301, []],
  ['a shorter time, within the tolerance', userToken, {}, 3540, []],
  ['a shorter time', userToken, {}, 3539, [ahead('59 min', '1 h')]],
  ['1 minute, and a runner that is 90 s ahead', userToken, { validity: '1m' }, -30.4, [short, ahead('0 s', '60 s')]],
  ['a longer time, within the tolerance', userToken, {}, 3660, []],
  ['a longer time', userToken, {}, 3660.6, [longer('1 h 1 min')]],
  ['the day of a server that ignored "validity"', userToken, {}, 86_400, [longer('24 h')]],
  ['all of it, security first', { ...forAudience, refreshToken: 'r' }, { validity: '1m' }, -1, allOfIt],
])('about %s', (_name, token, inputs, lives, expected) => {
  const { settings } = read(inputs)
  expect(warningsAboutToken({ ...token, expiresAt: lives }, settings, undefined)).toEqual(matching(expected))
})

const renewAgain = /^Anyone who reads this JWT can renew it .*: get a new JWT with "app-id" and "secret" instead/
const lost = (scope: string) => new RegExp(`^The renewed JWT no longer has "${scope}", which the old JWT had: `)
const old = { ...renewable, scopes: ['user:name', 'user:email'] }
const oldAdmin = { ...renewable, scopes: ['user:admin'] }

test.each<[name: string, token: typeof userToken, before: typeof userToken, expected: RegExp[]]>([
  ['of the same', old, old, [renewAgain]],
  ['that lost a scope', renewable, old, [renewAgain, lost('user:email')]],
  ['that lost two', { ...renewable, scopes: [] }, old, [renewAgain, /"user:name", "user:email", .* needs them, get/]],
  ['that cannot be renewed again', { ...old, refreshToken: undefined }, old, [lost('offline_access')]],
  [
    'with all rights',
    oldAdmin,
    oldAdmin,
    [/"user:admin" allows everything: .* A renewal keeps it: get a new JWT /, renewAgain],
  ],
])('a renewal %s', (_name, token, before, expected) => {
  const { settings } = read({ 'app-id': '', secret: '', jwt: 'a.b.c' })
  expect(warningsAboutToken({ ...token, expiresAt: 3600 }, settings, before)).toEqual(matching(expected))
})

test('a summary that was not written', () => {
  expect(warnings.summaryNotWritten()).toMatch(/^The summary could not be written, but the JWT is set: .*"summary"/)
})
