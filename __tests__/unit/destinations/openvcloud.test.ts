/** What OpenvCloud's answer means, and what is never sent to it. */

import { expect, test } from '@jest/globals'
import { checkOpenvCloud } from '../../../src/destinations/openvcloud.ts'
import type { Answer } from '../../../src/http/request.ts'
import * as given from '../../support/destinations.ts'
import { saying } from '../../support/rows.ts'

const { answering, answerOf, userToken } = given
const server = given.serverOf('ovc-url', 'https://ovc.example')
const check = (answer: Answer) => checkOpenvCloud(answering(answer).ask, server, userToken, 'https://id.example')
const list = (body: string, isWhole = true) => answerOf(200, { body, isWhole, mediaType: 'application/json' })

test('asks for the accounts, with the JWT in the header and an empty form', async () => {
  const { ask, requests } = answering(list('[]'))
  await checkOpenvCloud(ask, server, userToken, 'https://id.example')
  const type = 'application/x-www-form-urlencoded'
  const headers = { authorization: `bearer ${userToken.jwt}`, accept: 'application/json', 'content-type': type }
  const url = 'https://ovc.example/restmachine/cloudapi/accounts/list'
  expect(requests).toEqual([[{ method: 'POST', url, headers, body: '', limit: 65_536 }, server]])
})

test.each<[body: string, hasAccount: boolean, isWhole?: boolean]>([
  ['[]', false],
  [' [\n] ', false],
  ['[{"id":1,"name":"a"}]', true],
  ['[{"id":1', true, false],
  [' \n[ {"acl":', true, false],
  ['[{}]', true],
  ['[{', true, false],
])('a list accepts the JWT, whatever is in it, and of any size: %j', async (body, hasAccount, isWhole = true) => {
  expect(await check(list(body, isWhole))).toBe(hasAccount)
})

const noList = 'not a list of objects in JSON'
test.each<[found: string, answer: Answer]>([
  ...[301, 302, 303, 307, 308].map((status): [string, Answer] => [`redirect, status ${status}`, answerOf(status)]),
  ['status 404', answerOf(404)],
  ['an HTML page', answerOf(200, { body: ' <html>', mediaType: 'text/html' })],
  ['an HTML page', answerOf(200, { body: '<html>', isWhole: false })],
  ...['{}', '', 'hello', '[1]', '[not JSON', '[] x', 'x []'].map((body): [string, Answer] => [noList, list(body)]),
  ...['{"accounts":[{', '[ERROR] log', '[{{ x }}]', '[{INFO} x'].map((body): [string, Answer] => [
    noList,
    list(body, false),
  ]),
])('is not OpenvCloud (%s): %j', async (found, answer) => {
  const says = `https://ovc.example did not answer as OpenvCloud does (${found}): `
  await expect(check(answer)).rejects.toThrow(saying('ERR_NOT_OPENVCLOUD', says))
})

test.each(['text/html', ''])('401 of the media type "%s" is its own', async mediaType => {
  const error = saying('ERR_OVC_REFUSED', 'another ItsYou.online than https://id.example, ')
  await expect(check(answerOf(401, { mediaType }))).rejects.toThrow(error)
})

test.each([...given.foreignAnswers, ...[401, 299, 300, 304].map(status => answerOf(status))])(
  'what OpenvCloud does not send came from something in between: $status $mediaType $hasChallenge',
  async answer => {
    const error = saying('ERR_UNEXPECTED_STATUS', `status ${answer.status}, but not as OpenvCloud does: a gateway`)
    await expect(check(answer)).rejects.toThrow(error)
  },
)

test.each([
  ['an organization', given.organizationToken, saying('ERR_OVC_NEEDS_USER')],
  ['a user, with an audience', { ...userToken, audiences: ['my-org'] }, saying('ERR_OVC_AUDIENCE', 'has "my-org"')],
])('the JWT of %s is not sent', async (_who, token, error) => {
  const { ask, requests } = answering(list('[]'))
  await expect(checkOpenvCloud(ask, server, token, 'https://id.example')).rejects.toThrow(error)
  expect(requests).toEqual([])
})
