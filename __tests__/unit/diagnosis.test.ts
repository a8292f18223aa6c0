/** What 400 and 401 probably mean, deduced from what was sent. */

import { expect, test } from '@jest/globals'
import { whyRefused, whyRejected } from '../../src/diagnosis.ts'

const id = 'iD_3456789012345678901234567'.slice(0, 28)
const userSecret = 'sEcret-8901234567890123456xx'
const organizationSecret = 'oRg'.padEnd(52, 'x')

const wrong = '"app-id" or "secret" is wrong, or the key was deleted or made on another server'
test.each<[name: string, appId: string, secret: string, reason: string]>([
  ["a user's key", id, userSecret, `${wrong}; copy both again from the API key's page.`],
  [
    "an organization's key",
    'my-org',
    organizationSecret,
    `${wrong}, or the organization's API key has its "client credentials" flow switched off; check both on the API key's page.`,
  ],
  ['swapped', organizationSecret, 'my-org', '"app-id" and "secret" are probably swapped; exchange them.'],
  [
    "swapped, with an id of a user's",
    organizationSecret,
    id,
    '"app-id" and "secret" are probably swapped; exchange them.',
  ],
  [
    'a secret in double quotes',
    id,
    `"${userSecret}"`,
    '"secret" has quotation marks around it; store it again without them.',
  ],
  ['a secret in single quotes', id, `'${userSecret}'`, '"secret" has quotation marks around it'],
  ['a secret with one quote', id, `${userSecret}"`, '"secret" has quotation marks around it'],
  ['quotes inside both', `a"'b`, `${userSecret.slice(0, 10)}"${userSecret.slice(11)}`, wrong],
  ['an id of no known kind', 'A B!', userSecret, wrong],
  ['an id in quotes', `"${id}"`, userSecret, '"app-id" has quotation marks around it'],
  [
    'a secret that was cut',
    id,
    userSecret.slice(1),
    '"secret" is not as long as a secret (28 or 52 characters), so it was probably cut or changed; copy it again from the API key\'s page.',
  ],
  ["an organization's secret that was cut", 'my-org', organizationSecret.slice(1), 'so it was probably cut or changed'],
  [
    "a user's id with an organization's secret",
    id,
    organizationSecret,
    '"app-id" is a user\'s, and "secret" is not as long as a user\'s (28 characters); copy it again',
  ],
  [
    "an organization's id with a user's secret",
    'my-org',
    userSecret,
    '"app-id" is an organization\'s, and "secret" is not as long as an organization\'s (52 characters); copy it again',
  ],
  ['two secrets', organizationSecret, organizationSecret, wrong],
])('400: %s', (_name, appId, secret, reason) => {
  expect(whyRejected(appId, secret)).toContain(reason)
  // Nothing of the two is in the sentence.
  expect(whyRejected(appId, secret)).not.toMatch(/iD_3|sEcr|oRg/)
  if (appId === id) expect(whyRejected(appId, secret)).not.toContain('organization')
})

test.each<[appId: string, scopes: string[], reason: string]>([
  [
    'my-org',
    ['user:name'],
    "a user's key may request it, so this is probably an organization's key. Use a user's key for OpenvCloud; for AYS, leave \"scope\" empty.",
  ],
  ['my-org', ['user:name', 'user:email'], "a user's key may request them, so this is probably an organization's key"],
  ['my-org', ['user:name', 'offline_access'], "probably an organization's key"],
  [
    id,
    ['organization:owner'],
    'only an organization\'s key may request it, and this is a user\'s key; request user: scopes, such as "scope: user:name".',
  ],
  [
    'my-org',
    ['organization:member'],
    'an organization\'s key may request "organization:owner" and what begins with it, and nothing else; correct "scope".',
  ],
  ['my-org', ['user:name', 'organization:member'], 'an organization\'s key may request "organization:owner"'],
  [
    'my-org',
    ['admin'],
    'scopes begin with "user:" for a user\'s key, and with "organization:owner" for an organization\'s key; correct "scope".',
  ],
  ['my-org', [], 'scopes begin with "user:"'],
])('401: %s with %j', (appId, scopes, reason) => expect(whyRefused(appId, scopes)).toContain(reason))
