/** What OpenvCloud's answer means, and what is never sent to it. */

import { expect, test } from '@jest/globals'
import { json, type Reply, text } from '../../../sandbox/servers/http.ts'
import { listLimit } from '../../../src/destinations/call.ts'
import { type Account, openvCloudAccounts } from '../../../src/destinations/openvcloud.ts'
import { checkedServer, organizationToken, userToken } from '../../support/destinations.ts'

const { requests, lines, run, errorFor } = await checkedServer((token, url, patience, surroundings) =>
  openvCloudAccounts(token, url, 'https://id.example', patience, surroundings),
)

test('asks for the accounts, with the JWT in the header and an empty form', async () => {
  await run(json(200, [{ id: 1, name: 'my-account' }]))
  expect(requests).toMatchObject([{ method: 'POST', path: '/restmachine/cloudapi/accounts/list', query: '', body: '' }])
  const types = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  expect(requests[0]?.headers).toMatchObject({ authorization: `bearer ${userToken.jwt}`, ...types })
})

const one = { id: 1, name: 'a' }
const two = { id: 2, name: 'b' }
test.each<[string, unknown[], Account[], string]>([
  ['is returned by id and name', [{ ...one, acl: [] }], [one], '1 account'],
  ['is counted with the others', [one, two], [one, two], '2 accounts'],
  ['with a line break in its name is not returned', [{ id: 1, name: 'a\n::x::' }], [], '1 account'],
  ['with a part of the JWT in its name is not returned', [{ id: 1, name: 'my SIGNATURE' }], [], '1 account'],
  ['without a name is not returned', [{ id: 1, name: '' }], [], '1 account'],
  ['without a whole number as id does not count', [{ ...one, id: 1.5 }, { ...one, id: '2' }, two], [two], '1 account'],
])('an account %s', async (_name, list, expected, count) => {
  expect(await run(json(200, list))).toEqual(expected)
  expect(lines).toEqual([`OpenvCloud at URL accepts the JWT: ${count}.`])
})

test('an account with a part of the refresh token in its name is not returned', async () => {
  const accounts = json(200, [{ id: 1, name: 'my REFRESH token' }, two])
  expect(await run(accounts, { ...userToken, refreshToken: 'the-refresh-token' })).toEqual([two])
})

const page: Reply = { status: 200, headers: {}, body: ' <html>' }
const other = 'ERR_NOT_OPENVCLOUD'
const refused = 'another ItsYou.online than https://id.example; check "ovc-url" and "base-url"'
test.each<[answer: string, code: string, says: string, Reply]>([
  ['an empty list', 'ERR_OVC_NO_ACCOUNT', 'accepts the JWT but has no account for "jane@itsyouonline"', json(200, [])],
  ['401', 'ERR_OVC_REFUSED', refused, text(401)],
  ['500', 'ERR_OVC_UNAVAILABLE', '(status 500 after 1 attempt), and the JWT is not the cause', text(500)],
  ['299', other, '(status 299)', text(299)],
  ['300', other, '(redirect, status 300)', text(300)],
  ['400', other, '(status 400)', text(400)],
  ['a web page', other, '(it answered with an HTML page)', page],
  ['an object', other, '(it did not answer with a JSON list)', json(200, {})],
  ['text', other, '(it did not answer with a JSON list)', text(200, 'hello')],
  ['another list', other, '(it did not answer with a list of accounts)', json(200, [1, null, 'a', { id: 1 }])],
  ['too much', other, '(it answered with more than 1048576 bytes)', text(200, ' '.repeat(listLimit))],
])('%s is %s', async (_answer, code, says, answer) => {
  expect(await errorFor(code, answer)).toContain(says)
})

test('a server that speaks no https is named with its input', async () => {
  expect(await errorFor('ERR_TLS', text(200), userToken, 0, 'https')).toContain('check that the port in "ovc-url"')
})

test('503 is asked again, and the log says whom', async () => {
  expect(await errorFor('ERR_OVC_UNAVAILABLE', text(503), userToken, 1)).toContain('(status 503 after 2 attempts)')
  expect(requests).toHaveLength(2)
  expect(lines).toEqual([expect.stringMatching(/^URL: Attempt 1 failed \(status 503\)/)])
})

test.each([
  ['an organization', organizationToken, 'ERR_OVC_NEEDS_USER', 'use the API key of a user'],
  ['a user, with an audience', { ...userToken, audiences: ['my-org'] }, 'ERR_OVC_AUDIENCE', 'this one has "my-org"'],
])('the JWT of %s is not sent', async (_who, token, code, says) => {
  expect(await errorFor(code, json(200, []), token)).toContain(says)
  expect(requests).toEqual([])
})
