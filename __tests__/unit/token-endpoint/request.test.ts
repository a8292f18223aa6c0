/** The request for a JWT: what is sent. */

import { expect, test } from '@jest/globals'
import type { Grant } from '../../../src/jwt/renewal.ts'
import { requestJwt, tokenRequest } from '../../../src/token-endpoint/request.ts'
import { answering, answerOf, serverOf, userToken } from '../../support/destinations.ts'
import { read } from '../../support/inputs.ts'

const form = { grant_type: 'client_credentials', client_id: 'A'.repeat(28), client_secret: 'B +%&é'.padEnd(28, 'x') }
const key: Grant = { grant: 'client_credentials', clientId: form.client_id, clientSecret: form.client_secret }
const type = { 'content-type': 'application/x-www-form-urlencoded' }
const server = serverOf('base-url', 'https://itsyou.online')
const { settings } = read({})

test('for a new JWT, the credentials are in the body', () => {
  const inputs = { scope: 'user:name, user:memberof:cloud potatoes', audience: 'a b, c', validity: '15m' }
  const { body, ...request } = tokenRequest(key, read({ ...inputs, 'base-url': 'https://id.example/iyo' }).settings)
  const url = 'https://id.example/iyo/v1/oauth/access_token'
  expect(request).toEqual({ method: 'POST', url, headers: type, limit: 65_536 })
  const asked = { scope: 'user:name,user:memberof:cloud potatoes', aud: 'a b,c', validity: '900' }
  expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ ...form, response_type: 'id_token', ...asked })
})

test('by default, it asks for the least power, and no audience', () => {
  const least = { response_type: 'id_token', scope: 'user:name', validity: '3600' }
  expect(Object.fromEntries(new URLSearchParams(tokenRequest(key, settings).body))).toEqual({ ...form, ...least })
})

test('for a renewal, the JWT is in the header, and there is no secret', () => {
  const headers = { ...type, authorization: `bearer ${userToken.jwt}` }
  const url = 'https://itsyou.online/v1/oauth/jwt/refresh'
  const request = { method: 'POST', url, headers, body: 'validity=3600', limit: 65_536 }
  expect(tokenRequest({ grant: 'refresh', old: userToken }, settings)).toEqual(request)
})

test('the server is asked once, and gives the JWT', async () => {
  const { ask, requests } = answering(answerOf(200, { body: userToken.jwt }))
  expect(await requestJwt(ask, server, key, settings)).toBe(userToken.jwt)
  expect(requests).toEqual([[tokenRequest(key, settings), server]])
})

test('scopes that the server refuses are named', async () => {
  const ofOrganization = read({ scope: 'organization:owner:ays' }).settings
  const { ask } = answering(answerOf(401))
  const says = 'scope "organization:owner:ays" (401)'
  await expect(requestJwt(ask, server, key, ofOrganization)).rejects.toThrow(says)
})
