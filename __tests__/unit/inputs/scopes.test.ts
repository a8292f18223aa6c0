/** How the lists in "scope" and "audience" are read, and which mistakes are caught before any request. */

import { expect, test } from '@jest/globals'
import { allRights, likelyScope, readAudiences, readScopes } from '../../../src/inputs/scopes.ts'
import { rowsOf } from '../../support/rows.ts'

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
  ["user:memberof:josé_o'néil_1", ["user:memberof:josé_o'néil_1"]],
  ['user:ownerof:email:a+b@example.org', ['user:ownerof:email:a+b@example.org']],
  ['user:nmae', ['user:nmae']],
  ['user:admin', ['user:admin']],
  ['organization:owner:user:memberof:My-Org', ['organization:owner:user:memberof:My-Org']],
  ['organization:owner:ays, offline_access', ['organization:owner:ays', 'offline_access']],
  [longest, [longest]],
])('scope %j is read as %j', (value, scopes) => expect(readScopes(value)).toEqual(scopes))

test.each(['', ' , \n '])('an empty scope (%j) is an error that says what to write', value => {
  expect(() => readScopes(value)).toThrow(
    /^"scope" is empty: write "user:name" for OpenvCloud, "user:memberof:<organization>" for AYS, or "organization:owner:ays" for .* \[ERR_SCOPE_INVALID\]$/,
  )
})

test.each(
  rowsOf({
    'requests only offline_access, which the server grants with all rights.': [
      ...['offline_access', 'offline_access offline_access'],
    ],
    'requests all rights together with offline_access.': [
      ...['user:admin,offline_access', 'offline_access user:admin', 'organization:owner\noffline_access'],
      'user:memberof:my-org,user:admin,offline_access',
    ],
  }),
)('scope %j is an error, because the JWT would renew itself for ever: it %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(`"scope" ${says}`)
  expect(() => readScopes(value)).toThrow(/write "user:name,offline_access".* \[ERR_SCOPE_UNSAFE\]$/)
})

test("the scopes with all rights are those of a user's and an organization's owner", () => {
  expect([...allRights]).toEqual(['user:admin', 'organization:owner'])
})

const variable = 'Set the variable, or remove the space.'
test.each(
  rowsOf({
    [`a scope that ends with a colon: the variable that should follow is empty, or there is a space after the colon. ${variable}`]:
      ['user:memberof:', 'user: name', 'user:name, user:', 'user:memberof:, user:name'],
    [`a scope with nothing before a colon: a variable is empty, or there is a space before the colon. ${variable}`]: [
      ...['user::name', ':name', 'user :name', 'user:email, user :name'],
    ],
    'a dash of its own, as in a YAML list: write scopes without it, separated by commas or newlines, such as': [
      ...['-', '-user:name', '- user:name\n- user:email'],
    ],
    'a semicolon: write scopes without it, ': ['user:name;user:email'],
    'quotation marks: write scopes without them, ': ['"user:name"', "'user:name'", '`user:name`', 'user:na"me'],
    'brackets: write scopes without them, ': ['[user:name]', '{user:name}', '(user:name)', 'user:$(id)'],
    'a character that no scope has, or is too long: write names, separated by commas or newlines, such as': [
      ...['user:name|user:email', 'user:na\u200bme', `${longest}x`, 'user:memberof:cloud\tpotatoes'],
    ],
  }),
)('scope %j is an error: it contains %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(`"scope" contains ${says}`)
})

// The server refuses whatever is not offline_access and begins with neither `user:` nor `organization:owner`.
const own = 'a scope begins with "user:", or with "organization:owner" for an organization\'s key.'
test.each(
  rowsOf({
    'write "offline_access".': ['offline-access', 'OFFLINE_ACCESS', 'offlineaccess', 'user:name Offline-Access'],
    'write "user:name".': ['name', 'User:Name', 'USER:NAME', 'user-name', 'user.name', 'user_name'],
    'write "user:memberof:my-org".': [
      'User:MemberOf:My-Org',
      'memberof:my-org',
      'member-of:my-org',
      'user_memberof-my-org',
    ],
    'write "user:email:My Label".': ['User:Email:My Label', 'email:My Label'],
    'write "organization:owner:ays" for an organization\'s key, or "user:memberof:<organization>" for a user\'s key.': [
      ...['Organization:Owner', 'organization-owner', 'organisation:owner:x', 'organization', 'organization:member'],
    ],
    'write "user:organizations:x".': ['organizations:x'],
    [own]: ['my-org', 'ays', 'username', 'read:user:x', 'my-organization:owner', 'xoffline_access', 'offline_accessx'],
  }),
)('scope %j is not a scope: %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(/^"scope" contains ".*", which is not a scope: /)
  expect(() => readScopes(value)).toThrow(`: ${says} [ERR_SCOPE_INVALID]`)
})

