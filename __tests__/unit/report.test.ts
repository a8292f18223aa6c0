/** What a good run says and sets. */

import { expect, test } from '@jest/globals'
import type { Token } from '../../src/jwt/token.ts'
import { report } from '../../src/report.ts'
import { organizationToken, userToken } from '../support/destinations.ts'
import { read } from '../support/inputs.ts'

const now = Date.parse('2026-01-31T12:00:00.500Z')
const at = (seconds: number) => Date.parse('2026-01-31T12:00:00Z') / 1000 + seconds
const user: Token = { ...userToken, expiresAt: at(3600) }

test("of a user's JWT", () => {
  expect(report(user, read({ scope: 'user:name' }), undefined, undefined, now)).toEqual({
    outputs: {
      jwt: 'header.payload.signature',
      'expires-at': '2026-01-31T13:00:00Z',
      'expires-in': '3599',
      identity: 'jane',
      scope: 'user:name',
      'ovc-user': 'jane@itsyouonline',
    },
    lines: [
      'Identity: jane (user key app-1234)',
      'Scopes: user:name',
      'Valid until 2026-01-31T13:00:00Z (1 h), signature verified.',
      'Set: outputs jwt, expires-at, expires-in, identity, scope, ovc-user; environment variable JWT',
    ],
    warnings: [],
    summary: [
      ['Identity', 'jane (user key app-1234)'],
      ['Scopes', 'user:name'],
      ['Audience', 'none'],
      ['Validity', '1 h'],
      ['Valid until', '2026-01-31T13:00:00Z'],
      ['Signature', 'verified'],
      ['Server', 'https://itsyou.online'],
    ],
  })
})

test("of an organization's JWT, with everything in it", () => {
  const token: Token = {
    ...organizationToken,
    ...{ identity: 'cloud potatoes', authorizedParty: 'cloud potatoes', scopes: ['organization:owner', 'a:b c'] },
    ...{ audiences: ['one', 'two words'], refreshToken: 'r', signatureVerified: false, expiresAt: at(-10) },
  }
  const all = read({ 'env-var': 'A B', 'ays-url': 'https://ays.example/api' }, { A: 'x', B: 'y' })
  const { outputs, lines, summary } = report(token, all, undefined, undefined, now)
  expect(outputs).toMatchObject({ identity: 'cloud potatoes', 'expires-in': '0', scope: 'organization:owner,a:b c' })
  expect(lines).toEqual([
    'A already has a value in this job. Later steps get the new JWT.',
    'B already has a value in this job. Later steps get the new JWT.',
    'Identity: "cloud potatoes" (organization key "cloud potatoes")',
    'Scopes: organization:owner, "a:b c" (renewable)',
    'Audience: one, "two words"',
    'Valid until 2026-01-31T11:59:50Z (0 s), signature not verified.',
    'Set: outputs jwt, expires-at, expires-in, identity, scope; environment variables A, B',
  ])
  expect(summary).toContainEqual(['Audience', 'one, "two words"'])
  expect(summary).toContainEqual(['Signature', 'not verified'])
  expect(summary.at(-1)).toEqual(['AYS', 'https://ays.example/api, accepts the JWT'])
})

test('without scopes and variables, and with accounts', () => {
  const accounts = ['my-account', 'b'].map((name, id) => ({ id, name }))
  const plain = read({ 'env-var': '', 'ovc-url': 'https://ovc.example' })
  const { outputs, lines, summary } = report({ ...user, scopes: [] }, plain, undefined, accounts, now)
  expect(outputs).toMatchObject({ scope: '', 'ovc-accounts': '[{"id":0,"name":"my-account"},{"id":1,"name":"b"}]' })
  expect(lines).toContain('Scopes: none')
  expect(lines.at(-1)).toBe('Set: outputs jwt, expires-at, expires-in, identity, scope, ovc-user, ovc-accounts')
  expect(summary.at(-1)).toEqual(['OpenvCloud', 'https://ovc.example, accounts of jane@itsyouonline: my-account, b'])
})

test('a warning is passed on', () => {
  expect(report(user, read({ scope: 'user:name', validity: '2h' }), undefined, undefined, now).warnings).toHaveLength(1)
})
