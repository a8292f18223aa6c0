/** How the lists in "scope" and "audience" are read, and which mistakes are caught before any request. */

import { expect, test } from '@jest/globals'
import { allRights, readAudiences, readScopes } from '../../../src/inputs/scopes.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

const longest = `user:memberof:${'x'.repeat(150)}`

test.each<[value: string, scopes: string[]]>([
  ['user:name, user:email,', ['user:name', 'user:email']],
  ['user:name\r\nuser:email\n', ['user:name', 'user:email']],
  ['user:name user:email', ['user:name', 'user:email']],
  ['user:name\toffline_access', ['user:name', 'offline_access']],
  ['offline_access user:name', ['offline_access', 'user:name']],
  ['user:name, user:name', ['user:name']],
  ['user:memberof:cloud  potatoes offline_access', ['user:memberof:cloud  potatoes', 'offline_access']],
  ['user:email:My Label user:name', ['user:email:My Label', 'user:name']],
  ['organization:owner:ays, offline_access', ['organization:owner:ays', 'offline_access']],
  ...["user:memberof:josé_o'néil_1", 'user:ownerof:email:a+b@example.org', 'user:nmae', 'user:admin', longest].map(
    (scope): [string, string[]] => [scope, [scope]],
  ),
  ['user:memberof:a, user:adminx, offline_access', ['user:memberof:a', 'user:adminx', 'offline_access']],
  ['organization:owner:user:memberof:My-Org', ['organization:owner:user:memberof:My-Org']],
])('scope %j is read as %j', (value, scopes) => expect(readScopes(value)).toEqual(scopes))

test.each(['', ' , \n '])('an empty scope (%j) is an error that says what to write', value => {
  const says =
    /^"scope" is empty: write "user:name" for OpenvCloud, "user:memberof:<organization>" for AYS, or "organization:owner:ays" for /
  expect(() => readScopes(value)).toThrow(saying('ERR_SCOPE_INVALID', says))
})

test.each(
  rowsOf({
    'requests only offline_access, which the server grants with all rights.': [
      ...['offline_access', 'offline_access offline_access'],
    ],
    'requests offline_access together with "user:admin", which leads to all rights or any membership.': [
      ...['user:admin,offline_access', 'offline_access user:admin', 'user:memberof:my-org,user:admin,offline_access'],
    ],
    'requests offline_access together with "organization:owner", which leads to all rights or any membership.': [
      'organization:owner\noffline_access',
    ],
    // A renewable JWT can be exchanged for all that begins with one of its scopes.
    'requests offline_access together with "user:a", which leads to all rights or any membership.': [
      'user:a,offline_access',
    ],
    'requests offline_access together with "user:memberof", which leads to all rights or any membership.': [
      'offline_access,user:memberof',
    ],
  }),
)('scope %j is an error, because the JWT would renew itself for ever: it %s', (value, says) => {
  const error = saying('ERR_SCOPE_UNSAFE', new RegExp(`^"scope" ${says} .* write "user:name,offline_access"`))
  expect(() => readScopes(value)).toThrow(error)
})

test("the scopes with all rights are those of a user's and an organization's owner", () => {
  expect([...allRights]).toEqual(['user:admin', 'organization:owner'])
})

const character =
  'a character that no scope has, or is too long: write scopes separated by commas or newlines, without quotation marks, brackets, '
test.each(
  rowsOf({
    'a scope with nothing before or after a colon: a variable is empty, or there is a space beside the colon. Set the ':
      [
        ...['user:memberof:', 'user: name', 'user:name, user:', 'user:memberof:, user:name'],
        ...['user::name', ':name', 'user :name', 'user:email, user :name'],
      ],
    [character]: [
      ...['-', '-user:name', '- user:name\n- user:email', 'user:name;user:email', '"user:name"', "'user:name'"],
      ...['`user:name`', 'user:na"me', '[user:name]', '{user:name}', '(user:name)', 'user:$(id)'],
      ...['user:name|user:email', 'user:na\u200bme', `${longest}x`, 'user:memberof:cloud\tpotatoes'],
    ],
  }),
)('scope %j is an error: it contains %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(saying('ERR_SCOPE_INVALID', `"scope" contains ${says}`))
})

// The server refuses whatever is not offline_access and begins with neither `user:` nor `organization:owner`.
const own =
  'a scope is "offline_access", or begins with "user:", or with "organization:owner" for an organization\'s key.'
const ofOrganization =
  'write "organization:owner:ays" for an organization\'s key, or "user:memberof:<organization>" for a user\'s key.'
test.each(
  rowsOf({
    'write "offline_access".': words('offline-access OFFLINE_ACCESS offlineaccess').concat('user:name Offline-Access'),
    'write "user:name".': words('name User:Name USER:NAME user-name user.name user_name'),
    'write "user:memberof:my-org".': words(
      'User:MemberOf:My-Org memberof:my-org member-of:my-org user_memberof-my-org',
    ),
    'write "user:email:My Label".': ['User:Email:My Label', 'email:My Label'],
    [ofOrganization]: words(
      'Organization:Owner organization-owner organisation:owner:x organization organization:member',
    ),
    'write "user:organizations:x".': ['organizations:x'],
    [own]: words(
      'my-org ays username read:user:x my-organization:owner xoffline_access offline_accessx user:name,other',
    ),
    'write "user:memberof:other" if it is an organization.': words(
      'user:memberof:my-org,other user:memberof:my-org,Other',
    ),
    'write "user:memberof:cloud potatoes" if it is an organization.': ['user:memberof:a\ncloud potatoes'],
    'write "user:email:b".': ['user:memberof:a,emial:b'],
  }),
)('scope %j contains what is not a scope: %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(/^"scope" contains ".*", which is not a scope: /)
  expect(() => readScopes(value)).toThrow(saying('ERR_SCOPE_INVALID', `: ${says}`))
})

test("no organization's global id has capitals", () => {
  const says = `contains "user:memberof:My-Org", but no organization's global id has capitals: write "user:memberof:my-org".`
  expect(() => readScopes('user:memberof:My-Org')).toThrow(saying('ERR_SCOPE_INVALID', says))
})

test.each<[value: string, audiences: string[]]>([
  ['', []],
  ['cloud potatoes', ['cloud potatoes']],
  ['one, two\nthree', ['one', 'two', 'three']],
  ['one,one', ['one']],
  ['https://api.example:8443/path', ['https://api.example:8443/path']],
])('audience %j is read as %j', (value, audiences) => expect(readAudiences(value)).toEqual(audiences))

test.each([',', ' \n'])('audience %j contains no name', value => {
  const says = '"audience" contains no name: set the variables in it, or remove it.'
  expect(() => readAudiences(value)).toThrow(saying('ERR_AUDIENCE_INVALID', says))
})

test.each(['a;b', 'a\u2800b', 'a, $x', 'x'.repeat(151)])('audience %j is an error', value => {
  const says =
    '"audience" contains a character that is not accepted in an audience, or a name that is too long: write names, or URLs without a query, separated by commas or newlines.'
  expect(() => readAudiences(value)).toThrow(saying('ERR_AUDIENCE_INVALID', says))
})
