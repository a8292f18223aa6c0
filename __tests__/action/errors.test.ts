/**
 * What the built action prints where something is wrong: one error, and nothing is set. That each mistake gets the right
 * error is proved in `unit`; here are answers as servers, gateways and attackers really send them.
 */

import { expect, test } from '@jest/globals'
import { defaultOrganizationKey } from '../../sandbox/servers/itsyouonline.ts'
import { issues, keyInputs, preload, renewalInputs, runAction, runAgainst, runStep } from '../support/action.ts'
import { answer, type Behaviour, bytes, serverText } from '../support/faulty-server.ts'
import { anotherKey } from '../support/forge.ts'

const github = { GITHUB_ACTION_REPOSITORY: 'your-org/ovc-jwt-action', GITHUB_ACTION_REF: 'v1' }

test.concurrent('an input error: no request, the event tells why, and a line links to the section about it', async () => {
  const event = { pull_request: { head: { repo: null }, base: { repo: { full_name: 'your-org/app' } } } }
  const { run, server } = await runAgainst([], { inputs: { ...keyInputs, secret: '' }, event, env: github })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/^"secret" is empty: .* fork.*\[ERR_SECRETS_FORK\]$/)])
  expect(server.requests).toEqual([])
  expect(run.stdout.trimEnd().split('\n').at(-1)).toBe(
    'How to fix it: https://github.com/your-org/ovc-jwt-action/blob/v1/docs/troubleshooting.md#err_secrets_fork',
  )
})

test.concurrent("an organization's key with the default scope: says what to write", async () => {
  const { run, requests } = await runStep({ with: { 'app-id': 'my-org', secret: defaultOrganizationKey.secret } })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/"scope: organization:owner:ays".*\[ERR_SCOPE_REFUSED\]$/)])
  expect(requests.map(({ status }) => status)).toEqual([401])
})

/** As Go's `http.Error`, by which the real server gives all its errors. */
const own = (status: number, text: string) => answer(status, text, { 'content-type': 'text/plain; charset=utf-8' })
const nginx = (text: string) =>
  answer(400, `<html><head><title>400 ${text}</title></head></html>`, { server: 'nginx', 'content-type': 'text/html' })
const go = bytes('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
const gateway = answer(401, 'Unauthorized\n', { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="x"' })
const moved = 'https://login.example:8443/iam/v1/oauth/access_token?SERVER-TEXT'

type Row = [name: string, says: RegExp, Behaviour, setting?: Parameters<typeof runAgainst>[1]]
test.concurrent.each<Row>([
  [
    "the server's own 400",
    /rejected the credentials \(400\).*\[ERR_CREDENTIALS_REJECTED\]$/,
    own(400, 'Bad Request\n'),
  ],
  [
    "the server's own 401 to a renewal",
    /did not renew the JWT in "jwt" \(401\).*\[ERR_RENEWAL_REFUSED\]$/,
    own(401, 'Unauthorized\n'),
    { inputs: renewalInputs() },
  ],
  [
    'nginx, asked over http at a TLS port',
    /status 400.* gateway.*"base-url".*\[ERR_UNEXPECTED_STATUS\]$/,
    nginx('The plain HTTP request was sent to HTTPS port'),
  ],
  [
    'nginx that requires a client certificate',
    /status 400.* gateway.*\[ERR_UNEXPECTED_STATUS\]$/,
    nginx('No required SSL certificate was sent'),
  ],
  ['a TLS port of Go, asked over http', /status 400.* gateway.*\[ERR_UNEXPECTED_STATUS\]$/, go],
  ['a gateway with a login of its own', /status 401.* gateway.*\[ERR_UNEXPECTED_STATUS\]$/, gateway],
  [
    'a redirect to the same endpoint elsewhere',
    /set "base-url" to https:\/\/login\.example:8443\/iam if .*\[ERR_REDIRECT\]$/,
    answer(308, undefined, { location: moved }),
  ],
  [
    'commands for the runner in place of a JWT',
    /\[ERR_NOT_A_JWT\]$/,
    answer(200, `::set-output name=jwt::${serverText}\n##[error]${serverText}`),
  ],
  [
    'a JWT with the wrong signature',
    /^The JWT from \S+ is not signed with this server's key.*\[ERR_JWT_INVALID\]$/,
    issues({}, { key: anotherKey }),
  ],
  [
    'a renewed JWT with the wrong signature',
    /^The JWT from \S+ is not signed with this server's key.*\[ERR_JWT_INVALID\]$/,
    issues({ refresh_token: 'refresh-token-of-the-new-jwt' }, { key: anotherKey }),
    { inputs: renewalInputs() },
  ],
])('%s', async (_name, says, behaviour, setting) => {
  const { run, server } = await runAgainst([behaviour], setting)
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(says)])
  expect(server.requests).toHaveLength(1)
})

test.concurrent('text of a JWT that is refused masks no words of the log', async () => {
  const words = 'Attempt-failed-No-JWT-was-set'
  const { run, jwts } = await runAgainst([issues({ azp: 'another', refresh_token: words })])
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/was issued to another application id.*\[ERR_JWT_INVALID\]$/)])
  expect(run.masks.filter(mask => words.includes(mask) || jwts[0]?.includes(mask))).toEqual([])
})

test.concurrent('ERR_NODE_VERSION is the first thing that a run checks', async () => {
  const nodeArguments = preload(`Object.defineProperty(process, 'version', { value: 'v16.20.2' })`)
  const run = await runAction({ with: keyInputs, nodeArguments })
  expect(run).toKeepPromises()
  expect(run.stdout).toMatch(/^::error::This action needs Node 20\.18 .* v16\.20\.2: .*\[ERR_NODE_VERSION\]\n$/)
})

test.concurrent('ERR_UNEXPECTED: debug logging tells the class and the functions, and never the message', async () => {
  const nodeArguments = preload(`Math.random = function inMathRandom() { throw new RangeError('SECRET') }`)
  const { run } = await runAgainst([issues()], { nodeArguments })
  expect(run).toMatchObject({ exitCode: 1, stderr: '', outputFile: '' })
  expect(run.errors).toEqual([
    expect.stringMatching(/^Unexpected error \(RangeError\)\. No JWT was set.* \[ERR_UNEXPECTED\]$/),
  ])
  expect(run.stdout).toMatch(/^::debug::RangeError in inMathRandom, .*requestJwt/m)
  expect(run.stdout).not.toContain('SECRET')
})
