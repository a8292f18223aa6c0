import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import {
  defaultOrganizationKey,
  defaultUserKey,
  type ItsYouOnline,
  startItsYouOnline,
} from '../../sandbox/itsyouonline.ts'
import { Job, type StepResult } from '../../sandbox/runner.ts'
import { expectPromisesKept, type Fault, main, testFaults } from '../support/fault-run.ts'
import { answer } from '../support/faulty-server.ts'
import {
  anotherKey,
  claims,
  inSeconds,
  signJwt,
  signWithPublicKeyAsSecret,
  tamper,
  unsigned,
} from '../support/forge.ts'

/** What only a renewal can get wrong: the JWT that is to be renewed, and how the new one compares with it. */

const refreshable = (changes: Record<string, unknown> = {}) =>
  claims({ refresh_token: 'refresh-token-of-the-old-jwt', ...changes })

/** The JWT is no good: nothing is sent, since whoever has it can renew it. */
function notSent(name: string, renew: string, wrong: RegExp, more: Partial<Fault> = {}): Fault {
  const rest = 'give the whole JWT as its server issued it, and that server\'s "base-url" and "public-key"\\.'
  return {
    name: `${name}: an error before any request`,
    renew,
    answers: given => [given.good],
    requests: 0,
    error: new RegExp(`^"jwt" ${wrong.source}: ${rest}$`),
    ...more,
  }
}

