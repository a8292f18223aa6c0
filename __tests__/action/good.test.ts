/** What a good run sets, prints and masks, and in which order. */

import { describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { defaultOrganizationKey, defaultUserKey as user } from '../../sandbox/servers/itsyouonline.ts'
import { runStep, type Step } from '../support/action.ts'

/** The lines as printed, unmasked; `core.setSecret` escapes a percent sign. */
const linesOf = ({ result }: Step) => result.stdout.trimEnd().split('\n')
const isMask = (line: string) => line.startsWith('::add-mask::')

const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: 'organization:owner' }

test.concurrent("a user's key: outputs, environment, log and summary", async () => {
  const step = await runStep({ with: { scope: 'user:name user:memberof:my-org', validity: '1h', summary: 'true' } })
  const { result } = step
  const jwt = String(result.outputs['jwt'])
  const expiry = `${new Date(Number(decodeJwt(jwt).exp) * 1000).toISOString().slice(0, 19)}Z`
  expect(result.outputs).toEqual({
    jwt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{128}$/),
    'expires-at': expiry,
    'expires-in': expect.stringMatching(/^3(600|59\d)$/),
    identity: 'deployer',
    scope: 'user:name,user:memberof:my-org',
    'ovc-user': 'deployer@itsyouonline',
  })
  expect(result.env).toEqual({ JWT: jwt })
  expect(result.warnings).toEqual([])
  expect(result.masks).not.toContain(user.applicationId)
  expect(result.masks.filter(mask => mask.length < 8)).toEqual([])
  const own = result.log.split('\n').filter(line => !/^##\[debug\](Set output |JWT=)/.test(line))
  expect(own).toEqual([
    `Identity: deployer (user key ${user.applicationId})`,
    'Scopes: user:name, user:memberof:my-org',
    `Valid until ${expiry} (1 h), signature verified.`,
    'Set: outputs jwt, expires-at, expires-in, identity, scope, ovc-user; environment variable JWT',
    '',
  ])
  const rows = [
    ['Identity', `deployer (user key ${user.applicationId})`],
    ['Scopes', 'user:name, user:memberof:my-org'],
    ['Audience', 'none'],
    ['Validity', '1 h'],
    ['Valid until', expiry],
    ['Signature', 'verified'],
    ['Server', step.server.url],
  ]
  const table = rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('')
  expect(result.summary).toBe(`<h3>ItsYou.online JWT</h3>\n<table>${table}</table>\n`)
})

test.concurrent("an organization's key: has no user at OpenvCloud, and each variable that was chosen", async () => {
  const { result } = await runStep({ with: { ...organization, audience: 'one,two words', 'env-var': 'A, B' } })
  expect(result.outputs).toMatchObject({ identity: 'my-org', scope: 'organization:owner' })
  expect(result.outputs).not.toHaveProperty('ovc-user')
  expect(result.env).toEqual({ A: result.outputs['jwt'], B: result.outputs['jwt'] })
  expect(result.log).toContain('Audience: one, "two words"\n')
  expect(result.log).toMatch(/^Set: outputs jwt, .*, scope; environment variables A, B$/m)
  expect(result.summary).toBe('')
})

describe('masks', () => {
  const odd = 'a+b & c=d, of 28 or more'
  const percent = '100%-secret-of-28-characters'
  test.concurrent.each([
    // The toolkit writes `%25` for a percent sign.
    ['in the form of a request, too', odd, [odd, 'a%252Bb+%2526+c%253Dd%252C+of+28+or+more']],
    ['as it is, too, for runners that do not undo that', percent, [percent.replace('%', '%25'), percent]],
  ])('of the secret come first: %s', async (_how, secret, masks) => {
    const step = await runStep({ with: { secret }, server: { users: [{ ...user, secret }] } })
    expect(linesOf(step).slice(0, 2)).toEqual(masks.map(mask => `::add-mask::${mask}`))
  })

  test.concurrent('of the JWT come before each other line: signature, payload, whole, refresh token', async () => {
    const step = await runStep({ with: { scope: 'user:name,offline_access' } })
    const jwt = String(step.result.outputs['jwt'])
    const [, payload, signature] = jwt.split('.')
    const refreshToken = decodeJwt<{ refresh_token: string }>(jwt).refresh_token
    const lines = linesOf(step)
    const first = lines.indexOf(`::add-mask::${signature}`)
    const masks = [signature, payload, jwt, refreshToken].map(value => `::add-mask::${value}`)
    expect(lines.slice(first, first + 4)).toEqual(masks)
    const rest = lines.slice(lines.findIndex(line => !isMask(line)))
    expect(rest.filter(isMask)).toEqual([])
    expect(findLeaks(rest.join('\n'), [user.secret, jwt])).toEqual([])
  })

  test.concurrent('of a JWT that is refused are given all the same', async () => {
    const { result } = await runStep({ with: { scope: 'user:memberof:elsewhere' } })
    expect(result.errors[0]).toMatch(/"user:memberof:elsewhere" was not granted/)
    expect(result.masks).toContainEqual(expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{128}$/))
  })
})

test.concurrent('a renewal needs no secret, and sets the new JWT', async () => {
  let old = ''
  const step = await runStep({
    with: { 'app-id': undefined, secret: undefined, scope: undefined, validity: '2h' },
    prepare: async server => {
      const credentials = { client_id: user.applicationId, client_secret: user.secret }
      const form = { grant_type: 'client_credentials', response_type: 'id_token', scope: 'user:name,offline_access' }
      const init = { method: 'POST', body: new URLSearchParams({ ...form, ...credentials }) }
      old = await (await fetch(`${server.url}/v1/oauth/access_token`, init)).text()
      return { jwt: ` ${old}\n` }
    },
  })
  const { outputs, masks, log } = step.result
  const oldExpiry = Number(decodeJwt(old).exp)
  const expiry = Number(decodeJwt(String(outputs['jwt'])).exp)
  expect(oldExpiry - expiry).toBeGreaterThan(20 * 3600)
  expect(masks).toEqual(expect.arrayContaining([old, old.split('.')[2], outputs['jwt']]))
  expect(log).toContain('Scopes: user:name (renewable)\n')
  expect(step.requests.map(({ path }) => path)).toEqual(['/v1/oauth/access_token', '/v1/oauth/jwt/refresh'])
})
