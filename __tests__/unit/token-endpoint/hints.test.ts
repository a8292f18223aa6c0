/** What 400 and 401 mean, deduced from what was sent. */

import { expect, test } from '@jest/globals'
import { clauseFor400, clauseFor401 } from '../../../src/token-endpoint/hints.ts'

const id = 'Qx7w456789012345678901234567'
const label = 'CI Key (jane)'
const secret = { user: 'zK9v-xx8901234567890123456xx', organization: 'vJ8k'.padEnd(52, 'x'), neither: 'zK9v-cut' }
const why = (appId: string, value: string) => clauseFor400(appId, value, 'https://id.example')

const again = "Copy both again from the API key's page."
const cut = `It was probably cut or changed. ${again}`
const isNoId = (characters: number) =>
  `"app-id" is not an application id, which is 28 letters (some capital), digits, "-" or "_" (this has ${characters} characters)`
const pair =
  '"app-id" and "secret" do not belong together (they are swapped, or one is wrong), or the key was deleted or is a key of another server. Copy both from a key on https://id.example.'
const ofOrganization =
  '"app-id" or "secret" is wrong, the key was deleted or is a key of another server than https://id.example, or "May be used in client credentials grant types" is off. Check the key on the organization\'s settings page.'
const noUserSecret = `"app-id" has the form of a user's, and "secret" does not: it is not 28 letters, digits, "-" or "_". ${cut}`
const noSecret = `"secret" is not 28 (user) or 52 (organization) letters, digits, "-" or "_". ${cut}`
const twoKinds =
  '"app-id" has the form of a user\'s, and "secret" has the length of an organization\'s (52 characters). Copy both from the same API key.'
const userSecret = `, and "secret" has the length of a user's (28 characters). Copy both from the same API key.`
const capitals =
  '"app-id" has capital letters, which no organization\'s global id has. Write the global id, which the organization\'s settings page shows.'
const noGlobalId =
  '"app-id" is not an organization\'s global id, and "secret" has the length of an organization\'s (52 characters). Copy both from the same API key.'
const nothing = `, and not a global id, which is 3 to 150 lower-case letters, digits, "-", "_", dots or spaces. "secret" is not 28 or 52 letters, digits, "-" or "_". ${again}`
const swapped = '"app-id" and "secret" of an organization\'s key are swapped. Exchange them.'
const organizationSecret =
  '"app-id" has the length of an organization\'s secret (52 characters). Put the organization\'s global id there.'

test.each<[name: string, appId: string, secret: string, says: string]>([
  ["a user's id and secret", id, secret.user, pair],
  ["a user's id, an organization's secret", id, secret.organization, twoKinds],
  ["a user's id, no secret", id, secret.neither, noUserSecret],
  ["an organization's id or a user name, a user's secret", 'jane_doe_1', secret.user, isNoId(10) + userSecret],
  ["an organization's id and secret", 'cloud potatoes', secret.organization, ofOrganization],
  ["an organization's id, no secret", 'my-org', secret.neither, noSecret],
  ["no id, a user's secret", label, secret.user, `${isNoId(13)}. ${again}`],
  ["no id, an organization's secret", label, secret.organization, noGlobalId],
  ['neither', label, secret.neither, isNoId(13) + nothing],
  ['capitals in the id of an organization', 'My-Org', secret.organization, capitals],
  ["an organization's id and secret that are swapped", secret.organization, 'my-org', swapped],
  ["an organization's secret twice", secret.organization, secret.organization, organizationSecret],
  // In lower case, no mask would hide it.
  ["another organization's secret as the id", 'vJ8kZz1y'.padEnd(52, 'y'), secret.organization, organizationSecret],
  ['a part of the secret as the id', secret.organization.slice(0, 20), secret.organization, capitals],
  ["a user's key, with a secret like an id", id, id, pair],
  ["a secret in the place of a user's id", id.toLowerCase(), secret.user, isNoId(28) + userSecret],
  ['an id with a character more', `${id}x`, secret.user, `${isNoId(29)}. ${again}`],
  ['an id with a character less', id.slice(0, -1), secret.user, `${isNoId(27)}. ${again}`],
  ['an id with a wrong character', `${id.slice(1)}+`, secret.user, `${isNoId(28)}. ${again}`],
  ["a user's secret with a character more", id, `${secret.user}x`, noUserSecret],
  ["a user's secret with a character less", id, secret.user.slice(1), noUserSecret],
  ["a user's secret with a wrong character", id, `${secret.user.slice(1)}"`, noUserSecret],
  ['a swapped secret with a character more', `${secret.organization}x`, 'my-org', isNoId(53) + nothing],
  ['a swapped secret with a wrong character', `+${secret.organization}`, 'my-org', isNoId(53) + nothing],
  ["an organization's secret with a character more", 'my-org', `${secret.organization}x`, noSecret],
  ["an organization's secret with a character less", 'my-org', secret.organization.slice(1), noSecret],
  ['characters, counted as people do', '𠮷'.repeat(3), secret.user, `${isNoId(3)}. ${again}`],
])('400: %s', (_name, appId, value, says) => {
  expect(why(appId, value)).toBe(says)
  expect(says).not.toMatch(/Qx7w|zK9v|vJ8k|CI Key|jane/i)
})

const needsOrganization =
  /an organization's key may not have "user:" scopes\. For AYS, write "scope: organization:owner:ays"/
const needsUser = /a user's key may not have "organization:" scopes\. Write "scope: user:name" for OpenvCloud/
test.each<[appId: string, scopes: string[], says: RegExp | undefined]>([
  ['my-org', ['user:name'], needsOrganization],
  ['my-org', ['organization:owner:ays', 'user:name', 'offline_access'], needsOrganization],
  [id, ['organization:owner:ays'], needsUser],
  [id, ['user:name', 'organization:owner:ays'], needsUser],
  // Not the server's own answer.
  ['my-org', ['organization:owner-x', 'offline_access'], undefined],
  [id, ['user:name', 'offline_access'], undefined],
])('401: %s with %j', (appId, scopes, says) => {
  expect(clauseFor401(appId, scopes)).toEqual(says && expect.stringMatching(says))
})
