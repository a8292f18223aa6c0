/** Attempts of the built action on real sockets; `unit/http` has each way in which one can fail. */

import { getDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { expect, test } from '@jest/globals'
import '../../src/http/request.ts'
import { causesIn, issues, keyInputs, renewalInputs, runAgainst, trust } from '../support/action.ts'
import { answer, bytesThenReset } from '../support/faulty-server.ts'

const refreshToken = { refresh_token: 'refresh-token-of-the-new-jwt' }
const key = { inputs: keyInputs, path: '/v1/oauth/access_token', claims: {} }
const renewal = { inputs: renewalInputs(), path: '/v1/oauth/jwt/refresh', claims: refreshToken }
const inBody = /\r\n\r\n.*&client_secret=s3cr3t\+%2B%25%26.*&response_type=id_token/
const inHeader = /^authorization: bearer [\w-]+\.[\w-]+\.[\w-]+\r$/im

test.concurrent.each([
  ['https', 'a key', 'body', { ...key, credential: inBody }],
  ['http', 'a JWT to renew', 'header', { ...renewal, credential: inHeader }],
] as const)(
  'over %s: a reset, 503, and then a JWT; each request has %s in its %s, where no access log writes it down',
  async (scheme, _what, _place, { inputs, path, claims, credential }) => {
    const behaviours = [bytesThenReset(''), answer(503), issues(claims)]
    const { run, server, jwts } = await runAgainst(behaviours, {
      scheme,
      env: scheme === 'https' ? trust : {},
      inputs: { ...inputs, retries: '2' },
    })
    expect(run).toKeepPromises()
    expect(run).toMatchObject({ outputs: { jwt: jwts[0] }, env: { JWT: jwts[0] } })
    expect(causesIn(run.log)).toEqual(['ECONNRESET', 'status 503'])
    expect(server.requests).toHaveLength(3)
    for (const request of server.requests) {
      expect(request.split('\r\n')[0]).toBe(`POST ${path} HTTP/1.1`)
      expect(request).toMatch(credential)
    }
  },
)

// With Node's 250 ms, a name with two addresses fails where the first is slow and the second is not there.
test('each address of a name has the time that a slow link needs', () => {
  expect(getDefaultAutoSelectFamilyAttemptTimeout()).toBe(2000)
})
