/** Where a redirect leads: what of the server's text a message may repeat. */

import { expect, test } from '@jest/globals'
import { redirectTarget } from '../../src/redirect.ts'
import { rowsOf } from '../support/rows.ts'

const secret = 'Secret-Of_28/characters+Here'
const targetOf = (location?: string, server = 'https://id.example') => redirectTarget(location, server, [secret])

test.each(
  rowsOf({
    'login.example': ['https://login.example/x', 'HTTPS://Login.Example', 'http://login.example'],
    'login.example:8443': ['https://login.example:8443'],
    'secreto.example': ['https://secreto.example'],
    'another path of the same host': [
      ...['/v1/oauth/access_token/', `/${'x'.repeat(100)}/v1/oauth/access_token`],
      ...['/a%20b/v1/oauth/access_token', '/<b>/v1/oauth/access_token', '/id/v1/oauth/access_token/more'],
      '/1/2/3/4/5/6/7/8/9/v1/oauth/access_token',
    ],
  }),
)('%s leads to %s', (location, host) => expect(targetOf(location)).toEqual({ host }))

test.each(
  rowsOf({
    'append /id to "base-url"': [
      ...['/id/v1/oauth/access_token', '/id/v1/oauth/access_token?x'],
      'http://id.example:8080/id/v1/oauth/access_token',
    ],
    [`append /${'x'.repeat(99)} to "base-url"`]: [`/${'x'.repeat(99)}/v1/oauth/access_token`],
    'append /a/b-1 to "base-url"': ['https://id.example/a/b-1/v1/oauth/jwt/refresh'],
  }),
)('%s is advice: %s', (location, advice) => expect(targetOf(location)).toEqual({ advice }))

test.each([
  ...[undefined, 'https://', 'mailto:a@b.example', 'ftp://login.example', 'https://[2001:db8::1]'],
  ...[`https://${'a'.repeat(254)}`, 'https://a_b.example'],
  // Parts of the secret.
  ...[`https://${secret.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}.example`, 'https://of28characters.example'],
  ...['/secretof28/v1/oauth/access_token', 'https://sec-ret.of28.example'],
])('%s is not repeated', location => expect(targetOf(location)).toEqual({}))

test('below another path than the one in "base-url" it says what to write in its place', () => {
  const advice = 'write /new in place of /old in "base-url"'
  expect(targetOf('/new/v1/oauth/access_token', 'https://id.example/old')).toEqual({ advice })
})

test('the same path again is no advice', () => {
  const host = 'another path of the same host'
  expect(targetOf('/id/v1/oauth/access_token', 'https://id.example/id')).toEqual({ host })
})

test('it is compared with all of a short secret', () => {
  expect(redirectTarget('https://abc.example', 'https://id.example', ['a-b-c'])).toEqual({})
  expect(redirectTarget('https://abc.example', 'https://id.example', ['---'])).toEqual({ host: 'abc.example' })
})
