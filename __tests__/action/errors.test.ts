/** Each error code, once: what the built action prints, and that nothing is set. */

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { Job } from '../../sandbox/runner/job.ts'
import { type Code, codes } from '../../src/errors/error.ts'
import { type Fault, grants, main, runFault, runStep, type Setting, secret } from '../support/action.ts'
import { answer, bytes, bytesThenNothing } from '../support/faulty-server.ts'
import { anotherKey, applicationId, claims, inSeconds, signJwt } from '../support/forge.ts'

type Row = [says: RegExp, fault?: Partial<Fault>, setting?: Setting]

const renew = (changes: Record<string, unknown> = {}, key?: typeof anotherKey) => ({
  ...{ 'app-id': undefined, secret: undefined, scope: undefined },
  jwt: signJwt(claims({ refresh_token: 'refresh-token-1', ...changes }), key ? { key } : {}),
})
/** The server is asked once. */
const gives = (...answers: ReturnType<Fault['answers']>) => ({ answers: () => answers, requests: 1 })
const issues = (changes: Record<string, unknown>): Partial<Fault> => ({
  answers: given => [answer(200, () => given.issue(changes))],
  requests: 1,
})
const status = (code: number, headers?: Record<string, string>) => gives(answer(code, undefined, headers))
const gzip = { 'content-encoding': 'gzip' }
const zipped: Partial<Fault> = { answers: given => [answer(200, gzipSync(given.issue()), gzip)], requests: 1 }
const noRetry = { retries: '0' }
const https = { scheme: 'https' } as const
const at = (url: string): Setting => ({ baseUrl: () => url })
const renewal = { grant: 'jwt' } as const
const fork = { pull_request: { head: { repo: null }, base: { repo: { full_name: 'your-org/app' } } } }
const ofOrganization = issues({ username: undefined, globalid: 'my-org' })
const tlsOff = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
const socks = { https_proxy: 'socks5://127.0.0.1:1' }
const ovc = { 'ovc-url': 'https://ovc.invalid' }
const withAudience: Partial<Fault> = {
  ...issues({ aud: ['x'], refresh_token: 'refresh-token-2' }),
  inputs: { ...renew({ aud: ['x'] }), ...ovc },
}
const publicServer = 'https://itsyou.online'
const misspelt = { inputs: { base_url: 'https://id.example' }, warnings: [/^Unexpected input/] }
const dependabot = { GITHUB_ACTOR: 'dependabot[bot]' }

