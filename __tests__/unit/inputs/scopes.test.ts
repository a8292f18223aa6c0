/** How the lists in "scope" and "audience" are read, and which mistakes are caught before any request. */

import { describe, expect, test } from '@jest/globals'
import { likelyScope, readAudiences, readScopes } from '../../../src/inputs/scopes.ts'

test.each<[value: string, scopes: string[]]>([
  ['', []],
  [' , \n ', []],
  ['user:name', ['user:name']],
  ['user:name,user:email', ['user:name', 'user:email']],
  ['user:name, user:email,', ['user:name', 'user:email']],
  ['user:name\r\nuser:email\n', ['user:name', 'user:email']],
  ['user:name user:email', ['user:name', 'user:email']],
  ['user:name\toffline_access', ['user:name', 'offline_access']],
  ['offline_access user:name', ['offline_access', 'user:name']],
  ['offline_access offline_access', ['offline_access']],
  ['user:name, user:name', ['user:name']],
  ['user:memberof:cloud potatoes', ['user:memberof:cloud potatoes']],
  ['user:memberof:cloud   potatoes offline_access', ['user:memberof:cloud potatoes', 'offline_access']],
  ['user:email:my label user:name', ['user:email:my label', 'user:name']],
  ["user:memberof:josé_o'néil_1", ["user:memberof:josé_o'néil_1"]],
  ['user:ownerof:email:a+b@example.org', ['user:ownerof:email:a+b@example.org']],
  ['admin', ['admin']],
])('scope %j is read as %j', (value, scopes) => expect(readScopes(value)).toEqual(scopes))

test.each<[value: string, says: RegExp]>([
  [
    'user:memberof:',
    /^"scope" contains a scope that ends with a colon: the variable that should follow is empty, or there is a space after the colon; set the variable, or remove the space\./,
  ],
  ['user: name', /ends with a colon/],
  ['user:name, user:', /ends with a colon/],
  ['user:memberof:, user:name', /ends with a colon/],
  [
    'user :name',
    /^"scope" contains a scope with nothing before a colon: a variable is empty, or there is a space before/,
  ],
  ['user::name', /nothing before a colon/],
  ['-user:name', /^"scope" contains a dash of its own/],
  ['user:name;user:email', /^"scope" contains a semicolon: write scopes without it, separated by commas or newlines/],
  ['"user:name"', /^"scope" contains quotation marks: write scopes without them, /],
  ["'user:name'", /^"scope" contains quotation marks/],
  ['`user:name`', /^"scope" contains quotation marks/],
  ['user:na"me', /^"scope" contains quotation marks/],
  ['[user:name]', /^"scope" contains brackets: write scopes without them, /],
  ['["user:name"]', /^"scope" contains (brackets|quotation marks)/],
  ['{user:name}', /^"scope" contains brackets/],
  ['(user:name)', /^"scope" contains brackets/],
  ['- user:name\n- user:email', /^"scope" contains a dash of its own, as in a YAML list/],
  ['-', /^"scope" contains a dash of its own, as in a YAML list: write scopes without it, /],
  ['user:$(id)', /^"scope" contains brackets/],
  [
    'user:name|user:email',
    /^"scope" contains a character that no scope has, or is too long: write names, separated by commas/,
  ],
  ['user:na\u200bme', /^"scope" contains a character that no scope has/],
  [`user:${'x'.repeat(150)}`, /too long/],
])('scope %j is an error before any request', (value, says) => expect(() => readScopes(value)).toThrow(says))

test.each<[value: string, audiences: string[]]>([
  ['', []],
  ['cloud potatoes', ['cloud potatoes']],
  ['one, two\nthree', ['one', 'two', 'three']],
  ['one,one', ['one']],
  ['https://api.example:8443/path', ['https://api.example:8443/path']],
])('audience %j is read as %j', (value, audiences) => expect(readAudiences(value)).toEqual(audiences))

test.each(['a;b', 'a"b', 'a\u2800b', '[a]', '$x'])('audience %j is an error', value => {
  expect(() => readAudiences(value)).toThrow(
    /^"audience" contains a character that no audience has: write names or URLs/,
  )
})

describe('a scope that the server grants, though no program knows it', () => {
  test.each([
    ['user:memberOf:my-org', 'user:memberof:my-org'],
    ['user:MemberOf:my-org', 'user:memberof:my-org'],
    ['user:member:my-org', 'user:memberof:my-org'],
    ['user:memberof-x', 'user:memberof:x'],
    ['user:memberof=x', 'user:memberof:x'],
    ['user:memebrof:a:b', 'user:memberof:a:b'],
    ['user:nmae', 'user:name'],
    ['user:names', 'user:name'],
    ['user:Name', 'user:name'],
    ['user:e-mail', ''],
    ['user:emial:my label', 'user:email:my label'],
    ['user:adress', 'user:address'],
    ['user:validated:emial', 'user:validated:email'],
    ['user:publickeys', 'user:publickey'],
    ['user:everything', ''],
    ['user:member', 'user:memberof:<organization>'],
    ['user:memberof', 'user:memberof:<organization>'],
    ['user:memberof my-org', 'user:memberof:my-org'],
    ['user:name.user:email', 'user:name'],
    ['user:name and', 'user:name'],
    ['user:ownerof:emial:a@b.example', 'user:ownerof:email:a@b.example'],
    ['user:xxme', ''],
    ['user:avtr', 'user:avatar'],
    ['user:vtr', ''],
    ['user:', ''],
  ])('%s is probably %j', (scope, likely) => expect(likelyScope(scope)).toBe(likely))

  test.each([
    ...[
      'user:name',
      'user:memberof:my-org',
      'user:organizations:x',
      'user:address',
      'user:email',
      'user:email:my label',
    ],
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
})
