/** What OpenvCloud's answer means, and what is never sent to it. */

import { expect, test } from '@jest/globals'
import { checkOpenvCloud } from '../../../src/destinations/openvcloud.ts'
import type { Answer } from '../../../src/http/request.ts'
import {
  answering,
  answerOf,
  foreignAnswers,
  organizationToken,
  serverOf,
  userToken,
} from '../../support/destinations.ts'

const server = serverOf('ovc-url', 'https://ovc.example')
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

test.each([
  ['[]', false],
  [' [\n] ', false],
  ['[{"id":1,"name":"a"}]', true],
  ['[1,null,"a",[]]', true],
])('a list accepts the JWT, whatever is in it: %j', async (body, hasAccount) => {
  expect(await check(list(body))).toEqual({ user: 'jane@itsyouonline', hasAccount })
})

test.each(['[{"id":1', ' \n[ {"acl":'])('a list of any size accepts it: %s ...', async begin => {
  expect(await check(list(begin.padEnd(65_536, ' '), false))).toEqual({ user: 'jane@itsyouonline', hasAccount: true })
})

const notAList = 'it did not answer with a JSON list'
test.each<[found: string, answer: Answer]>([
  ['redirect, status 300', answerOf(300)],
  ['redirect, status 302', answerOf(302, { location: 'https://login.example' })],
  ['redirect, status 399', answerOf(399)],
  ['status 404', answerOf(404)],
  ['it answered with an HTML page', answerOf(200, { body: ' <html>', mediaType: 'text/html' })],
  ['it answered with an HTML page', answerOf(200, { body: '<html>', isWhole: false })],
  [notAList, list('{}')],
  [notAList, list('')],
  [notAList, list('hello')],
  [notAList, list('[{"id":1')],
  [notAList, list('[not JSON')],
  [notAList, list('{"accounts":[{', false)],
  [notAList, list('[ERROR] log', false)],
])('is not OpenvCloud (%s): %j', async (found, answer) => {
  const says = `https://ovc.example is not the address of an OpenvCloud location (${found}): `
  await expect(check(answer)).rejects.toThrow(says)
  await expect(check(answer)).rejects.toThrow(/\[ERR_NOT_OPENVCLOUD\]$/)
})

test.each(['text/html', ''])('401 of the media type "%s" is its own', async mediaType => {
  const says = /^OpenvCloud at https:\/\/ovc\.example .*than https:\/\/id\.example.*\[ERR_OVC_REFUSED\]$/
  await expect(check(answerOf(401, { mediaType }))).rejects.toThrow(says)
})

test.each([...foreignAnswers, answerOf(401, { mediaType: 'text/plain' }), answerOf(299)])(
  'what OpenvCloud does not send came from something in between: $status $mediaType $hasChallenge',
  async answer => {
    const says = new RegExp(`status ${answer.status}, and not as OpenvCloud does.*\\[ERR_UNEXPECTED_STATUS\\]$`)
    await expect(check(answer)).rejects.toThrow(says)
  },
)

test.each([
  ['an organization', organizationToken, /use the API key of a user.*\[ERR_OVC_NEEDS_USER\]$/],
  ['a user, with an audience', { ...userToken, audiences: ['my-org'] }, /one has "my-org".*\[ERR_OVC_AUDIENCE\]$/],
])('the JWT of %s is not sent', async (_who, token, says) => {
  const { ask, requests } = answering(list('[]'))
  await expect(checkOpenvCloud(ask, server, token, 'https://id.example')).rejects.toThrow(says)
  expect(requests).toEqual([])
})
