/** A misspelt "base-url" or "public-key" must not send the secret of one's own server to the public one. */

import { expect, test } from '@jest/globals'
import { read, type Texts } from '../../support/inputs.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

const own = 'https://id.example'

test.each(
  rowsOf({
    'base-url': words('base_url baseurl base--url base-uri base_uri baseuri -base.url_'),
    'public-key': words('public_key publickey public_-key _public.key-'),
  }),
)('"%s" is an error: write "%s"', (wrong, right) => {
  const error = saying('ERR_INPUT_MISSPELT', `"${wrong}" is not an input of this action: write "${right}".`)
  expect(() => read({}, { [`INPUT_${wrong.toUpperCase()}`]: own })).toThrow(error)
})

test.each([
  ['base\u2011url', 'base(U+2011)url'],
  ['base-url\u200b', 'base-url(U+200b)'],
  ['\u00a0base-url', '(U+00a0)base-url'],
])('the character is named that only looks right: %j', (wrong, shown) => {
  expect(() => read({}, { [`INPUT_${wrong.toUpperCase()}`]: own })).toThrow(
    `"${shown}" is not an input of this action: `,
  )
})

test.each<[when: string, inputs: Texts, env: Texts]>([
  ['even if it is empty', {}, { INPUT_BASE_URL: '' }],
  ['before an empty credential', { 'app-id': '' }, { INPUT_BASE_URL: own, INPUT_APP_ID: 'x' }],
  ['of a renewal', { 'app-id': '', secret: '', jwt: 'a.b.c' }, { INPUT_BASE_URL: own }],
  ['where the default is written with a slash', { 'base-url': 'https://itsyou.online/' }, { INPUT_BASE_URL: own }],
  ['next to another key', { 'public-key': 'one' }, { INPUT_PUBLIC_KEY: 'another' }],
])('is reported %s', (_when, inputs, env) => expect(() => read(inputs, env)).toThrow(saying('ERR_INPUT_MISSPELT')))

const passedOn = { INPUT_BASE_URL: ' https://itsyou.online ', INPUT_PUBLIC_KEY: ' x ' }

// Gitea's runner passes a composite action's own inputs on to this step.
test.each<[what: string, inputs: Texts, env: Texts]>([
  ["a wrapper's own inputs", {}, { 'INPUT_MAX-RETRIES': '7', 'INPUT_ENV-VARS': 'x', INPUT_AUD: 'y', INPUT_URL: own }],
  ['names that sound alike', {}, { 'INPUT_OVH-URL': own, 'INPUT_AWS-URL': own, 'INPUT_DATABASE-URL': own }],
  ['names that contain it', {}, { 'INPUT_BASE-URLS': own, 'INPUT_MY-PUBLIC-KEY': 'x', INPUT_PUBLICKEYS: 'x' }],
  [
    'names that begin with it',
    {},
    { 'INPUT_BASE-URL-2': own, INPUT_BASE_URL1: own, 'INPUT_PUBLIC-KEY-X': 'x', 'INPUT_X-BASE-URL': own },
  ],
  ['other spellings', {}, { INPUT_SCOPES: 'x', INPUT_TIME_OUT: 'x', INPUT_APP_ID: 'x', INPUT_CLIENT_SECRET: 'x' }],
  ['other variables', {}, { BASE_URL: own, PUBLIC_KEY: 'x', MY_INPUT_BASE_URL: own }],
  ['the right spelling', {}, { 'INPUT_BASE-URL': own, 'INPUT_PUBLIC-KEY': 'x' }],
  ['a value that is passed on', { 'public-key': 'x' }, passedOn],
  ['the same address in capitals, with a slash', {}, { INPUT_BASE_URL: 'https://ITSYOU.online/' }],
  ['an empty one', {}, { INPUT_PUBLIC_KEY: '' }],
  ["one's own server", { 'base-url': own, 'public-key': 'x' }, { INPUT_BASE_URL: 'y', INPUT_PUBLIC_KEY: 'y' }],
])('%s: no error', (_what, inputs, env) => expect(read(inputs, env)).toEqual(read(inputs)))
