/** What a good run sets, prints and masks, and in which order. */

import { describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { defaultOrganizationKey, defaultUserKey as user } from '../../sandbox/servers/itsyouonline.ts'
import { runStep, type Step } from '../support/action.ts'

/** The lines as printed, unmasked; `core.setSecret` escapes a percent sign. */
const linesOf = ({ run }: Step) => run.stdout.trimEnd().split('\n')
const isMask = (line: string) => line.startsWith('::add-mask::')

const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: 'organization:owner:ays' }

test.concurrent('with only "app-id" and "secret": user:name for an hour, in outputs, environment and log', async () => {
  const step = await runStep({ env: { RUNNER_DEBUG: '' } })
  const { run } = step
  expect(run).toKeepPromises()
  const jwt = String(run.outputs['jwt'])
  const { exp, scope } = decodeJwt(jwt)
  const expiry = `${new Date(Number(exp) * 1000).toISOString().slice(0, 19)}Z`
  expect(scope).toEqual(['user:name'])
  expect(run.outputs).toEqual({
    jwt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{128}$/),
    'expires-at': expiry,
    'expires-in': expect.stringMatching(/^3(600|59\d)$/),
    identity: 'deployer',
    scope: 'user:name',
    'ovc-user': 'deployer@itsyouonline',
  })
  expect(run).toMatchObject({ env: { JWT: jwt }, warnings: [], summary: '' })
  expect(run.log.trimEnd().split('\n')).toEqual([
    `Identity: deployer (user key ${user.applicationId})`,
    'Scopes: user:name',
    `Valid until ${expiry} (1 h).`,
    expect.stringMatching(/^No server was asked whether it accepts the JWT/),
    'Set $JWT and the output jwt.',
  ])
  expect(run.masks).not.toContain(user.applicationId)
  expect(run.masks.filter(mask => mask.length < 8)).toEqual([])
})

test.concurrent("an organization's key, an audience, each variable that was chosen, and the summary", async () => {
  const inputs = { ...organization, audience: 'one,two words', 'env-var': 'A, B', summary: 'true' }
  const { run, server } = await runStep({ with: inputs })
  expect(run).toKeepPromises()
  expect(run.outputs).toMatchObject({ identity: 'my-org', scope: 'organization:owner:ays' })
  expect(run.outputs).not.toHaveProperty('ovc-user')
  expect(run.env).toEqual({ A: run.outputs['jwt'], B: run.outputs['jwt'] })
  expect(run.log).toContain('Scopes: organization:owner:ays; audience: one, "two words"\n')
  const rows = [
    ['Identity', 'my-org (organization key my-org)'],
    ['Scopes', 'organization:owner:ays'],
    ['Audience', 'one, &#34;two words&#34;'],
    ['Valid for', '1 h'],
    ['Valid until', run.outputs['expires-at']],
    ['Server', server.url],
    ['Accepted by', 'no server was asked'],
  ]
  const table = rows.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('')
  expect(run.summary).toBe(`<h3>ItsYou.online JWT</h3>\n<table>${table}</table>\n`)
})

test.concurrent('all rights draw a warning', async () => {
  const { run } = await runStep({ with: { scope: 'user:admin' } })
  expect(run).toKeepPromises()
  expect(run.warnings).toEqual([expect.stringMatching(/^The scope "user:admin" allows everything: /)])
})

describe('masks', () => {
  const odd = 'a+b & c=d, of 28 or more'
  const percent = '100%-secret-of-28-characters'
  test.concurrent.each([
    // The toolkit writes `%25` for a percent sign.
    ['in the form of a request, too', odd, [odd, 'a%252Bb+%2526+c%253Dd%252C+of+28+or+more']],
    ['as it is, too, for runners that do not undo that', percent, [percent.replace('%', '%25'), percent]],
  ])('of the secret come first, where debug logging does not repeat them: %s', async (_how, secret, masks) => {
    const step = await runStep({ with: { secret }, server: { users: [{ ...user, secret }] } })
    expect(step.run).toKeepPromises()
    expect(linesOf(step).slice(0, 3)).toEqual(['::echo::off', ...masks.map(mask => `::add-mask::${mask}`)])
  })

  test.concurrent('of the JWT come before each other line: signature, payload, whole, refresh token', async () => {
    const step = await runStep({ with: { scope: 'user:name,offline_access' }, env: { RUNNER_DEBUG: '' } })
    expect(step.run).toKeepPromises()
    const jwt = String(step.run.outputs['jwt'])
    const [, payload, signature] = jwt.split('.')
    const lines = linesOf(step)
    const first = lines.indexOf(`::add-mask::${signature}`)
    const masks = [signature, payload, jwt, decodeJwt(jwt)['refresh_token']].map(value => `::add-mask::${value}`)
    expect(lines.slice(first, first + 4)).toEqual(masks)
    expect(lines.slice(lines.findIndex(line => !isMask(line))).filter(isMask)).toEqual([])
  })
})

test.concurrent('a renewal needs no secret, and sets a new JWT for an hour', async () => {
  let old = ''
  const { run, requests } = await runStep({
    with: { 'app-id': undefined, secret: undefined },
    prepare: async server => {
      const credentials = { client_id: user.applicationId, client_secret: user.secret }
      const form = { grant_type: 'client_credentials', response_type: 'id_token', scope: 'user:name,offline_access' }
      const init = { method: 'POST', body: new URLSearchParams({ ...form, ...credentials }) }
      old = await (await fetch(`${server.url}/v1/oauth/access_token`, init)).text()
      return { jwt: ` ${old}\n` }
    },
  })
  expect(run).toKeepPromises()
  const jwt = String(run.outputs['jwt'])
  expect(Number(decodeJwt(old).exp) - Number(decodeJwt(jwt).exp)).toBeGreaterThan(20 * 3600)
  expect(run.outputs['expires-in']).toMatch(/^3(600|59\d)$/)
  expect(run.masks).toEqual(expect.arrayContaining([old, old.split('.')[2], jwt]))
  expect(run.warnings).toEqual([expect.stringMatching(/^Anyone who reads this JWT can renew it/)])
  expect(run.log).toContain('Scopes: user:name (renewable)\n')
  expect(requests.map(({ path }) => path)).toEqual(['/v1/oauth/access_token', '/v1/oauth/jwt/refresh'])
})
