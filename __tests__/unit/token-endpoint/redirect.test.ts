/** Where a redirect leads: what of the server's text a message may repeat. */

import { expect, test } from '@jest/globals'
import { redirectRemedy } from '../../../src/token-endpoint/redirect.ts'
import { rowsOf, words } from '../../support/rows.ts'

const secret = 'Secret-Of_28/characters+Here'
const remedyFor = (location?: string, server = 'https://id.example') => redirectRemedy(location, server, [secret])
const elsewhere =
  'if the server has moved to another address, set "base-url" to it. If a login page is in front of the server, ask its operator to let this request through.'
const moved = (address: string) => `set "base-url" to ${address} if that is your server's new address.`

const long = `/${'x'.repeat(99)}`
const tooLong = 'a'.repeat(254)
test.each(
  rowsOf({
    'https://new.example': words(`
      https://new.example/v1/oauth/access_token HTTPS://New.Example:443/v1/oauth/access_token?x#y
      https://user:password@new.example/v1/oauth/access_token`),
    'https://new.example:8443/a/b-1': ['https://new.example:8443/a/b-1/v1/oauth/jwt/refresh'],
    'https://[2001:db8::1]:8443': ['https://[2001:db8::1]:8443/v1/oauth/access_token'],
    'https://id.example/id': ['/id/v1/oauth/access_token', '//id.example/id/v1/oauth/access_token'],
    'https://id.example/1/2/3/4/5/6/7/8': ['/1/2/3/4/5/6/7/8/v1/oauth/access_token'],
    [`https://id.example${long}`]: [`${long}/v1/oauth/access_token`],
    'http://127.0.0.1:8080': ['http://127.0.0.1:8080/v1/oauth/access_token'],
    'https://secreto.example': ['https://secreto.example/v1/oauth/access_token'],
  }),
)('%s is an address for "base-url": %s', (location, address) => expect(remedyFor(location)).toBe(moved(address)))

test.each([
  undefined,
  ...words(`
    https:// mailto:a@b.example https://login.example/ https://new.example/v1/oauth/access_token/
    https://new.example/x?/v1/oauth/access_token https://new.example/id/v1/oauth/access_token/more
    /1/2/3/4/5/6/7/8/9/v1/oauth/access_token ${long}x/v1/oauth/access_token /<b>/v1/oauth/access_token
    /a%20b/v1/oauth/access_token ftp://localhost/v1/oauth/access_token`),
  // An address that "base-url" does not take.
  ...words(`
    http://new.example/v1/oauth/access_token http://localhost./v1/oauth/access_token
    https://${tooLong}/v1/oauth/access_token https://a_b.example/v1/oauth/access_token`),
  // The same server: the redirect leads in a circle.
  'https://id.example/v1/oauth/access_token',
  // Parts of the secret.
  ...words(`
    https://secretof28charactershere.example/v1/oauth/access_token /of28characters/v1/oauth/jwt/refresh
    /secretof28/v1/oauth/access_token https://sec-ret.of28.example/v1/oauth/access_token`),
])('%s is not repeated', location => expect(remedyFor(location)).toBe(elsewhere))

test('a server below a path is another address than the host itself', () => {
  expect(remedyFor('/new/v1/oauth/access_token', 'https://id.example/old')).toBe(moved('https://id.example/new'))
  expect(remedyFor('/v1/oauth/access_token', 'https://id.example/old')).toBe(moved('https://id.example'))
  expect(remedyFor('/old/v1/oauth/access_token', 'https://id.example/old')).toBe(elsewhere)
})
