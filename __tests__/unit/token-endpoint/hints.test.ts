/** What 400 and 401 mean, deduced from what was sent. */

import { describe, expect, test } from '@jest/globals'
import { whyRefused, whyRejected } from '../../../src/token-endpoint/hints.ts'

const id = 'Qx7w456789012345678901234567'
const label = 'CI Key (jane)'
const secret = { user: 'zK9v-xx8901234567890123456xx', organization: 'vJ8k'.padEnd(52, 'x'), neither: 'zK9v-cut' }

describe('400: what the forms of the two say', () => {
  const isNoId = '"app-id" is not an application id, which has 28 characters with capital letters'
  const cut = 'It was probably cut or changed.'
  const pair =
    /do not belong together \(they are swapped.*deleted.*another server.*from a key on https:\/\/id\.example\./
  const ofOrganization =
    /wrong.*deleted.*another server than https:\/\/id\.example, or "May be used in client credentials/
  test.each<[name: string, appId: string, kind: keyof typeof secret, says: string | RegExp]>([
    ["a user's id and secret", id, 'user', pair],
    [
      "a user's id, an organization's secret",
      id,
      'organization',
      /is a user's, .* \(52 characters\)\. Copy both from the same API key\.$/,
    ],
    ["a user's id, no secret", id, 'neither', `does not have the 28 characters of a user's secret. ${cut}`],
    ["an organization's id or a user name, a user's secret", 'jane_doe_1', 'user', `${isNoId} (this has 10), and`],
    ["an organization's id and secret", 'cloud potatoes', 'organization', ofOrganization],
    ["an organization's id, no secret", 'my-org', 'neither', `or the 52 of an organization's. ${cut}`],
    ["no id, a user's secret", label, 'user', `${isNoId} (this has 13). Copy both again`],
    ["no id, an organization's secret", label, 'organization', 'is not an organization\'s global id, and "secret" has'],
    ['neither', label, 'neither', `${isNoId} (this has 13), or an organization's global id, and "secret" does not`],
    ['capitals in the id of an organization', 'My-Org', 'organization', 'Write "my-org".'],
  ])('%s', (_name, appId, kind, says) => {
    const reason = whyRejected(appId, secret[kind], 'https://id.example')
    expect(reason).toMatch(says)
    expect(reason).not.toMatch(/Qx7w|zK9v|vJ8k|CI Key|jane/i)
  })

  test("an organization's id and secret that are swapped", () => {
    const reason = whyRejected(secret.organization, 'my-org', 'https://id.example')
    expect(reason).toMatch(/of an organization's key are swapped\. Exchange them\.$/)
    expect(reason).not.toMatch(/vJ8k/i)
  })

  const sameAsPair = (appId: string, value: string) =>
    expect(whyRejected(appId, value, 'https://id.example')).toMatch(pair)

  test('28 characters of base64url are a secret; with a capital, they are an id', () => {
    sameAsPair(id, id.toLowerCase())
    for (const appId of [id.toLowerCase(), `${id}x`, id.slice(1), `${id.slice(1)}+`]) {
      expect(whyRejected(appId, secret.user, 'https://id.example')).toContain(isNoId)
    }
    for (const value of [`${secret.user}x`, secret.user.slice(1), `${secret.user.slice(1)}"`]) {
      expect(whyRejected(id, value, 'https://id.example')).toContain(cut)
    }
    for (const swapped of [`${secret.organization}x`, `+${secret.organization}`]) {
      expect(whyRejected(swapped, 'my-org', 'https://id.example')).toContain(isNoId)
    }
    for (const value of [`${secret.organization}x`, secret.organization.slice(1)]) {
      expect(whyRejected('my-org', value, 'https://id.example')).toContain(cut)
    }
  })

  test.each([
    ['the secret', secret.organization],
    ['a part of the secret', secret.organization.slice(0, 20)],
    ['another secret', 'Zz1y'.padEnd(52, 'y')],
  ])('%s as "app-id" is not repeated in lower case, where no mask hides it', (_what, appId) => {
    const reason = whyRejected(appId, secret.organization, 'https://id.example')
    expect(reason).toContain('is not an organization\'s global id, and "secret" has the length')
    expect(reason).not.toMatch(/vJ8k|Zz1y/i)
  })

  test('characters are counted as people do', () => {
    expect(whyRejected('𠮷'.repeat(3), secret.user, 'https://id.example')).toContain('(this has 3)')
  })
})

describe('401: what this kind of key may not have', () => {
  const ofUser = 'a user\'s key may not have "organization:" scopes. Write "scope: user:name" for OpenvCloud'
  const ofOrganization =
    /an organization's key may not have "user:" scopes\. For AYS, write "scope: organization:owner:ays"/
  const ofEither =
    /may have "user:" scopes, and an organization's key may have scopes that begin with "organization:owner"/
  test.each<[appId: string, scopes: string[], says: string | RegExp]>([
    ['my-org', ['user:name'], ofOrganization],
    ['my-org', ['user:name', 'user:memberof:x', 'offline_access'], ofOrganization],
    [id, ['organization:owner:ays'], ofUser],
    [id, ['user:name', 'organization:owner:ays'], ofUser],
    ['my-org', ['organization:owner:ays', 'user:name'], ofEither],
    ['my-org', ['organization:owner-x'], ofEither],
  ])('%s with %j', (appId, scopes, says) => expect(whyRefused(appId, scopes)).toMatch(says))
})
