import { describe, expect, test } from '@jest/globals'
import type { Inputs } from '../src/inputs.ts'
import { report, warnings } from '../src/report.ts'
import type { Expectation, Token } from '../src/verify.ts'

/** What a good run says: outputs, lines, warnings and the rows of the summary, from plain values. */

const expiresAt = Date.parse('2026-11-25T13:00:00Z') / 1000
const anHourBefore = Date.parse('2026-11-25T12:00:00Z')

const token: Token = {
  jwt: 'header.payload.signature',
  authorizedParty: 'app-1234',
  identity: 'jane',
  keyKind: 'user',
  scopes: ['user:name', 'user:email'],
  audiences: [],
  expiresAt,
  refreshToken: undefined,
  signatureVerified: true,
}
const credentials = {
  grant: 'client_credentials',
  clientId: 'app-1234',
  clientSecret: 'secret',
  scopes: ['user:name', 'user:email'],
  audiences: [],
} as const
const inputs: Inputs = {
  credentials,
  validity: undefined,
  baseUrl: 'https://itsyou.online',
  namesProxy: false,
  publicKey: undefined,
  envVars: ['JWT'],
  summary: false,
  retries: 3,
  timeout: 60_000,
}
const renewal: Inputs = { ...inputs, credentials: { grant: 'refresh', jwt: 'old' } }

type Changes = { token?: Partial<Token>; inputs?: Inputs; expected?: Partial<Expectation>; now?: number }

function reportOf(changes: Changes = {}) {
  const expected = { authorizedParty: 'app-1234', audiences: [], scopes: token.scopes, renewed: undefined }
  return report(
    { ...token, ...changes.token },
    changes.inputs ?? inputs,
    { ...expected, ...changes.expected },
    changes.now ?? anHourBefore,
  )
}

describe('outputs', () => {
  test('are these five, bare', () => {
    expect(reportOf().outputs).toEqual({
      jwt: 'header.payload.signature',
      'expires-at': '2026-11-25T13:00:00Z',
      'expires-in': '3600',
      identity: 'jane',
      scope: 'user:name,user:email',
    })
  })

  test.each([
    [anHourBefore, '3600'],
    [anHourBefore + 1, '3599'],
    [anHourBefore + 999, '3599'],
    [anHourBefore + 1000, '3599'],
    [anHourBefore + 3_600_000, '0'],
    // Within the tolerance for clocks a JWT may have expired, and is then not good for less than no time.
    [anHourBefore + 3_630_000, '0'],
  ])('expires-in at %i is %s whole seconds, never more than are left', (now, seconds) => {
    expect(reportOf({ now }).outputs['expires-in']).toBe(seconds)
  })

  test('hold the largest date that there is', () => {
    const { outputs } = reportOf({ token: { expiresAt: 8_640_000_000_000 } })
    expect(outputs['expires-at']).toBe('+275760-09-13T00:00:00Z')
  })

  test('give an empty scope where none was granted', () => {
    expect(reportOf({ token: { scopes: [] } }).outputs['scope']).toBe('')
  })
})

describe('lines', () => {
  test('are who, what, until when and under which names', () => {
    expect(reportOf().lines).toEqual([
      'Identity: jane (user key app-1234)',
      'Scopes: user:name, user:email',
      'Valid until 2026-11-25T13:00:00Z (1 h), signature verified.',
      'Handed on as: outputs jwt, expires-at, expires-in, identity, scope, environment JWT',
    ])
  })

  test('name what is special: an organization, an audience, a refresh token, no verification, several names', () => {
    const changes: Changes = {
      token: {
        identity: 'my-org',
        authorizedParty: 'my-org',
        keyKind: 'organization',
        scopes: [],
        audiences: ['a', 'b'],
        refreshToken: 'r',
        signatureVerified: false,
      },
      inputs: { ...inputs, envVars: ['A', 'B'] },
    }
    expect(reportOf(changes).lines).toEqual([
      'Identity: my-org (organization key my-org)',
      'Scopes: none (renewable)',
      'Audience: a, b',
      'Valid until 2026-11-25T13:00:00Z (1 h), signature not verified.',
      'Handed on as: outputs jwt, expires-at, expires-in, identity, scope, environment A, B',
    ])
  })

  test('never hold the JWT or the refresh token', () => {
    const { lines, warnings: all, summary } = reportOf({ token: { refreshToken: 'refresh-token' } })
    const text = JSON.stringify([lines, all, summary])
    for (const secret of ['payload', 'header.', 'signature.', 'refresh-token']) expect(text).not.toContain(secret)
  })

  test.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [89, '1 min'],
    [90, '2 min'],
    [3569, '59 min'],
    [3570, '1 h'],
    [3600, '1 h'],
    [5400, '1 h 30 min'],
    [86_399, '24 h'],
    [90_061, '25 h 1 min'],
  ])('%i seconds are %j', (seconds, words) => {
    expect(reportOf({ now: (expiresAt - seconds) * 1000 }).lines.join()).toContain(`Z (${words}), `)
  })
})

