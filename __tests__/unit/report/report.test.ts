/** What a good run says and sets. */

import { expect, test } from '@jest/globals'
import { report } from '../../../src/report/report.ts'
import { warningsAboutToken } from '../../../src/report/warnings.ts'
import { organizationToken, userToken } from '../../support/destinations.ts'
import { read, type Texts } from '../../support/inputs.ts'

const now = Date.parse('2026-01-31T12:00:00.500Z')
const at = (seconds: number) => Date.parse('2026-01-31T12:00:00Z') / 1000 + seconds
const user = { ...userToken, expiresAt: at(3600), verifiedAt: now }
const settings = (inputs: Texts = {}, env?: Texts) => read(inputs, env).settings

test("of a user's JWT that no server was asked about", () => {
  const notAsked = 'No server was asked whether it accepts the JWT ("ovc-url" and "ays-url" are empty).'
  expect(report(user, settings(), undefined, undefined, now)).toEqual({
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
      'Valid until 2026-01-31T13:00:00Z (1 h).',
      notAsked,
      'Set $JWT and the output jwt.',
    ],
    warnings: [],
    summary: [
      ['Identity', 'jane (user key app-1234)'],
      ['Scopes', 'user:name'],
      ['Audience', 'none'],
      ['Valid for', '1 h'],
      ['Valid until', '2026-01-31T13:00:00Z'],
      ['Server', 'https://itsyou.online'],
      ['Accepted by', 'no server was asked'],
    ],
  })
})

test("of an organization's JWT with everything in it, in six lines", () => {
  const token = {
    ...organizationToken,
    ...{ identity: 'cloud potatoes', authorizedParty: 'cloud potatoes', scopes: ['organization:owner:ays', 'a:b c'] },
    ...{ audiences: ['one', 'two words'], refreshToken: 'r', expiresAt: at(3600) },
  }
  const both = { 'ovc-url': 'https://ovc.example', 'ays-url': 'https://ays.example/api' }
  const all = settings({ 'env-var': 'A B C', ...both }, { B: 'x', C: '' })
  const { outputs, lines, summary, warnings } = report(token, all, user, true, now)
  expect(outputs).toEqual({
    jwt: 'header.payload.signature',
    'expires-at': '2026-01-31T13:00:00Z',
    'expires-in': '3599',
    identity: 'cloud potatoes',
    scope: 'organization:owner:ays,a:b c',
  })
  expect(lines).toEqual([
    'Identity: "cloud potatoes" (organization key "cloud potatoes")',
    'Scopes: organization:owner:ays, "a:b c" (renewable); audience: one, "two words"',
    'Valid until 2026-01-31T13:00:00Z (1 h).',
    'OpenvCloud at https://ovc.example accepts the JWT.',
    'AYS at https://ays.example/api accepts the JWT.',
    'Set $A, $B, $C and the output jwt.',
  ])
  expect(summary).toContainEqual(['Audience', 'one, "two words"'])
  expect(summary.at(-1)).toEqual(['Accepted by', `${lines[3]} ${lines[4]}`])
  expect(warnings).toEqual(warningsAboutToken(token, all, user))
})

test('of a JWT that one server was asked about, without scopes and variables', () => {
  const plain = settings({ 'env-var': '', 'ovc-url': 'https://ovc.example' })
  const { outputs, lines } = report({ ...user, scopes: [] }, plain, undefined, false, now)
  expect(outputs).toMatchObject({ scope: '' })
  const none = 'No account there names jane@itsyouonline; creating a cloud space needs one.'
  expect(lines).toEqual([
    'Identity: jane (user key app-1234)',
    'Scopes: none',
    'Valid until 2026-01-31T13:00:00Z (1 h).',
    `OpenvCloud at https://ovc.example accepts the JWT. ${none}`,
    'Set the output jwt.',
  ])
})

test('no JWT lives less than no time, also where the clock is ahead', () => {
  const { outputs, lines } = report({ ...user, expiresAt: at(-30) }, settings(), undefined, undefined, now)
  expect(outputs).toMatchObject({ 'expires-in': '0', 'expires-at': '2026-01-31T11:59:30Z' })
  expect(lines).toContain('Valid until 2026-01-31T11:59:30Z (0 s).')
})