const rows: Partial<Record<Code, Row>> = {
  ERR_INPUT_MISSPELT: [/^"base_url" is not an input of this action: write "base-url"\. /, misspelt, at(publicServer)],
  ERR_INPUT_EMPTY: [/^"secret" is empty: forks and Dependabot get no secrets;/, { inputs: { secret: '' } }],
  ERR_SECRETS_FORK: [/^"secret" is empty: this is a pull request from a fork/, { inputs: { secret: '' }, event: fork }],
  ERR_SECRETS_DEPENDABOT: [/^"secret" is empty: Dependabot /, { inputs: { secret: '' }, env: dependabot }],
  ERR_CREDENTIALS_INVALID: [/^"app-id" contains characters that no id has/, { inputs: { 'app-id': 'a\u202eb' } }],
  ERR_SCOPE_INVALID: [/^"scope" contains a scope that ends with a colon/, { inputs: { scope: 'user: name' } }],
  ERR_AUDIENCE_INVALID: [/^"audience" contains a character that no audience has/, { inputs: { audience: 'a;b' } }],
  ERR_DURATION_INVALID: [/^"validity" is "1d": write 24h\./, { inputs: { validity: '1d' } }],
  ERR_ADDRESS_INVALID: [/^"ovc-url" does not start with https:\/\//, { inputs: { 'ovc-url': 'ovc.example' } }],
  ERR_ENV_VAR_INVALID: [/^"env-var" is "false": write "env-var: ''"/, { inputs: { 'env-var': 'false' } }],
  ERR_INPUT_INVALID: [/^"retries" is "many": write a whole number/, { inputs: { retries: 'many' } }],
  ERR_INPUT_CONFLICT: [/^"jwt" renews a JWT and cannot be combined with "app-id", /, { inputs: { jwt: 'a.b.c' } }],
  ERR_PUBLIC_KEY_MISSING: [/^"public-key" is empty, and the key of \S+ is not /, { inputs: { 'public-key': '' } }],
  ERR_PUBLIC_KEY_INVALID: [/^"public-key" is not a P-384 public key/, { inputs: { 'public-key': 'a key' } }],
  ERR_JWT_INPUT: [/^"jwt" is not signed with this server's key/, { inputs: renew({}, anotherKey) }],
  ERR_NOT_REFRESHABLE: [/^"jwt" contains a JWT without a refresh/, { inputs: renew({ refresh_token: undefined }) }],
  ERR_RENEWAL_NEEDS_KEY: [/^"public-key" is "none", and "jwt" must/, { inputs: { ...renew(), 'public-key': 'none' } }],
  ERR_TLS_OFF: [/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off/, { env: tlsOff }, at('https://id.example')],
  ERR_HOST_NOT_FOUND: [/^The host name of \S+ was not found/, { attempts: 2 }, at('https://id.invalid')],
  ERR_CONNECTION: [/could not be reached \(ECONNRESET\)/, { ...gives(bytes('')), inputs: noRetry }],
  ERR_TIMEOUT: [/did not respond in time/, { ...gives(bytesThenNothing('')), inputs: { ...noRetry, timeout: '1s' } }],
  ERR_WAIT_TOO_LONG: [/is not ready \(status 503\) and asks to wait 3600 s/, status(503, { 'retry-after': '3600' })],
  ERR_PROXY_INVALID: [/^https_proxy is not the address of an http/, { env: socks }, at('https://id.invalid')],
  ERR_PROTOCOL: [/sent an answer that is not valid HTTP/, gives(bytes('SSH-2.0-SERVER-TEXT\r\n'))],
  ERR_CERTIFICATE_UNTRUSTED: [/^The certificate of \S+ is not trusted .*private CA/, {}, { ...https, trust: false }],
  ERR_CERTIFICATE_EXTRA_CA: [/NODE_EXTRA_CA_CERTS contains no PEM/, {}, { ...https, certificate: 'selfSigned' }],
  ERR_CERTIFICATE_EXPIRED: [/has expired or is not yet valid/, {}, { ...https, certificate: 'expired' }],
  ERR_CERTIFICATE_HOST: [/is for another host name/, {}, { ...https, certificate: 'otherHost' }],
  ERR_CREDENTIALS_REJECTED: [/rejected the credentials \(400\): "secret" is not as long as a secret/, status(400)],
  ERR_SCOPE_REFUSED: [/refused the requested scope "user:name" \(401\): .*an organization's key/, status(401)],
  ERR_RENEWAL_REFUSED: [/did not renew the JWT in "jwt" \(401\): it does not know/, status(401), renewal],
  ERR_NOT_FOUND: [/has no ItsYou\.online token endpoint \(404\): set "base-url" to its own address/, status(404)],
  ERR_REDIRECT: [/redirects to login\.example, and/, status(302, { location: 'https://login.example/SERVER-TEXT' })],
  ERR_UNAVAILABLE: [/is unavailable \(status 503 after 1 attempt\)/, { ...status(503), inputs: noRetry }],
  ERR_UNEXPECTED_STATUS: [/answered with status 418/, status(418)],
  ERR_TOO_LARGE: [/answered with more than 65536 bytes/, gives(answer(200, 'x'.repeat(70_000)))],
  ERR_COMPRESSED: [/answered with gzip encoding, although the request asks for none/, zipped],
  ERR_NOT_A_JWT: [/an HTML page instead of a JWT/, gives(answer(200, '<html>SERVER-TEXT\n::set-output name=jwt::x'))],
  ERR_JWT_INVALID: [/^The JWT from \S+ was issued to another application id/, issues({ azp: 'another' })],
  ERR_JWT_EXPIRED: [/expired 36\d\d s ago by the runner's clock/, issues({ exp: inSeconds(-3600) })],
  ERR_SCOPE_NOT_GRANTED: [/^The scope "user:name" was not granted \(req.*; granted: none\)/, issues({ scope: [''] })],
  ERR_MORE_THAN_REQUESTED: [/^The JWT has the scope "user:email", wh/, issues({ scope: ['user:name', 'user:email'] })],
  ERR_OVC_NEEDS_USER: [/^OpenvCloud answers 500 to the JWT of an organization/, { ...ofOrganization, inputs: ovc }],
  ERR_OVC_AUDIENCE: [/^OpenvCloud rejects a JWT with an audience, and this one has "x"/, withAudience, renewal],
}

/** Codes whose cause is not a server or an input: another test of the built action has each. */
const elsewhere: Record<string, Code[]> = {
  'files.test.ts': ['ERR_RUNNER_FILES', 'ERR_RUNNER_FILES_DENIED', 'ERR_OUTPUTS_INCOMPLETE'],
  'cancel.test.ts': ['ERR_CANCELLED'],
  'tls.test.ts': ['ERR_CLIENT_CERTIFICATE', 'ERR_TLS'],
  'proxy.test.ts': ['ERR_PROXY_FAILED', 'ERR_PROXY_SILENT'],
  'destinations.test.ts': [
    ...(['ERR_OVC_NO_ACCOUNT', 'ERR_OVC_REFUSED', 'ERR_OVC_UNAVAILABLE', 'ERR_NOT_OPENVCLOUD'] as const),
    ...(['ERR_AYS_REFUSED', 'ERR_AYS_UNAVAILABLE', 'ERR_NOT_AYS'] as const),
  ],
}
const here: readonly Code[] = ['ERR_NODE_VERSION', 'ERR_UNEXPECTED']

test('each code has a test of the built action', () => {
  expect([...Object.keys(rows), ...Object.values(elsewhere).flat(), ...here].sort()).toEqual([...codes].sort())
  for (const [file, its] of Object.entries(elsewhere)) {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8')
    for (const code of its) expect(text).toContain(code)
  }
})

test.concurrent.each(Object.entries(rows))('%s', async (code, [says, row = {}, setting]) => {
  const fault = { answers: () => [], requests: 0, attempts: row.requests || 1, ...row, error: says }
  const { result } = await runFault(fault, setting)
  expect(result.errors[0]).toMatch(new RegExp(` \\[${code}\\]$`))
})

test.concurrent.each(grants)('with %s, a JWT with the wrong signature is not set', async grant => {
  const answers: Fault['answers'] = given => [answer(200, () => given.issue({}, { key: anotherKey }))]
  const error = /is not signed with this server's key, so it was not set/
  await runFault({ answers, requests: 1, error }, { grant })
})

test.concurrent('"public-key: none" accepts a JWT whose signature is not verified, with a warning', async () => {
  await runFault({
    answers: given => [answer(200, () => given.issue({ iss: 'decs3o' }, { key: anotherKey }))],
    requests: 1,
    inputs: { 'public-key': 'none' },
    warnings: [/^The signature of the JWT was not verified, because "public-key" is "none"/],
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
  const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(module)}`]
  try {
    const inputs = { 'app-id': applicationId, secret, 'base-url': 'http://127.0.0.1:1', 'public-key': 'none' }
    return await job.runAction({ main, nodeArguments, with: inputs })
  } finally {
    job.dispose()
  }
}

test.concurrent('ERR_NODE_VERSION: the first thing that a run checks', async () => {
  const result = await runAfter(`Object.defineProperty(process, 'version', { value: 'v16.20.2' })`)
  expect(result).toMatchObject({ stderr: '', exitCode: 1 })
  expect(result.stdout).toMatch(
    /^::error::This action needs Node 20\.18 or newer and was started with v16\.20\.2: .*\n$/,
  )
})

test.concurrent('ERR_UNEXPECTED: one line without a stack trace', async () => {
  const result = await runAfter(`Math.random = () => { throw new RangeError('SECRET') }`)
  const error = /^Unexpected error \(RangeError\)\. No JWT was set: please report it with .* \[ERR_UNEXPECTED\]$/
  expect(result).toMatchObject({ stderr: '', exitCode: 1, outputFile: '' })
  expect(result.errors).toEqual([expect.stringMatching(error)])
})
