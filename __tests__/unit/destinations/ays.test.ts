/** What the answer of an AYS server means. */

import { expect, test } from '@jest/globals'
import { checkAys } from '../../../src/destinations/ays.ts'
import type { Answer } from '../../../src/http/request.ts'
import type { Token } from '../../../src/jwt/token.ts'
import * as given from '../../support/destinations.ts'
import { saying } from '../../support/rows.ts'

const { answerOf, organizationToken, userToken } = given
const server = given.serverOf('ays-url', 'https://ays.example/api')
const check = (answer: Answer, token = userToken) => checkAys(given.answering(answer).ask, server, token)

test('asks for the repositories, with the JWT in the header: a list accepts it', async () => {
  const { ask, requests } = given.answering(answerOf(200, { body: '[{"name":"infra"}]' }))
  expect(await checkAys(ask, server, userToken)).toBeUndefined()
  const headers = { authorization: `bearer ${userToken.jwt}`, accept: 'application/json' }
  const url = 'https://ays.example/api/ays/repository'
  expect(requests).toEqual([[{ method: 'GET', url, headers, body: '', limit: 65_536 }, server]])
})

const member = { ...userToken, scopes: ['user:name', 'user:memberof:my-org'] }
test.each<[who: string, token: Token, says: RegExp]>([
  ['a user without the scope', userToken, /: the JWT has no scope "user:memberof:<organization>"\. Get a new JWT /],
  [
    'a user with the scope',
    member,
    /an organization that the JWT does not name \(in its scopes, key or audience\), .*Check/,
  ],
  ['an organization', organizationToken, /an organization that the JWT does not name .*Check "app-id", "scope" and/],
])('401 for the JWT of %s', async (_who, token, says) => {
  const error = saying('ERR_AYS_REFUSED', says)
  await expect(check(answerOf(401), token)).rejects.toThrow(error)
})

test('an answer that is not a list', async () => {
  const says = 'https://ays.example/api did not answer as AYS does (status 404): '
  await expect(check(answerOf(404))).rejects.toThrow(saying('ERR_NOT_AYS', says))
})

test.each([...given.foreignAnswers, answerOf(401, { mediaType: 'text/html' }), answerOf(401, { mediaType: '' })])(
  'what AYS does not send came from something in between: $status $mediaType $hasChallenge',
  async answer => {
    const error = saying('ERR_UNEXPECTED_STATUS', `status ${answer.status}, but not as AYS does: a gateway`)
    await expect(check(answer)).rejects.toThrow(error)
  },
)
