/** What the answer of an AYS server means. */

import { expect, test } from '@jest/globals'
import { checkAys } from '../../../src/destinations/ays.ts'
import type { Answer } from '../../../src/http/request.ts'
import type { Token } from '../../../src/jwt/token.ts'
import {
  answering,
  answerOf,
  foreignAnswers,
  organizationToken,
  serverOf,
  userToken,
} from '../../support/destinations.ts'

const server = serverOf('ays-url', 'https://ays.example/api')
const check = (answer: Answer, token = userToken) => checkAys(answering(answer).ask, server, token)

test('asks for the repositories, with the JWT in the header', async () => {
  const { ask, requests } = answering(answerOf(200, { body: '[]' }))
  await checkAys(ask, server, userToken)
  const headers = { authorization: `bearer ${userToken.jwt}`, accept: 'application/json' }
  const url = 'https://ays.example/api/ays/repository'
  expect(requests).toEqual([[{ method: 'GET', url, headers, body: '', limit: 65_536 }, server]])
})

test('a list accepts the JWT', async () => {
  await expect(check(answerOf(200, { body: '[{"name":"infra"}]' }))).resolves.toBeUndefined()
})

const member = { ...userToken, scopes: ['user:name', 'user:memberof:my-org'] }
const others = /another organization, it trusts another ItsYou\.online than "base-url", its clock differs, or its own/
test.each<[who: string, token: Token, says: RegExp]>([
  ['a user without the scope', userToken, /no scope "user:memberof:<organization>"\. Request it in "scope"/],
  ['a user with the scope', member, others],
  ['an organization', organizationToken, others],
])('401 for the JWT of %s', async (_who, token, says) => {
  await expect(check(answerOf(401), token)).rejects.toThrow(says)
  await expect(check(answerOf(401), token)).rejects.toThrow(
    /^AYS at https:\/\/ays\.example\/api .*\[ERR_AYS_REFUSED\]$/,
  )
})

test('an answer that is not a list', async () => {
  const says = /^https:\/\/ays\.example\/api is not the address of an AYS server \(status 404\).*\[ERR_NOT_AYS\]$/
  await expect(check(answerOf(404))).rejects.toThrow(says)
})

test.each([...foreignAnswers, answerOf(401, { mediaType: 'text/html' }), answerOf(401, { mediaType: '' })])(
  'what AYS does not send came from something in between: $status $mediaType $hasChallenge',
  async answer => {
    const says = new RegExp(`status ${answer.status}, and not as AYS does.*\\[ERR_UNEXPECTED_STATUS\\]$`)
    await expect(check(answer)).rejects.toThrow(says)
  },
)
