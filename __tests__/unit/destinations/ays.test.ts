/** What the answer of an AYS server means. */

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { json, type Listening, listen, type Received, type Reply, text } from '../../../sandbox/servers/http.ts'
import { checkAys } from '../../../src/destinations/ays.ts'
import type { Token } from '../../../src/jwt/token.ts'
import { organizationToken, patience, surroundings, userToken } from '../../support/destinations.ts'

let server: Listening
let reply: Reply
const requests: Received[] = []
beforeAll(async () => {
  server = await listen({ record: () => {} }, async received => {
    requests.push(received)
    return reply
  })
})
afterAll(() => server.close())
beforeEach(() => void requests.splice(0))

const lines: string[] = []
async function check(answer: Reply, token: Token = userToken, retries = 0): Promise<void> {
  reply = answer
  lines.splice(0)
  await checkAys(token, `${server.origin}/api`, patience({ retries }), surroundings(lines))
}
async function errorFor(answer: Reply, token?: Token, retries?: number): Promise<string> {
  const error: Error = await check(answer, token, retries).then(
    () => new Error('none'),
    error => error,
  )
  return error.message.replaceAll(server.origin, 'URL')
}

test('asks for the repositories, with the JWT in the header', async () => {
  await check(json(200, [{ name: 'infra' }]))
  expect(requests).toEqual([
    expect.objectContaining({ method: 'GET', path: '/api/ays/repository', query: '', body: '' }),
  ])
  expect(requests[0]?.headers).toMatchObject({ authorization: `bearer ${userToken.jwt}`, accept: 'application/json' })
  expect(requests[0]?.headers).not.toHaveProperty('content-type')
  expect(lines).toEqual([`AYS at ${server.origin}/api accepts the JWT: 1 repository.`])
})

test('a server without repositories accepts the JWT, too', async () => {
  await check(json(200, []))
  expect(lines).toEqual([`AYS at ${server.origin}/api accepts the JWT: 0 repositories.`])
})

const member = { ...userToken, scopes: ['user:name', 'user:memberof:my-org'] }
test.each<[string, Reply, Token, string, string]>([
  [
    '401 names the scope that was granted',
    text(401),
    member,
    'ERR_AYS_REFUSED',
    'refused the JWT (401) with the scope "user:memberof:my-org"',
  ],
  [
    '401 names the scope that is missing',
    text(401),
    userToken,
    'ERR_AYS_REFUSED',
    'which has no scope "user:memberof:<organization>"',
  ],
  [
    '401 names the organization of the key',
    text(401),
    organizationToken,
    'ERR_AYS_REFUSED',
    'of the organization "my-org"',
  ],
  [
    '401 names the audience',
    text(401),
    { ...member, audiences: ['other'] },
    'ERR_AYS_REFUSED',
    'with the audience "other"',
  ],
  [
    '503 says how often',
    text(503),
    member,
    'ERR_AYS_UNAVAILABLE',
    'AYS at URL/api is unavailable (status 503 after 1 attempt)',
  ],
  [
    '404 is another server',
    text(404),
    member,
    'ERR_NOT_AYS',
    'URL/api is not the address of an AYS server (status 404)',
  ],
  [
    'an object is another server',
    json(200, { error: 'x' }),
    member,
    'ERR_NOT_AYS',
    '(it did not answer with a JSON list)',
  ],
])('%s', async (_name, answer, token, code, what) => {
  const message = await errorFor(answer, token)
  expect(message).toContain(what)
  expect(message).toMatch(new RegExp(`\\[${code}\\]$`))
  expect(message.split(' ').length).toBeLessThanOrEqual(42)
})

test('503 is asked again', async () => {
  expect(await errorFor(text(503), member, 2)).toContain('after 3 attempts')
  expect(requests).toHaveLength(3)
})