const oldJwt: Fault[] = [
  notSent('a text without dots', 'not-a-jwt', /does not have the three parts of a JWT/),
  notSent(
    'two parts',
    signJwt(refreshable()).split('.').slice(0, 2).join('.'),
    /does not have the three parts of a JWT/,
  ),
  notSent('four parts', `${signJwt(refreshable())}.abc`, /does not have the three parts of a JWT/),
  notSent('a JWT behind its scheme', `bearer ${signJwt(refreshable())}`, /does not have the three parts of a JWT/),
  notSent('a JWT on two lines', signJwt(refreshable()).replace('.', '.\n'), /does not have the three parts of a JWT/),
  notSent('alg none', `${unsigned(refreshable(), { alg: 'none' })}.`, /is not signed with ES384/),
  notSent("HS256 with the public key's text", signWithPublicKeyAsSecret(refreshable()), /is not signed with ES384/),
  notSent('a JWT of another key', signJwt(refreshable(), { key: anotherKey }), /is not signed with this server's key/),
  notSent(
    'a JWT with claims exchanged',
    tamper(signJwt(refreshable()), refreshable({ scope: ['user:admin'], username: 'mallory' })),
    /is not signed with this server's key/,
  ),
  notSent('claims that are no JSON', signJwt('SERVER-TEXT'), /has claims that cannot be read, or one of them twice/),
  notSent('another issuer', signJwt(refreshable({ iss: 'SERVER-TEXT' })), /was not issued by "itsyouonline" \("iss"\)/),
  notSent(
    'a username with a command in it',
    signJwt(refreshable({ username: 'x\n::stop-commands::SERVER-TEXT' })),
    /has a "username" or "globalid" that is no plain text/,
  ),
  notSent('no refresh token', signJwt(claims()), /./, {
    error:
      /^"jwt" holds a JWT without a refresh_token, which no server renews: ask for it with "scope: \.\.\., offline_access", or use "app-id" and "secret" here\.$/,
  }),
  notSent('an empty refresh token', signJwt(claims({ refresh_token: '' })), /./, {
    error: /^"jwt" holds a JWT without a refresh_token/,
  }),
  notSent('no refresh token, at a server that is not known', signJwt(claims()), /./, {
    withoutKey: true,
    error: /^"jwt" holds a JWT without a refresh_token/,
  }),
  {
    name: 'a JWT of another key at a server that is not known: the server decides',
    renew: signJwt(refreshable(), { key: anotherKey }),
    withoutKey: true,
    answers: () => [answer(401)],
    requests: 1,
    error: /^\S+ does not renew the JWT in "jwt" \(401\): it was revoked, or not used for 30 days/,
  },
  {
    name: 'an expired JWT: is renewed, as the refresh token outlives it',
    old: { exp: inSeconds(-86_400) },
    answers: given => [given.good],
    requests: 1,
  },
  {
    name: 'blanks and a newline around the JWT: are not sent',
    inputs: { jwt: ` ${signJwt(refreshable())}\n` },
    answers: given => [given.good],
    requests: 1,
  },
  {
    name: 'the JWT, its payload, its signature and its refresh token: are masked before anything else',
    answers: given => [given.good],
    requests: 1,
    check: ({ result, server }) => {
      const old = /^authorization: bearer (\S+)/im.exec(server.requests[0] ?? '')?.[1] ?? ''
      const [, payload, signature] = old.split('.')
      const first = result.stdout.split('\n').slice(0, 4)
      expect(first).toEqual(
        [old, payload, signature, 'refresh-token-of-the-old-jwt'].map(text => `::add-mask::${text}`),
      )
    },
  },
]

const newJwt: Fault[] = [
  {
    name: 'a scope that was lost: a warning that names it, and the JWT is handed on',
    old: { scope: ['user:name', 'user:memberof:acme'] },
    answers: given => [given.good],
    requests: 1,
    warnings: [/^The renewed JWT has lost "user:memberof:acme": the user or the key no longer has it/],
  },
  {
    name: 'all scopes lost: a warning that names them',
    answers: given => [answer(200, () => given.issue({ scope: [''] }))],
    requests: 1,
    warnings: [/^The renewed JWT has lost "user:name"/],
  },
  {
    name: 'the refresh token lost: a warning that names offline_access',
    answers: given => [answer(200, () => given.issue({ refresh_token: undefined }))],
    requests: 1,
    warnings: [/^The renewed JWT has lost "offline_access"/],
  },
  {
    name: 'the same scopes in another order: no warning',
    old: { scope: ['user:email', 'user:name'] },
    answers: given => [answer(200, () => given.issue({ scope: ['user:name', 'user:email'] }))],
    requests: 1,
  },
  ...(
    [
      ['a scope more', { scope: ['user:name', 'user:admin'] }, 'has scopes that the JWT that was renewed did not have'],
      ['a wider scope', { scope: ['user:admin'] }, 'has scopes that the JWT that was renewed did not have'],
      ['an audience more', { aud: ['other.example'] }, 'has an audience that the JWT that was renewed did not have'],
      ['another application id', { azp: 'SERVER-TEXT' }, 'was issued to another application id \\("azp"\\)'],
      ['another user', { username: 'mallory' }, 'is for another identity than the JWT that was renewed'],
      ['another capital in the user', { username: 'Jane' }, 'is for another identity than the JWT that was renewed'],
      [
        'an organization of the same name',
        { username: undefined, globalid: 'jane' },
        'is for another identity than the JWT that was renewed',
      ],
    ] as const
  ).map(
    ([name, changes, wrong]): Fault => ({
      name: `${name} than before: an error, and nothing is handed on`,
      answers: given => [answer(200, () => given.issue(changes))],
      requests: 1,
      error: new RegExp(`^The JWT from \\S+ ${wrong}, so nothing was handed on`),
    }),
  ),
  {
    name: 'the old JWT itself, expired, as the answer: an error',
    old: { exp: inSeconds(-3600) },
    answers: given => [
      exchange => answer(200, given.secret(/bearer (\S+)/.exec(exchange.request)?.[1] ?? ''))(exchange),
    ],
    requests: 1,
    error: /^The new JWT from \S+ expired 36\d\d s ago/,
  },
]

const exclusive: Fault[] = (
  [
    [{ 'app-id': 'app-1234' }, '"app-id"', 'that input'],
    [{ secret: 'another-s3cret' }, '"secret"', 'that input'],
    [{ scope: 'user:name' }, '"scope"', 'that input'],
    [{ audience: 'a.example' }, '"audience"', 'that input'],
    [{ 'app-id': 'app-1234', secret: 'another-s3cret' }, '"app-id", "secret"', 'those inputs'],
    [
      { 'app-id': 'a', secret: 'another-s3cret', scope: 'b', audience: 'c' },
      '"app-id", "secret", "scope", "audience"',
      'those inputs',
    ],
  ] as const
).map(
  ([inputs, names, these]): Fault => ({
    name: `${names} beside "jwt": an error that says which to drop`,
    inputs,
    answers: given => [given.good],
    requests: 0,
    error: new RegExp(
      `^"jwt" renews a JWT and cannot be combined with ${names}: drop ${these} to renew, or drop "jwt"`,
    ),
  }),
)

describe('the JWT to be renewed', () => testFaults(oldJwt, { grant: 'jwt' }))
describe('the new JWT', () => testFaults(newJwt, { grant: 'jwt' }))
describe('other inputs', () => testFaults(exclusive, { grant: 'jwt' }))

describe('against the server of the sandbox', () => {
  let server: ItsYouOnline
  beforeAll(async () => {
    server = await startItsYouOnline()
  })
  afterAll(() => server.close())

  /** One step of a job of its own. */
  async function step(inputs: Record<string, string>): Promise<StepResult> {
    const job = new Job()
    try {
      return await job.runAction({
        main,
        with: { 'base-url': server.url, 'public-key': server.publicKeyPem, ...inputs },
        env: { RUNNER_DEBUG: '1' },
      })
    } finally {
      job.dispose()
    }
  }

  async function issue(key: 'user' | 'organization', scope: string): Promise<string> {
    const credentials =
      key === 'user'
        ? { 'app-id': defaultUserKey.applicationId, secret: defaultUserKey.secret }
        : { 'app-id': defaultOrganizationKey.globalId, secret: defaultOrganizationKey.secret }
    const { outputs } = await step({ ...credentials, scope })
    return String(outputs['jwt'])
  }

  async function renew(jwt: string, inputs: Record<string, string> = {}): Promise<StepResult> {
    const result = await step({ jwt, ...inputs })
    const issued = result.outputs['jwt']
    expectPromisesKept({ result, issued }, [jwt, ...(issued ? [issued] : [])])
    return result
  }

  test.concurrent.each(['user', 'organization'] as const)(
    "a JWT of a %s's key is renewed for the same identity",
    async key => {
      const scope = key === 'user' ? 'user:name,offline_access' : 'offline_access'
      const old = await issue(key, scope)
      const result = await renew(old, { validity: '10m' })
      expect(result).toMatchObject({ exitCode: 0, warnings: [] })
      const { exp: _, ...before } = decodeJwt(old)
      const { exp, ...after } = decodeJwt(String(result.outputs['jwt']))
      expect(after).toEqual(before)
      // The old one was good for a day: it is renewed all the same, and the log says until when the new one holds.
      expect(Number(exp)).toBeLessThan(Number(decodeJwt(old).exp))
      expect(result.log).toContain(`Valid until ${result.outputs['expires-at']} (10 min), signature verified.`)
    },
  )

  test.concurrent('a JWT that was renewed can be renewed again', async () => {
    const first = await renew(await issue('user', 'user:name,offline_access'))
    const second = await renew(String(first.outputs['jwt']))
    expect(second).toMatchObject({ exitCode: 0, errors: [] })
  })

  test.concurrent('an expired JWT is renewed', async () => {
    const old = decodeJwt(await issue('user', 'user:name,offline_access'))
    const result = await renew(await server.issue({ ...old, exp: inSeconds(-86_400) }))
    expect(result).toMatchObject({ exitCode: 0, errors: [] })
  })

  test.concurrent('a revoked JWT is an error that says so', async () => {
    const old = await issue('user', 'user:name,offline_access')
    server.revoke(String(decodeJwt(old)['refresh_token']))
    const result = await renew(old)
    expect(result.errors).toEqual([
      expect.stringMatching(/does not renew the JWT in "jwt" \(401\): it was revoked, or not used for 30 days/),
    ])
  })

  test.concurrent('a scope that the server drops is a warning that names it', async () => {
    const old = await issue('user', 'user:name,user:phone,offline_access')
    server.dropOnRefresh('user:phone')
    const result = await renew(old)
    expect(result).toMatchObject({ exitCode: 0, outputs: { scope: 'user:name' } })
    expect(result.warnings).toEqual([expect.stringMatching(/^The renewed JWT has lost "user:phone"/)])
  })
})
