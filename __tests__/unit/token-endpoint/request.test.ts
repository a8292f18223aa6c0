/** The request for a JWT: what is sent. */

import { describe, expect, test } from '@jest/globals'
import type { InputSource } from '../../../src/inputs/inputs.ts'
import { readInputs } from '../../../src/inputs/inputs.ts'
import type { Grant } from '../../../src/jwt/renewal.ts'
import { requestJwt, tokenRequest } from '../../../src/token-endpoint/request.ts'
import { answering, answerOf, serverOf, userToken } from '../../support/destinations.ts'

const clientId = 'A'.repeat(28)
const clientSecret = 'B +%&é'.padEnd(28, 'x')
const key: Grant = { grant: 'client_credentials', clientId, clientSecret }
const renewal: Grant = { grant: 'refresh', old: userToken }

function settingsOf(inputs: Record<string, string> = {}) {
  const all: Record<string, string> = { 'app-id': clientId, secret: clientSecret, ...inputs }
  const source: InputSource = { get: name => all[name], env: {}, event: () => ({}) }
  return readInputs(source).settings
}

describe('the request', () => {
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }

  test('for a new JWT has the credentials in its body', () => {
    const inputs = { scope: 'user:name, user:memberof:cloud potatoes', audience: 'a b, c', validity: '15m' }
    const { body, ...request } = tokenRequest(key, settingsOf({ ...inputs, 'base-url': 'https://id.example/iyo' }))
    const url = 'https://id.example/iyo/v1/oauth/access_token'
    expect(request).toEqual({ method: 'POST', url, headers: type, limit: 65_536 })
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      ...form,
      response_type: 'id_token',
      scope: 'user:name,user:memberof:cloud potatoes',
      aud: 'a b,c',
      validity: '900',
    })
  })

  test('has the least power by default, and no audience', () => {
    const { url, body } = tokenRequest(key, settingsOf())
    expect(url).toBe('https://itsyou.online/v1/oauth/access_token')
    const least = { response_type: 'id_token', scope: 'user:name', validity: '3600' }
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ ...form, ...least })
  })

  test('for a renewal has the JWT in its header, and no secret', () => {
    expect(tokenRequest(renewal, settingsOf({ 'base-url': 'https://id.example' }))).toEqual({
      method: 'POST',
      url: 'https://id.example/v1/oauth/jwt/refresh',
      headers: { ...type, authorization: `bearer ${userToken.jwt}` },
      body: 'validity=3600',
      limit: 65_536,
    })
  })
})

describe('the token endpoint', () => {
  const server = serverOf('base-url', 'https://itsyou.online')

  test('is asked once, and gives the JWT', async () => {
    const { ask, requests } = answering(answerOf(200, { body: userToken.jwt }))
    expect(await requestJwt(ask, server, key, settingsOf())).toBe(userToken.jwt)
    expect(requests).toEqual([[tokenRequest(key, settingsOf()), server]])
  })

  test('refuses scopes by name', async () => {
    const { ask } = answering(answerOf(401))
    const settings = settingsOf({ scope: 'organization:owner:ays' })
    await expect(requestJwt(ask, server, key, settings)).rejects.toThrow('scope "organization:owner:ays" (401)')
  })
})