describe('warnings', () => {
  test.each<[name: string, changes: Changes, expected: string[]]>([
    ['nothing is odd', {}, []],
    [
      'no scope was asked for',
      { token: { scopes: ['user:admin'] }, inputs: { ...inputs, credentials: { ...credentials, scopes: [] } } },
      [warnings.everythingTheKeyMayDo('user:admin')],
    ],
    [
      'only offline_access was asked for',
      {
        token: { scopes: ['organization:owner'], refreshToken: 'r' },
        inputs: { ...inputs, credentials: { ...credentials, scopes: ['offline_access'] } },
      },
      [warnings.everythingTheKeyMayDo('organization:owner'), warnings.renewable()],
    ],
    [
      'no scope was asked for, and less than everything was granted',
      { token: { scopes: ['user:name'] }, inputs: { ...inputs, credentials: { ...credentials, scopes: [] } } },
      [],
    ],
    [
      'user:admin was asked for',
      {
        token: { scopes: ['user:admin'] },
        inputs: { ...inputs, credentials: { ...credentials, scopes: ['user:admin'] } },
      },
      [],
    ],
    ['the signature was not verified', { token: { signatureVerified: false } }, [warnings.signatureNotVerified()]],
    [
      'an audience was asked for',
      { inputs: { ...inputs, credentials: { ...credentials, audiences: ['a', 'b'] } } },
      [warnings.audienceAndOpenvCloud()],
    ],
    ['the JWT can be renewed', { token: { refreshToken: 'r' } }, [warnings.renewable()]],
    [
      'validity is 5 minutes',
      { inputs: { ...inputs, validity: 300 }, now: (expiresAt - 300) * 1000 },
      [warnings.shortValidity()],
    ],
    ['validity is a second more', { inputs: { ...inputs, validity: 301 }, now: (expiresAt - 301) * 1000 }, []],
    ['clocks differ by less than a minute', { inputs: { ...inputs, validity: 3540 } }, []],
    [
      'the server gave longer than was asked for',
      { inputs: { ...inputs, validity: 3539 } },
      [warnings.validityIgnored(3539, '1 h')],
    ],
    ['a renewed JWT is renewable, which is its purpose', { inputs: renewal, token: { refreshToken: 'r' } }, []],
    [
      'a renewed JWT lost a scope',
      {
        inputs: renewal,
        token: { scopes: ['user:name'], refreshToken: 'r' },
        expected: { renewed: token, scopes: ['user:name', 'user:email', 'offline_access'] },
      },
      [warnings.scopesLost(['user:email'])],
    ],
    [
      'a renewed JWT cannot be renewed again',
      { inputs: renewal, expected: { renewed: token, scopes: [...token.scopes, 'offline_access'] } },
      [warnings.scopesLost(['offline_access'])],
    ],
  ])('when %s', (_name, changes, expected) => {
    expect(reportOf(changes).warnings).toEqual(expected)
  })
})

describe('the summary', () => {
  test('has a row for each fact, and none for the JWT', () => {
    expect(reportOf().summary).toEqual([
      ['Identity', 'jane (user key app-1234)'],
      ['Scopes', 'user:name, user:email'],
      ['Audience', 'none'],
      ['Validity', '1 h'],
      ['Valid until', '2026-11-25T13:00:00Z'],
      ['Signature', 'verified'],
      ['Server', 'https://itsyou.online'],
    ])
  })
})
