/** How the lists in "scope" and "audience" are read, and which mistakes are caught before any request. */

import { expect, test } from '@jest/globals'
import { likelyScope, readAudiences, readScopes } from '../../../src/inputs/scopes.ts'
import { rowsOf } from '../../support/rows.ts'

test.each<[value: string, scopes: string[]]>([
  ['', []],
  [' , \n ', []],
  ['user:name, user:email,', ['user:name', 'user:email']],
  ['user:name\r\nuser:email\n', ['user:name', 'user:email']],
  ['user:name user:email', ['user:name', 'user:email']],
  ['user:name\toffline_access', ['user:name', 'offline_access']],
  ['offline_access user:name', ['offline_access', 'user:name']],
  ['offline_access offline_access', ['offline_access']],
  ['user:name, user:name', ['user:name']],
  ['user:memberof:cloud   potatoes offline_access', ['user:memberof:cloud potatoes', 'offline_access']],
  ['user:email:my label user:name', ['user:email:my label', 'user:name']],
  ["user:memberof:josé_o'néil_1", ["user:memberof:josé_o'néil_1"]],
  ['user:ownerof:email:a+b@example.org', ['user:ownerof:email:a+b@example.org']],
  ['admin', ['admin']],
])('scope %j is read as %j', (value, scopes) => expect(readScopes(value)).toEqual(scopes))

const variable = 'the variable that should follow is empty, or there is a space after the colon; set the variable, or'
test.each(
  rowsOf({
    [`a scope that ends with a colon: ${variable} remove the space.`]: [
      ...['user:memberof:', 'user: name', 'user:name, user:', 'user:memberof:, user:name'],
    ],
    'a scope with nothing before a colon: a variable is empty, or there is a space before': [
      'user :name',
      'user::name',
    ],
    'a dash of its own, as in a YAML list: write scopes without it, separated by commas or newlines, such as': [
      ...['-', '-user:name', '- user:name\n- user:email'],
    ],
    'a semicolon: write scopes without it, ': ['user:name;user:email'],
    'quotation marks: write scopes without them, ': ['"user:name"', "'user:name'", '`user:name`', 'user:na"me'],
    'brackets: write scopes without them, ': ['[user:name]', '{user:name}', '(user:name)', 'user:$(id)'],
    'a character that no scope has, or is too long: write names, separated by commas': [
      ...['user:name|user:email', 'user:na\u200bme', `user:${'x'.repeat(150)}`],
    ],
  }),
)('scope %j is an error: it contains %s', (value, says) => {
  expect(() => readScopes(value)).toThrow(`"scope" contains ${says}`)
})

test.each<[value: string, audiences: string[]]>([
  ['', []],
  ['cloud potatoes', ['cloud potatoes']],
  ['one, two\nthree', ['one', 'two', 'three']],
  ['one,one', ['one']],
  ['https://api.example:8443/path', ['https://api.example:8443/path']],
])('audience %j is read as %j', (value, audiences) => expect(readAudiences(value)).toEqual(audiences))

test.each(['a;b', 'a\u2800b', 'a, $x'])('audience %j is an error', value => {
  expect(() => readAudiences(value)).toThrow(
    /^"audience" contains a character that .*: write names or URLs, separated by/,
  )
})

test.each(
  rowsOf({
    'user:name': ['user:nmae', 'user:names', 'user:Name', 'user:name.user:email', 'user:name and'],
    'user:memberof:my-org': [
      ...['user:memberOf:my-org', 'user:MemberOf:my-org', 'user:member:my-org', 'user:memberof my-org'],
      ...['user:memberof-my-org', 'user:memberof=my-org'],
    ],
    'user:memberof:a:b': ['user:memebrof:a:b'],
    'user:memberof:<organization>': ['user:member', 'user:memberof'],
    'user:email:my label': ['user:emial:my label'],
    'user:address': ['user:adress'],
    'user:avatar': ['user:avtr'],
    'user:publickey': ['user:publickeys'],
    'user:validated:email': ['user:validated:emial'],
    'user:ownerof:email:a@b.example': ['user:ownerof:emial:a@b.example'],
    '': ['user:', 'user:e-mail', 'user:everything', 'user:xxme', 'user:vtr'],
  }),
)('%s, which no program knows, is probably %j', (scope, likely) => expect(likelyScope(scope)).toBe(likely))

test.each([
  ...['user:name', 'user:memberof:my-org', 'user:organizations:x', 'user:address', 'user:email', 'user:email:my label'],
  ...['user:phone', 'user:validated:phone', 'user:validated:email:main', 'user:github', 'user:facebook', 'user:see'],
  ...[
    'user:bankaccount',
    'user:digitalwalletaddress:x',
    'user:publickey',
    'user:avatar',
    'user:keystore',
    'user:admin',
  ],
  ...['user:ownerof:email:a@b.example', 'organization:owner', 'offline_access', 'admin'],
])('%s is known, or none of a user', scope => expect(likelyScope(scope)).toBeUndefined())
