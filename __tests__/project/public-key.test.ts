/** `npm run public-key`: the one key that two signatures of a server fit, or a sentence that says why there is none. */

import { afterAll, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { listen, type Received, type Reply } from '../../sandbox/servers/http.ts'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { findPublicKey } from '../../scripts/public-key.ts'
import { runCommand } from '../support/command.ts'

const servers = [await startItsYouOnline(), await startItsYouOnline()] as const
const [server, other] = servers
const { applicationId, secret } = defaultUserKey
const inputs = { 'base-url': server.url, 'app-id': applicationId, secret }
afterAll(() => Promise.all(servers.map(({ close }) => close())))

/** What comes of a server that gives these answers to the first request, the second, ... */
async function findBehind(answer: (received: Received, count: number) => Reply | Promise<Reply>): Promise<string> {
  let count = 0
  const gateway = await listen({ record() {} }, received => answer(received, count++))
  return findPublicKey({ ...inputs, 'base-url': gateway.origin }).finally(gateway.close)
}

async function forward({ path, body, headers }: Received, { url }: { url: string }): Promise<Reply> {
  const init = { method: 'POST', body, headers: { 'content-type': `${headers['content-type']}` } }
  const response = await fetch(url + path, init)
  return { status: response.status, body: await response.text() }
}

test('a gateway that caches the answer to each request does no harm: no two requests are the same', async () => {
  const cache = new Map<string, Promise<Reply>>()
  const key = await findBehind(received => {
    const reply = cache.get(received.body) ?? forward(received, server)
    cache.set(received.body, reply)
    return reply
  })
  expect(key).toBe(server.publicKeyPem)
})

test("an organization's key is used with its own scope", async () => {
  const { globalId, secret: ofOrganization } = defaultOrganizationKey
  const organization = { ...inputs, 'app-id': globalId, secret: ofOrganization, scope: 'organization:owner:ays' }
  expect(await findPublicKey(organization)).toBe(server.publicKeyPem)
})

const jwt = await server.issue({})
const headed = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url')
test.each<[where: string, says: RegExp, answer: Parameters<typeof findBehind>[0]]>([
  ['servers with keys of their own share a name', /different keys/, (it, at) => forward(it, servers[at % 2] ?? server)],
  ['an answer is cached', /twice with the same JWT/, () => ({ status: 200, body: jwt })],
  [
    'a JWT has a signature of another kind',
    /with ES384/,
    () => ({ status: 200, body: `${headed('ES384')}.e30.${'A'.repeat(342)}` }),
  ],
  [
    'a JWT names another algorithm',
    /with ES384/,
    () => ({ status: 200, body: `${headed('ES256')}${jwt.slice(jwt.indexOf('.'))}` }),
  ],
  [
    'a JWT has a signature that no key made',
    /with ES384/,
    () => ({ status: 200, body: `${headed('ES384')}.e30.${'A'.repeat(128)}` }),
  ],
])('there is no key where %s', async (_where, says, answer) => {
  await expect(findBehind(answer)).rejects.toThrow(says)
})

test('the secret does not follow a redirect', async () => {
  const headers = { location: `${other.url}/v1/oauth/access_token` }
  const before = other.requests.length
  await expect(findBehind(() => ({ status: 307, headers }))).rejects.toThrow('[ERR_REDIRECT]')
  expect(other.requests).toHaveLength(before)
})

const key = { APP_ID: applicationId, SECRET: secret }
const start = (env: Record<string, string>, ...args: string[]) =>
  runCommand('scripts/public-key.ts', ['--base-url', ...args], { env })

test('the command prints the key, ready for a file, and how to trust it', async () => {
  // Pasted values end in white space, as in the action's inputs.
  const pasted = { APP_ID: `${applicationId}\n`, SECRET: ` ${secret} ` }
  const { exitCode, stdout, stderr } = await start(pasted, ` ${server.url}/`)
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${server.publicKeyPem}\n` })
  expect(stderr).toContain(`This is the key that ${server.url} uses now (trust on first use,`)
  expect(findLeaks(stdout + stderr, [secret])).toEqual([])
})

test.each<[where: string, environment: Record<string, string>, baseUrl: string, exitCode: number, says: RegExp]>([
  ['no secret', { APP_ID: 'a' }, server.url, 2, /^Set APP_ID and SECRET .*\n$/],
  ['no address', key, '', 2, /^Set .* --base-url.*\n$/],
  ['an http address', key, 'http://id.example.com', 1, /^"base-url" does not start with .*\[ERR_ADDRESS_INVALID\]\n$/],
  ['TLS off', { ...key, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'https://id.example.test', 1, /\[ERR_TLS_OFF\]\n$/],
  ['a wrong secret', { ...key, SECRET: 'A'.repeat(28) }, server.url, 1, /\[ERR_CREDENTIALS_REJECTED\]\n$/],
])('the command with %s ends with one sentence', async (_where, environment, baseUrl, exitCode, says) => {
  const stderr = expect.stringMatching(says)
  expect(await start(environment, baseUrl)).toMatchObject({ exitCode, stdout: '', stderr })
})

test('the command requests no more than one of its two scopes', async () => {
  const before = server.requests.length
  const { exitCode, stdout, stderr } = await start(key, server.url, '--scope', 'user:name,offline_access')
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/--scope.*\n$/),
  })
  expect(server.requests).toHaveLength(before)
})
