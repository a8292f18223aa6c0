/** What the answer of an AYS server means. */

import { expect, test } from '@jest/globals'
import { json, type Reply, text } from '../../../sandbox/servers/http.ts'
import { checkAys } from '../../../src/destinations/ays.ts'
import type { Token } from '../../../src/jwt/token.ts'
import { checkedServer, organizationToken, userToken } from '../../support/destinations.ts'

const { requests, lines, run, errorFor } = await checkedServer(checkAys, '/api')

test('asks for the repositories, with the JWT in the header', async () => {
  await run(json(200, [{ name: 'infra' }]))
  expect(requests).toMatchObject([{ method: 'GET', path: '/api/ays/repository', query: '', body: '' }])
  expect(requests[0]?.headers).toMatchObject({ authorization: `bearer ${userToken.jwt}`, accept: 'application/json' })
  expect(requests[0]?.headers).not.toHaveProperty('content-type')
  expect(lines).toEqual(['AYS at URL/api accepts the JWT: 1 repository.'])
})

test('a server without repositories accepts the JWT, too', async () => {
  await run(json(200, []))
  expect(lines).toEqual(['AYS at URL/api accepts the JWT: 0 repositories.'])
})

const member = { ...userToken, scopes: ['user:name', 'user:memberof:my-org'] }
const refused = 'ERR_AYS_REFUSED'
const gzip: Reply = { status: 200, headers: { 'content-encoding': 'gzip' }, body: '' }
test.each<[code: string, says: string, answer: Reply, token: Token]>([
  [refused, 'refused the JWT (401) with the scope "user:memberof:my-org"', text(401), member],
  [refused, 'which has no scope "user:memberof:<organization>"', text(401), userToken],
  [refused, 'of the organization "my-org"', text(401), organizationToken],
  [refused, 'with the audience "other"', text(401), { ...member, audiences: ['other'] }],
  ['ERR_AYS_UNAVAILABLE', 'AYS at URL/api is unavailable (status 503 after 1 attempt)', text(503), userToken],
  ['ERR_NOT_AYS', 'URL/api is not the address of an AYS server (status 404)', text(404), userToken],
  ['ERR_NOT_AYS', '(it did not answer with a JSON list)', json(200, { error: 'x' }), userToken],
  ['ERR_NOT_AYS', '(it answered with gzip encoding)', gzip, userToken],
])('%s: %s', async (code, says, answer, token) => {
  expect(await errorFor(code, answer, token)).toContain(says)
})

test('a server that speaks no https is named with its input', async () => {
  expect(await errorFor('ERR_TLS', text(200), member, 0, 'https')).toContain('check that the port in "ays-url"')
})

test('503 is asked again', async () => {
  expect(await errorFor('ERR_AYS_UNAVAILABLE', text(503), member, 2)).toContain('after 3 attempts')
  expect(requests).toHaveLength(3)
})
