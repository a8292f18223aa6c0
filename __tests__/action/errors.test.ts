/** Each error code, once: what the built action prints, and that nothing is set. */

import { createPublicKey } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { Job } from '../../sandbox/runner/job.ts'
import { type Code, codes } from '../../src/errors/error.ts'
import { type Fault, grants, main, runFault, runStep, type Setting } from '../support/action.ts'
import { answer, bytes, bytesThenNothing } from '../support/faulty-server.ts'
import { anotherKey, applicationId, claims, inSeconds, publicKeyPem, signJwt } from '../support/forge.ts'

type Row = Partial<Fault> & { setting?: Setting; says: RegExp }

const renew = (changes: Record<string, unknown> = {}, key?: typeof anotherKey) => ({
  ...{ 'app-id': undefined, secret: undefined, scope: undefined },
  jwt: signJwt(claims({ refresh_token: 'refresh-token-1', ...changes }), key ? { key } : {}),
})
const gives = (changes: Record<string, unknown>): Pick<Fault, 'answers' | 'requests'> => ({
  answers: given => [answer(200, () => given.issue(changes))],
  requests: 1,
})
const status = (code: number, headers?: Record<string, string>): Pick<Fault, 'answers' | 'requests'> => ({
  answers: () => [answer(code, undefined, headers)],
  requests: 1,
})
const noRetry = { retries: '0' }
const https = { scheme: 'https' } as const
const organizationToken = { username: undefined, globalid: 'my-org' }

