/**
 * What the built action prints where something is wrong: one error, and nothing is set. That each mistake gets the right
 * error is proved in `unit`; here are answers as servers, gateways and attackers really send them.
 */

import { expect, test } from '@jest/globals'
import { issues, keyInputs, preload, renewalInputs, runAction, runAgainst, secret } from '../support/action.ts'
import { answer, type Behaviour, bytes, bytesThenNothing, serverText } from '../support/faulty-server.ts'
import { anotherKey, claims, signJwt } from '../support/forge.ts'

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

test.concurrent('a key that is none: no request', async () => {
  const { run, server } = await runAgainst([issues()], { inputs: { ...keyInputs, 'public-key': 'none' } })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/\[ERR_PUBLIC_KEY_INVALID\]$/)])
  expect(server.requests).toEqual([])
})

test.concurrent('a clock that is set back makes no step longer', async () => {
  const nodeArguments = preload(`const { now } = Date
    let first
    Date.now = () => now() - (now() - (first ??= now()) > 600 ? 60_000 : 0)`)
  const setting = { inputs: { ...keyInputs, retries: '1', timeout: '1s' }, nodeArguments, timeoutSeconds: 20 }
  const { run } = await runAgainst([bytesThenNothing('')], setting)
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/\[ERR_TIMEOUT\]$/)])
})

test.concurrent('the secret is masked before an error that repeats another input', async () => {
  const { run } = await runAgainst([], { inputs: { ...keyInputs, retries: secret } })
  expect(run.errors).toEqual([expect.stringMatching(/^"retries" is "\*\*\*", .*\[ERR_INPUT_INVALID\]$/)])
  expect(run.log).not.toContain(secret)
})

test.concurrent("another server's JWT is never sent for renewal", async () => {
  const jwt = signJwt(claims({ refresh_token: 'refresh-token-of-the-old-jwt' }), { key: anotherKey })
  const { run, server } = await runAgainst([issues()], { inputs: { jwt } })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/\[ERR_JWT_INPUT\]$/)])
  expect(server.requests).toEqual([])
})

/** As Go's `http.Error`, by which the real server gives all its errors. */
const own = answer(400, 'Bad Request\n', { 'content-type': 'text/plain; charset=utf-8' })
/** Go's port for TLS, asked over http. */
const go = bytes('HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n')
const moved = answer(308, undefined, { location: 'https://login.example/iam/v1/oauth/access_token?SERVER-TEXT' })
const commands = answer(200, `::set-output name=jwt::${serverText}\n##[error]${serverText}`)
const forged = issues({ refresh_token: 'refresh-token-of-the-new-jwt' }, { key: anotherKey })

type Row = [name: string, says: RegExp, Behaviour, setting?: Parameters<typeof runAgainst>[1]]
test.concurrent.each<Row>([
  ["the server's own 400", /rejected the credentials \(400\).*\[ERR_CREDENTIALS_REJECTED\]$/, own],
  ['400 of something in between', /status 400.* gateway.*"base-url".*\[ERR_UNEXPECTED_STATUS\]$/, go],
  ['a redirect', /set "base-url" to https:\/\/login\.example\/iam if .*\[ERR_REDIRECT\]$/, moved],
  ['commands for the runner in place of a JWT', /\[ERR_NOT_A_JWT\]$/, commands],
  ['a forged JWT', /^The JWT from \S+ is not signed with this server's key.*\[ERR_JWT_INVALID\]$/, forged],
  ['a forged renewal', /is not signed with this server's key.*_JWT_INVALID\]$/, forged, { inputs: renewalInputs() }],
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
