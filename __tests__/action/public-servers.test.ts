/** The public servers. nock stands in for them, because a server on loopback cannot. In one process, for nock's sake. */

import { afterAll, expect, test } from '@jest/globals'
import nock from 'nock'
import { askWithin } from '../../src/http/attempts.ts'
import { serverAt } from '../../src/http/proxy.ts'
import { verificationKeys } from '../../src/jwt/keys.ts'
import { verifyGrant } from '../../src/jwt/renewal.ts'
import { verifyNew } from '../../src/jwt/verify.ts'
import { requestJwt } from '../../src/token-endpoint/request.ts'
import { claims, signJwt } from '../support/forge.ts'
import { read } from '../support/inputs.ts'

nock.disableNetConnect()
// Otherwise it leaks into the next file of the worker.
afterAll(() => nock.restore())

const world = {
  now: Date.now,
  elapsed: () => 0,
  random: () => 0,
  sleep: async () => {},
  cancelled: new Promise<string>(() => {}),
  log() {},
}

test.each([
  ['the default', 'https://itsyou.online', {}],
  ['staging', 'https://staging.itsyou.online', { 'base-url': 'https://staging.itsyou.online' }],
])(
  '%s asks %s for user:name and an hour, and verifies with the key that is built in',
  async (_which, origin, given) => {
    const { credentials, settings } = read({ 'app-id': 'my-id', secret: 'my secret', ...given })
    const fixed = { grant_type: 'client_credentials', response_type: 'id_token', scope: 'user:name', validity: '3600' }
    const jwt = signJwt(claims())
    nock(origin, { badheaders: ['accept', 'authorization'] })
      .post('/v1/oauth/access_token', { ...fixed, client_id: 'my-id', client_secret: 'my secret' })
      .reply(200, jwt)
    const server = serverAt('base-url', settings.baseUrl, { variable: 'https_proxy', value: '', exceptions: '' })
    const verifier = { keys: await verificationKeys(settings.publicKey, settings.baseUrl), server, now: Date.now }
    const grant = await verifyGrant(credentials, verifier)
    expect(await requestJwt(askWithin(settings, false, world), server, grant, settings)).toBe(jwt)
    await expect(verifyNew(jwt, 'my-id', settings, verifier)).rejects.toThrow("is not signed with this server's key")
  },
)