const rows: Partial<Record<Code, Row>> = {
  ERR_INPUT_MISSPELT: {
    inputs: { base_url: 'https://id.example' },
    setting: { baseUrl: () => 'https://itsyou.online' },
    warnings: [/^Unexpected input/],
    says: /^"base_url" is not an input of this action: write "base-url"\. /,
  },
  ERR_INPUT_EMPTY: {
    inputs: { secret: '' },
    says: /^"secret" is empty: forks and Dependabot get no secrets; in other runs check its name/,
  },
  ERR_SECRETS_FORK: {
    inputs: { secret: '' },
    event: { pull_request: { head: { repo: null }, base: { repo: { full_name: 'your-org/app' } } } },
    says: /^"secret" is empty: this is a pull request from a fork/,
  },
  ERR_SECRETS_DEPENDABOT: {
    inputs: { secret: '' },
    env: { GITHUB_ACTOR: 'dependabot[bot]' },
    says: /^"secret" is empty: Dependabot started this run/,
  },
  ERR_CREDENTIALS_INVALID: { inputs: { 'app-id': 'a\u202eb' }, says: /^"app-id" contains characters that no id has/ },
  ERR_SCOPE_INVALID: { inputs: { scope: 'user: name' }, says: /^"scope" contains a scope that ends with a colon/ },
  ERR_AUDIENCE_INVALID: { inputs: { audience: 'a;b' }, says: /^"audience" contains a character that no audience has/ },
  ERR_DURATION_INVALID: { inputs: { validity: '1d' }, says: /^"validity" is "1d": write 24h\./ },
  ERR_ADDRESS_INVALID: { inputs: { 'ovc-url': 'ovc.example' }, says: /^"ovc-url" does not start with https:\/\// },
  ERR_ENV_VAR_INVALID: { inputs: { 'env-var': 'false' }, says: /^"env-var" is "false": write "env-var: ''"/ },
  ERR_INPUT_INVALID: { inputs: { retries: 'many' }, says: /^"retries" is "many": write a whole number/ },
  ERR_INPUT_CONFLICT: {
    inputs: { jwt: 'a.b.c' },
    says: /^"jwt" renews a JWT and cannot be combined with "app-id", "secret", "scope"/,
  },
  ERR_PUBLIC_KEY_MISSING: {
    inputs: { 'public-key': '' },
    says: /^"public-key" is empty, and the key of \S+ is not built in/,
  },
  ERR_PUBLIC_KEY_INVALID: { inputs: { 'public-key': 'a key' }, says: /^"public-key" is not a P-384 public key/ },
  ERR_JWT_INPUT: { inputs: renew({}, anotherKey), says: /^"jwt" is not signed with this server's key/ },
  ERR_NOT_REFRESHABLE: {
    inputs: renew({ refresh_token: undefined }),
    says: /^"jwt" contains a JWT without a refresh_token/,
  },
  ERR_RENEWAL_NEEDS_KEY: {
    inputs: { ...renew(), 'public-key': 'none' },
    says: /^"public-key" is "none", and "jwt" must not be sent/,
  },
  ERR_TLS_OFF: {
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    setting: { baseUrl: () => 'https://id.example' },
    says: /^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off/,
  },
  ERR_HOST_NOT_FOUND: {
    attempts: 2,
    setting: { baseUrl: () => 'https://id.invalid' },
    says: /^(The host name of https:\/\/id\.invalid was not found)/,
  },
  ERR_CONNECTION: {
    answers: () => [bytes('')],
    requests: 1,
    inputs: noRetry,
    says: /could not be reached \(ECONNRESET\)/,
  },
  ERR_TIMEOUT: {
    answers: () => [bytesThenNothing('')],
    requests: 1,
    inputs: { ...noRetry, timeout: '1s' },
    says: /did not respond in time/,
  },
  ERR_WAIT_TOO_LONG: {
    ...status(503, { 'retry-after': '3600' }),
    says: /is not ready \(status 503\) and asks to wait 3600 s, but "timeout" leaves \d+ s/,
  },
  ERR_PROXY_INVALID: {
    env: { https_proxy: 'socks5://127.0.0.1:1' },
    setting: { baseUrl: () => 'https://id.invalid' },
    says: /^https_proxy is not the address of an http proxy/,
  },
  ERR_PROTOCOL: {
    answers: () => [bytes('SSH-2.0-SERVER-TEXT\r\n')],
    requests: 1,
    says: /sent an answer that is not valid HTTP/,
  },
  ERR_CERTIFICATE_UNTRUSTED: {
    setting: { ...https, trust: false },
    says: /^The certificate of \S+ is not trusted .*for a private CA/,
  },
  ERR_CERTIFICATE_EXTRA_CA: {
    setting: { ...https, certificate: 'selfSigned' },
    says: /the file in NODE_EXTRA_CA_CERTS contains no PEM/,
  },
  ERR_CERTIFICATE_EXPIRED: { setting: { ...https, certificate: 'expired' }, says: /has expired or is not yet valid/ },
  ERR_CERTIFICATE_HOST: { setting: { ...https, certificate: 'otherHost' }, says: /is for another host name/ },
  ERR_CREDENTIALS_REJECTED: {
    ...status(400),
    says: /rejected the credentials \(400\): "secret" is not as long as a secret/,
  },
  ERR_SCOPE_REFUSED: {
    ...status(401),
    says: /refused the requested scope "user:name" \(401\): .*probably an organization's key/,
  },
  ERR_RENEWAL_REFUSED: {
    ...status(401),
    setting: { grant: 'jwt' },
    says: /did not renew the JWT in "jwt" \(401\): it does not know the refresh token/,
  },
  ERR_NOT_FOUND: {
    ...status(404),
    says: /has no ItsYou\.online token endpoint \(404\): set "base-url" to its own address/,
  },
  ERR_REDIRECT: {
    ...status(302, { location: 'https://login.example/SERVER-TEXT' }),
    says: /redirects to login\.example, and redirects are not followed/,
  },
  ERR_UNAVAILABLE: { ...status(503), inputs: noRetry, says: /is unavailable \(status 503 after 1 attempt\)/ },
  ERR_UNEXPECTED_STATUS: { ...status(418), says: /answered with status 418/ },
  ERR_TOO_LARGE: {
    answers: () => [answer(200, 'x'.repeat(70_000))],
    requests: 1,
    says: /answered with more than 65536 bytes/,
  },
  ERR_COMPRESSED: {
    answers: given => [answer(200, gzipSync(given.issue()), { 'content-encoding': 'gzip' })],
    requests: 1,
    says: /answered with gzip encoding, although the request asks for none/,
  },
  ERR_NOT_A_JWT: {
    answers: () => [answer(200, '<html>SERVER-TEXT\n::set-output name=jwt::x')],
    requests: 1,
    says: /answered with an HTML page instead of a JWT/,
  },
  ERR_JWT_INVALID: { ...gives({ azp: 'another' }), says: /^The JWT from \S+ was issued to another application id/ },
  ERR_JWT_EXPIRED: { ...gives({ exp: inSeconds(-3600) }), says: /expired 36\d\d s ago by the runner's clock/ },
  ERR_SCOPE_NOT_GRANTED: {
    ...gives({ scope: [''] }),
    says: /^The scope "user:name" was not granted \(requested: "user:name"; granted: none\)/,
  },
  ERR_MORE_THAN_REQUESTED: {
    ...gives({ scope: ['user:name', 'user:email'] }),
    says: /^The JWT has the scope "user:email", which "scope" does not request/,
  },
  ERR_OVC_NEEDS_USER: {
    ...gives(organizationToken),
    inputs: { 'ovc-url': 'https://ovc.invalid' },
    says: /^OpenvCloud answers 500 to the JWT of an organization's API key/,
  },
  ERR_OVC_AUDIENCE: {
    setting: { grant: 'jwt' },
    ...gives({ aud: ['x'], refresh_token: 'refresh-token-2' }),
    inputs: { ...renew({ aud: ['x'] }), 'ovc-url': 'https://ovc.invalid' },
    says: /^OpenvCloud rejects a JWT with an audience, and this one has "x"/,
  },
}

/** Codes whose cause is not a server or an input: another test of the built action has each. */
const elsewhere: Partial<Record<Code, string>> = {
  ERR_RUNNER_FILES: 'files.test.ts',
  ERR_RUNNER_FILES_DENIED: 'files.test.ts',
  ERR_OUTPUTS_INCOMPLETE: 'files.test.ts',
  ERR_CANCELLED: 'cancel.test.ts',
  ERR_CLIENT_CERTIFICATE: 'tls.test.ts',
  ERR_TLS: 'tls.test.ts',
  ERR_PROXY_FAILED: 'proxy.test.ts',
  ERR_PROXY_SILENT: 'proxy.test.ts',
  ERR_OVC_NO_ACCOUNT: 'destinations.test.ts',
  ERR_OVC_REFUSED: 'destinations.test.ts',
  ERR_OVC_UNAVAILABLE: 'destinations.test.ts',
  ERR_NOT_OPENVCLOUD: 'destinations.test.ts',
  ERR_AYS_REFUSED: 'destinations.test.ts',
  ERR_AYS_UNAVAILABLE: 'destinations.test.ts',
  ERR_NOT_AYS: 'destinations.test.ts',
}
const here: readonly Code[] = ['ERR_NODE_VERSION', 'ERR_UNEXPECTED']

test('each code has a test of the built action', () => {
  expect([...Object.keys(rows), ...Object.keys(elsewhere), ...here].sort()).toEqual([...codes].sort())
  const folder = fileURLToPath(new URL('.', import.meta.url))
  expect(readdirSync(folder)).toEqual(expect.arrayContaining([...new Set(Object.values(elsewhere))]))
  for (const [code, file] of Object.entries(elsewhere)) expect(readFileSync(folder + file, 'utf8')).toContain(code)
})

describe.each(Object.entries(rows))('%s', (code, { says, setting, ...row }) => {
  test.concurrent(`${says.source.slice(0, 60)}`, async () => {
    const { result } = await runFault(
      { name: code, answers: () => [], requests: 0, attempts: row.requests || 1, ...row, error: says },
      setting,
    )
    expect(result.errors[0]).toMatch(new RegExp(` \\[${code}\\]$`))
    // People read it in one go.
    expect(result.errors[0]?.split(' ').length).toBeLessThanOrEqual(42)
  })
})

describe.each(grants)('with %s, a JWT with the wrong signature', grant => {
  test.concurrent('is not set', async () => {
    await runFault(
      {
        name: '',
        answers: given => [answer(200, () => given.issue({}, { key: anotherKey }))],
        requests: 1,
        error: /is not signed with this server's key, so it was not set/,
      },
      { grant },
    )
  })
})

test.concurrent('"public-key: none" accepts a JWT whose signature is not verified, with a warning', async () => {
  await runFault({
    name: '',
    answers: given => [answer(200, () => given.issue({ iss: 'decs3o' }, { key: anotherKey }))],
    requests: 1,
    inputs: { 'public-key': 'none' },
    warnings: [/^The signature of the JWT was not verified, because "public-key" is "none"/],
  })
})

const anotherPublicKey = createPublicKey(anotherKey).export({ type: 'spki', format: 'pem' })

test.concurrent('several keys while a server changes its key, with any name of an issuer', async () => {
  await runFault({
    name: '',
    answers: given => [answer(200, () => given.issue({ iss: 'decs3o', globalid: null }))],
    requests: 1,
    inputs: { 'public-key': `${anotherPublicKey}${publicKeyPem}`.replaceAll('\n', '\\n') },
    check: ({ result }) => expect(result.outputs['ovc-user']).toBe('jane@decs3o'),
  })
})

test.concurrent('where the runner tells which action runs, one line links to the section about the error', async () => {
  const env = { GITHUB_ACTION_REPOSITORY: 'your-org/ovc-jwt-action', GITHUB_ACTION_REF: 'v1' }
  const { result } = await runStep({ with: { validity: 'never' }, env })
  expect(result.stdout.trimEnd().split('\n').at(-1)).toBe(
    'How to fix it: https://github.com/your-org/ovc-jwt-action/blob/v1/docs/troubleshooting.md#err_duration_invalid',
  )
})

/** Runs the action with a module that is loaded before it. */
async function runAfter(module: string) {
  const job = new Job()
  try {
    return await job.runAction({
      main,
      nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(module)}`],
      with: {
        'app-id': applicationId,
        secret: 'a-secret-of-28-characters-xx',
        'base-url': 'http://127.0.0.1:1',
        'public-key': 'none',
      },
    })
  } finally {
    job.dispose()
  }
}

test.concurrent('ERR_NODE_VERSION: the first thing that a run checks', async () => {
  const { stdout, stderr, exitCode } = await runAfter(
    `Object.defineProperty(process, 'version', { value: 'v16.20.2' })`,
  )
  expect(stdout).toMatch(/^::error::This action needs Node 20\.18 or newer and was started with v16\.20\.2: .*\n$/)
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 })
})

test.concurrent('ERR_UNEXPECTED: one line without a stack trace', async () => {
  const { errors, stderr, exitCode, outputFile } = await runAfter(
    `Math.random = () => { throw new RangeError('SECRET') }`,
  )
  expect(errors).toEqual([
    'Unexpected error (RangeError). No JWT was set: please report it with the version of the action and this line. [ERR_UNEXPECTED]',
  ])
  expect({ stderr, exitCode, outputFile }).toEqual({ stderr: '', exitCode: 1, outputFile: '' })
})