test.each([
  ['user:memberof:my-org,other', 'contains "other", which is not a scope: write "user:memberof:other" if it is an'],
  ['user:memberof:my-org,Other', 'contains "Other", which is not a scope: write "user:memberof:other" if it is an'],
  ['user:memberof:a\ncloud potatoes', 'write "user:memberof:cloud potatoes" if it is an organization.'],
  ['user:name,other', `contains "other", which is not a scope: ${own}`],
  ['user:memberof:a,emial:b', 'contains "emial:b", which is not a scope: write "user:email:b".'],
  ['user:memberof:My-Org', `but no organization's global id has capitals: write "user:memberof:my-org".`],
])('scope %j is an error: it %s', (value, says) => expect(() => readScopes(value)).toThrow(says))

test.each<[value: string, audiences: string[]]>([
  ['', []],
  ['cloud potatoes', ['cloud potatoes']],
  ['one, two\nthree', ['one', 'two', 'three']],
  ['one,one', ['one']],
  ['https://api.example:8443/path', ['https://api.example:8443/path']],
])('audience %j is read as %j', (value, audiences) => expect(readAudiences(value)).toEqual(audiences))

test.each(['a;b', 'a\u2800b', 'a, $x'])('audience %j is an error', value => {
  const remedy = 'write names or URLs, separated by commas or newlines. [ERR_AUDIENCE_INVALID]'
  expect(() => readAudiences(value)).toThrow(`"audience" contains a character that no audience has: ${remedy}`)
})

test.each(
  rowsOf({
    'user:name': [
      ...['user:nmae', 'user:names', 'user:Name', 'user:name.user:email', 'user:name and', 'user:nme'],
      ...['user:nama', 'user:xname'],
    ],
    'user:memberof:my-org': [
      ...['user:memberOf:My-Org', 'user:member:my-org', 'user:memberof my-org', 'user:memberof-my-org'],
      ...['user:member-of:my-org', 'user:member_of:my-org', 'user:memebrof:my-org'],
    ],
    // Nearer than `memberof` with one letter more.
    'user:memberof:x': ['user:memberof-x'],
    'user:memberof:a:b': ['user:memebrof:a:b'],
    'user:memberof:<organization>': ['user:member', 'user:memberof'],
    'user:email:my label': ['user:emial:my label'],
    'user:address': ['user:adress'],
    'user:avatar': ['user:avtr'],
    'user:phone': ['user:ohpne', 'user:hpoen'],
    'user:publickey': ['user:publickeys'],
    'user:validated:email': ['user:validated:emial'],
    'user:ownerof:email:a@b.example': ['user:ownerof:emial:a@b.example'],
    '': ['user:', 'user:everything', 'user:xxme', 'user:vtr', 'user:namexx', 'user:nxae', 'user:nmxe', 'user:anmexx'],
  }),
)('%s, which no program knows, is probably %j', (scope, likely) => expect(likelyScope(scope)).toBe(likely))

test.each([
  ...['user:name', 'user:memberof:my-org', 'user:organizations:x', 'user:address', 'user:email', 'user:email:my label'],
  ...['user:phone', 'user:validated:phone', 'user:validated:email:main', 'user:github', 'user:facebook', 'user:see'],
  ...['user:bankaccount', 'user:digitalwalletaddress:x', 'user:publickey', 'user:avatar', 'user:keystore'],
  ...['user:admin', 'user:ownerof:email:a@b.example', 'organization:owner', 'offline_access', 'username', 'xuser:nmae'],
])('%s is known, or not a scope of a user', scope => expect(likelyScope(scope)).toBeUndefined())
