/** What 400 and 401 probably mean, deduced from what was sent. */

import { expect, test } from '@jest/globals'
import { whyRefused, whyRejected } from '../../src/diagnosis.ts'

const id = 'iD_3456789012345678901234567'
const userSecret = 'sEcret-8901234567890123456xx'
const organizationSecret = 'oRg'.padEnd(52, 'x')

const wrong = '"app-id" or "secret" is wrong, or the key was deleted or made on another server'
const ofOrganization = `${wrong}, or the organization's API key has its "client credentials" flow switched off; check both`
const swapped = '"app-id" and "secret" are probably swapped; exchange them.'
const inQuotes = (input: string) => `"${input}" has quotation marks around it; store it again without them.`
const again = "copy it again from the API key's page."
const cut = `"secret" is not as long as a secret (28 or 52 characters), so it was probably cut or changed; ${again}`

test.each<[name: string, appId: string, secret: string, reason: string]>([
  ["a user's key", id, userSecret, `${wrong}; copy both again from the API key's page.`],
  ["an organization's key", 'my-org', organizationSecret, ofOrganization],
  ['swapped', organizationSecret, 'my-org', swapped],
  ["swapped, with an id of a user's", organizationSecret, id, swapped],
  ['a secret in double quotes', id, `"${userSecret}"`, inQuotes('secret')],
  ['a secret in single quotes', id, `'${userSecret}'`, inQuotes('secret')],
  ['a secret with one quote', id, `${userSecret}"`, inQuotes('secret')],
  ['quotes inside both', `a"'b`, `${userSecret.slice(0, 10)}"${userSecret.slice(11)}`, wrong],
  ['an id of no known kind', 'A B!', userSecret, wrong],
  ['an id in quotes', `"${id}"`, userSecret, inQuotes('app-id')],
  ['a secret that was cut', id, userSecret.slice(1), cut],
  ["an organization's secret that was cut", 'my-org', organizationSecret.slice(1), cut],
  ["a user's id", id, organizationSecret, `not as long as a user's (28 characters); ${again}`],
  ["an organization's id", 'my-org', userSecret, `not as long as an organization's (52 characters); ${again}`],
  ['two secrets', organizationSecret, organizationSecret, wrong],
])('400: %s', (_name, appId, secret, reason) => {
  expect(whyRejected(appId, secret)).toContain(reason)
  // Nothing of the two is in the sentence.
  expect(whyRejected(appId, secret)).not.toMatch(/iD_3|sEcr|oRg/)
  if (appId === id) expect(whyRejected(appId, secret)).not.toContain('organization')
})

const useUsers = `probably an organization's key. Use a user's key for OpenvCloud; for AYS, leave "scope" empty.`
const onlyOwner = `an organization's key may request "organization:owner" and what begins with it, and nothing else; correct`
const onlyOrganization = `only an organization's key may request it, and this is a user's key; request user: scopes`
const beginWith = `scopes begin with "user:" for a user's key, and with "organization:owner" for an organization's key; correct`
test.each<[appId: string, scopes: string[], reason: string]>([
  ['my-org', ['user:name'], `a user's key may request it, so this is ${useUsers}`],
  ['my-org', ['user:name', 'user:email'], `a user's key may request them, so this is ${useUsers}`],
  ['my-org', ['user:name', 'offline_access'], useUsers],
  [id, ['organization:owner'], onlyOrganization],
  ['my-org', ['organization:member'], onlyOwner],
  ['my-org', ['user:name', 'organization:member'], onlyOwner],
  ['my-org', ['admin'], beginWith],
  ['my-org', [], beginWith],
])('401: %s with %j', (appId, scopes, reason) => expect(whyRefused(appId, scopes)).toContain(reason))
