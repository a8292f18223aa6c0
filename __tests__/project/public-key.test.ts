/** `npm run public-key`: the one key that two signatures of a server fit, or a sentence that says why there is none. */

import { afterAll, describe, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { run } from '../../sandbox/runner/process.ts'
import { makeCertificate } from '../../sandbox/servers/certificates.ts'
import { listen, type Received, type Reply } from '../../sandbox/servers/http.ts'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { findPublicKey } from '../../scripts/public-key.ts'
import { root } from '../support/pages.ts'

const servers = [await startItsYouOnline(), await startItsYouOnline()] as const
const [server, other] = servers
const { applicationId: appId, secret } = defaultUserKey
const request = { baseUrl: server.url, scope: 'user:name', appId, secret }
afterAll(() => Promise.all(servers.map(({ close }) => close())))

type Answer = (received: Received, count: number) => Reply | Promise<Reply>

/** What stands in front of the servers. */
async function withGateway<T>(answer: Answer, use: (url: string) => Promise<T>): Promise<T> {
  let count = 0
  const gateway = await listen({ record() {} }, received => answer(received, count++))
  return use(gateway.origin).finally(gateway.close)
}

async function forward({ path, body, headers }: Received, to: string): Promise<Reply> {
  const init = { method: 'POST', body, headers: { 'content-type': headers['content-type'] ?? '' } }
  const response = await fetch(to + path, init)
  return { status: response.status, body: await response.text() }
}

const errorFor = (changes: Partial<typeof request>) =>
  findPublicKey({ ...request, ...changes }).then(
    () => 'no error',
    ({ message }: Error) => message,
  )
const errorBehind = (answer: Answer) =>
  withGateway(answer, async url => (await errorFor({ baseUrl: url })).replaceAll(url, 'URL'))

test.each([
  ['an address', server.url],
  ['an address with a slash', `${server.url}/`],
])('the key of a server: %s', async (_name, baseUrl) => {
  expect(await findPublicKey({ ...request, baseUrl })).toBe(server.publicKeyPem)
})

test('a gateway that caches the answer to each request does no harm: no two requests are the same', async () => {
  const cache = new Map<string, Promise<Reply>>()
  const answer = (received: Received) => {
    const reply = cache.get(received.body) ?? forward(received, server.url)
    cache.set(received.body, reply)
    return reply
  }
  expect(await withGateway(answer, url => findPublicKey({ ...request, baseUrl: url }))).toBe(server.publicKeyPem)
})

test("an organization's key is used with its own scope", async () => {
  const { globalId, secret: ofOrganization } = defaultOrganizationKey
  const key = { appId: globalId, secret: ofOrganization }
  expect(await findPublicKey({ ...request, ...key, scope: 'organization:owner:ays' })).toBe(server.publicKeyPem)
  expect(await errorFor(key)).toMatch(/answered with status 401: .*use --scope organization:owner:ays\.$/)
})

describe('there is no key', () => {
  test('where two servers with keys of their own share a name', async () => {
    expect(await errorBehind((received, count) => forward(received, servers[count % 2]?.url ?? ''))).toMatch(
      /^URL signed two JWTs with different keys: .*ask the operator/,
    )
  })

  test('where answers are cached', async () => {
    const jwt = await server.issue({ azp: appId })
    expect(await errorBehind(() => ({ status: 200, body: jwt }))).toMatch(
      /^URL answered twice with the same JWT: .*cache/,
    )
  })

  test.each<[what: string, body: string]>([
    ['an opaque token', 'AbCdEf'],
    ['a page', '<html></html>'],
    ['a signature of another kind', `e30.e30.${'A'.repeat(342)}`],
    ['a signature that no key made', `e30.e30.${'A'.repeat(128)}`],
  ])('where the answer is %s', async (_what, body) => {
    expect(await errorBehind(() => ({ status: 200, body }))).toBe(
      'URL/v1/oauth/access_token did not answer with a JWT that is signed with ES384: check --base-url.',
    )
  })

  test('where the server redirects: the secret does not follow', async () => {
    const before = other.requests.length
    const location = `${other.url}/v1/oauth/access_token`
    const error = await errorBehind(() => ({ status: 307, headers: { location } }))
    expect(error).toBe(
      'URL/v1/oauth/access_token answered with status 307: redirects are not followed, so check --base-url.',
    )
    expect(other.requests).toHaveLength(before)
  })

  test.each([
    [404, 'check --base-url'],
    [503, 'try again later'],
  ])('where the status is %d', async (status, remedy) => {
    expect(await errorBehind(() => ({ status }))).toBe(
      `URL/v1/oauth/access_token answered with status ${status}: ${remedy}.`,
    )
  })

  test('where the key is wrong', async () => {
    expect(await errorFor({ secret: 'wrong' })).toMatch(/answered with status 400: check APP_ID and SECRET\.$/)
  })

  test('where nothing listens', async () => {
    const closed = await listen({ record() {} }, () => ({ status: 200 }))
    await closed.close()
    expect(await errorFor({ baseUrl: closed.origin })).toMatch(
      /^Could not connect to .* \(ECONNREFUSED\): check --base-url/,
    )
  })

  test.each([
    '',
    'id.example.com',
    'http://id.example.com',
    'ftp://id.example.com',
    'https://u:p@id.example.com',
    'https://id.example.com?a=b',
  ])('where --base-url is "%s"', async baseUrl => {
    expect(await errorFor({ baseUrl })).toBe('--base-url takes an https address, such as https://id.example.com.')
  })
})

describe('the command', () => {
  const start = (environment: Record<string, string>, ...options: string[]) =>
    run({
      file: process.execPath,
      arguments: [`${root}scripts/public-key.ts`, ...options],
      directory: root,
      environment: { PATH: process.env['PATH'] ?? '', ...environment },
      onLine: () => {},
      timeoutSeconds: 60,
    }).done
  const key = { APP_ID: appId, SECRET: secret }

  test('prints the key, ready for a file, and how to trust it', async () => {
    const { exitCode, stdout, stderr } = await start(key, '--base-url', server.url)
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${server.publicKeyPem}\n` })
    expect(stderr).toMatch(/trust on first use.*Compare it with the operator's/)
    expect(findLeaks(stdout + stderr, [secret])).toEqual([])
  })

  test('needs APP_ID and SECRET', async () => {
    const { exitCode, stderr } = await start({ APP_ID: appId }, '--base-url', server.url)
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'Set APP_ID and SECRET in the environment. --help shows how.\n',
    })
  })

  test('verifies TLS whatever the environment says', async () => {
    const tls = await makeCertificate()
    const secure = await startItsYouOnline({ tls })
    const { exitCode, stderr } = await start({ ...key, NODE_TLS_REJECT_UNAUTHORIZED: '0' }, '--base-url', secure.url)
    await secure.close()
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^Could not connect to .* \(DEPTH_ZERO_SELF_SIGNED_CERT\): .*NODE_EXTRA_CA_CERTS/)
    expect(secure.requests).toEqual([])
  })
})
