/** The public servers. nock stands in for them, because a server on loopback cannot. Not a part of mutation testing. */

import { afterAll, expect, test } from '@jest/globals'
import nock from 'nock'
import { exchange } from '../../src/exchange.ts'
import { verificationKeys } from '../../src/jwt/keys.ts'
import { expectation } from '../../src/jwt/verify.ts'
import { patience, surroundings } from '../support/destinations.ts'
import { claims, signJwt } from '../support/forge.ts'
import { read } from '../support/inputs.ts'

nock.disableNetConnect()
// Otherwise it leaks into the next file of the worker.
afterAll(() => nock.restore())

test.each([
  ['the default', 'https://itsyou.online', {}],
  ['staging', 'https://staging.itsyou.online', { 'base-url': 'https://staging.itsyou.online' }],
])('%s asks %s/v1/oauth/access_token, and verifies with the key that is built in', async (_which, origin, given) => {
  const inputs = read({ 'app-id': 'my-id', secret: 'my secret', ...given })
  const form = { grant_type: 'client_credentials', response_type: 'id_token' }
  const jwt = signJwt(claims())
  nock(origin, { badheaders: ['accept', 'authorization'] })
    .post('/v1/oauth/access_token', { ...form, client_id: 'my-id', client_secret: 'my secret' })
    .reply(200, jwt)
  expect(await exchange(inputs, patience({ retries: 0 }), surroundings)).toBe(jwt)

  const keys = await verificationKeys(inputs.publicKey, inputs.baseUrl)
  const { verify } = await expectation(inputs.credentials, { keys, server: inputs.baseUrl, now: Date.now })
  await expect(verify(jwt)).rejects.toThrow("is not signed with this server's key")
})
