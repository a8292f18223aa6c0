/** What OpenvCloud's answer means, and what is never sent to it. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { json, type Listening, listen, type Received, type Reply, text } from '../../../sandbox/servers/http.ts'
import { listLimit } from '../../../src/destinations/call.ts'
import { type Account, openvCloudAccounts } from '../../../src/destinations/openvcloud.ts'
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
async function accounts(answer: Reply, token = userToken, retries = 0): Promise<Account[]> {
  reply = answer
  lines.splice(0)
  return openvCloudAccounts(token, server.origin, 'https://id.example', patience({ retries }), surroundings(lines))
}
/** @returns the message, with the server's address as `URL`. */
async function errorFor(answer: Reply, token = userToken, retries = 0): Promise<string> {
  const error: Error = await accounts(answer, token, retries).then(
    () => new Error('none'),
    error => error,
  )
  return error.message.replaceAll(server.origin, 'URL')
}

test('asks for the accounts, with the JWT in the header and an empty form', async () => {
  await accounts(json(200, [{ id: 1, name: 'my-account' }]))
  expect(requests).toEqual([
    expect.objectContaining({ method: 'POST', path: '/restmachine/cloudapi/accounts/list', query: '', body: '' }),
  ])
  expect(requests[0]?.headers).toMatchObject({
    authorization: `bearer ${userToken.jwt}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  })
})

describe('an account', () => {
  test.each<[string, unknown[], Account[], string]>([
    ['is returned by id and name', [{ id: 7, name: 'a', acl: [] }], [{ id: 7, name: 'a' }], '1 account'],
    [
      'is counted with the others',
      [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
      [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ],
      '2 accounts',
    ],
    ['with a line break in its name is not returned', [{ id: 1, name: 'a\n::x::' }], [], '1 account'],
    ['without a name is not returned', [{ id: 1, name: '' }], [], '1 account'],
    [
      'whose id is not a whole number does not count',
      [
        { id: 1.5, name: 'a' },
        { id: '2', name: 'b' },
        { id: 3, name: 'c' },
      ],
      [{ id: 3, name: 'c' }],
      '1 account',
    ],
  ])('%s', async (_name, list, expected, count) => {
    expect(await accounts(json(200, list))).toEqual(expected)
    expect(lines).toEqual([`OpenvCloud at ${server.origin} accepts the JWT: ${count}.`])
  })
})

describe('an answer', () => {
  test.each<[string, Reply, string, string]>([
    [
      'that is an empty list names the user',
      json(200, []),
      'ERR_OVC_NO_ACCOUNT',
      'OpenvCloud at URL accepts the JWT but has no account for "jane@itsyouonline"',
    ],
    [
      '401 names both servers',
      text(401),
      'ERR_OVC_REFUSED',
      'trusts another ItsYou.online than https://id.example; check "ovc-url" and "base-url"',
    ],
    [
      '500 is not the fault of the JWT',
      text(500),
      'ERR_OVC_UNAVAILABLE',
      '(status 500 after 1 attempt), and the JWT is not the cause',
    ],
    ['404 is another server', text(404), 'ERR_NOT_OPENVCLOUD', '(status 404)'],
    ['403 is another server', text(403), 'ERR_NOT_OPENVCLOUD', '(status 403)'],
    [
      'that redirects is another server',
      { status: 302, headers: { location: 'https://else.example/' }, body: '' },
      'ERR_NOT_OPENVCLOUD',
      '(redirect, status 302)',
    ],
    [
      'with a web page is another server',
      { status: 200, headers: {}, body: ' <html>' },
      'ERR_NOT_OPENVCLOUD',
      '(it answered with an HTML page)',
    ],
    [
      'that is an object is another server',
      json(200, {}),
      'ERR_NOT_OPENVCLOUD',
      '(it did not answer with a JSON list)',
    ],
    [
      'that is not JSON is another server',
      text(200, 'hello'),
      'ERR_NOT_OPENVCLOUD',
      '(it did not answer with a JSON list)',
    ],
    [
      'with a list of something else is another server',
      json(200, [1, null, 'a', { id: 1 }]),
      'ERR_NOT_OPENVCLOUD',
      '(it did not answer with a list of accounts)',
    ],
    [
      'of more than 1 MiB is another server',
      text(200, ' '.repeat(listLimit)),
      'ERR_NOT_OPENVCLOUD',
      '(it answered with more than 1048576 bytes)',
    ],
  ])('%s', async (_name, answer, code, what) => {
    const message = await errorFor(answer)
    expect(message).toContain(what)
    expect(message).toMatch(new RegExp(`"(ovc-url|base-url)".*\\[${code}\\]$|\\[${code}\\]$`))
    expect(message.split(' ').length).toBeLessThanOrEqual(42)
  })
})

test('503 is asked again, and the log says whom', async () => {
  expect(await errorFor(text(503), userToken, 1)).toContain('(status 503 after 2 attempts)')
  expect(requests).toHaveLength(2)
  expect(lines).toEqual([expect.stringMatching(`^${server.origin}: Attempt 1 failed \\(status 503\\)`)])
})

test.each([
  ['an organization', organizationToken, 'ERR_OVC_NEEDS_USER', 'use the API key of a user'],
  ['a user, with an audience', { ...userToken, audiences: ['my-org'] }, 'ERR_OVC_AUDIENCE', 'this one has "my-org"'],
])('the JWT of %s is not sent', async (_who, token, code, what) => {
  const message = await errorFor(json(200, []), token)
  expect(message).toContain(what)
  expect(message).toContain(`[${code}]`)
  expect(requests).toEqual([])
})
