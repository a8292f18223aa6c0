/** The sandbox's AYS lets in the members of its organization, and keeps repositories, blueprints and runs for them. */

import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Ays, type AysOptions, startAys } from '../../sandbox/servers/ays.ts'
import { type Claims, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { rowsOf } from '../support/rows.ts'

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000

const itsyouonline = await startItsYouOnline()
const member = await jwtOf({ username: 'ada', scope: ['user:memberof:acme'] })
let ays: Ays

beforeEach(() => start())
afterEach(() => ays.close())
afterAll(() => itsyouonline.close())

async function start(options: Partial<AysOptions> = {}): Promise<void> {
  await ays?.close()
  const { publicKeyPem } = itsyouonline
  ays = await startAys({ publicKeyPem, organization: 'acme', now: () => now * 1000, ...options })
}

function jwtOf(claims: Claims): Promise<string> {
  return itsyouonline.issue({ iss: 'itsyouonline', azp: 'app', exp: now + 60, ...claims })
}

/** @returns status and body of `<method> <path behind /ays/repository>` */
async function call(what: string, body?: object): Promise<[status: number, body: unknown]> {
  const [method = '', path = ''] = what.split(' ')
  const headers = { 'content-type': 'application/json', authorization: `bearer ${member}` }
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
  const response = await fetch(`${ays.url}/ays/repository${path}`, init)
  return [response.status, await response.json()]
}

const repository = { name: 'infra', git_url: 'https://git.example/infra' }
const blueprint = { name: 'web.yaml', content: 'vdc__web: {}' }
const error = { error: expect.any(String) }

async function bearer(claims: Claims): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await jwtOf(claims)}` }
}

const scope = ['user:memberof:acme']
const accepted = [200, 'application/json', '[]']
const refused = (why: unknown) => [401, 'text/plain; charset=utf-8', why]
const jwtError = refused(expect.stringMatching(/^JWT Error: /))
const foreign = `${member.slice(0, -128)}${'A'.repeat(128)}`

test.each<[string, Record<string, string> | Promise<Record<string, string>>, unknown[]]>([
  ['a member of the organization', bearer({ scope: ['user:name', ...scope] }), accepted],
  ["the organization's own key", bearer({ globalid: 'acme', scope: ['organization:owner'] }), accepted],
  ['an azp that is the organization', bearer({ azp: 'acme', scope: ['user:name'] }), accepted],
  ['an audience with the organization', bearer({ scope, aud: ['other', 'acme'] }), accepted],
  ['a user with all rights', bearer({ scope: ['user:admin'] }), refused('JWT Error: Invalid organization')],
  ['a member of another', bearer({ scope: ['user:memberof:acme.sub'] }), refused('JWT Error: Invalid organization')],
  ['an audience without it', bearer({ scope, aud: ['other'] }), refused('JWT Error: Invalid audience')],
  ['an hour ago', bearer({ scope, exp: now - 3600 }), refused('Your JWT has expired')],
  ['no header', {}, refused('No JWT token')],
  ['another scheme', { authorization: 'Basic YTpi' }, jwtError],
  ['null', { authorization: 'bearer null' }, jwtError],
  ['another signature', { authorization: `bearer ${foreign}` }, jwtError],
  ['a cookie alone', { cookie: `a=b; jwt=Bearer ${member}` }, accepted],
  ['a bad cookie, which wins', { cookie: 'jwt=Bearer x', authorization: `bearer ${member}` }, jwtError],
])('the JWT of %s', async (_, headers, answer) => {
  const response = await fetch(`${ays.url}/ays/repository`, { headers: await headers })
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual(answer)
})

test('repositories and blueprints are created once, listed, changed and executed', async () => {
  const shown = { ...repository, path: '/optvar/cockpit_repos/infra' }
  expect(await call('POST ', repository)).toEqual([201, shown])
  expect(await call('POST ', repository)).toEqual([409, error])
  expect(await call('GET ')).toEqual([200, [shown]])
  expect(await call('GET /infra')).toEqual([200, shown])
  expect(ays.requests[0]).toMatchObject({ method: 'POST', path: '/ays/repository', status: 201, who: 'ada' })

  const odd = { ...blueprint, name: 'a b/c' }
  const changed = { ...odd, content: 'vdc__web: {location: x}' }
  const at = '/infra/blueprint/a%20b%2Fc'
  expect(await call('POST /infra/blueprint', odd)).toEqual([201, odd])
  expect(await call('POST /infra/blueprint', odd)).toEqual([409, error])
  expect(await call(`PUT ${at}`, changed)).toEqual([200, changed])
  expect(await call(`POST ${at}`)).toEqual([200, expect.any(Object)])
  expect(await call('GET /infra/blueprint')).toEqual([200, [{ name: 'a b/c' }]])
  expect(await call(`GET ${at}`)).toEqual([200, changed])
  expect(ays.repositories.get('infra')?.blueprints.get('a b/c')).toEqual({ ...changed, executed: 1 })
})

test.each<[what: string, status: string, body?: object]>([
  ['POST ', '400', { name: 'x' }],
  ['POST ', '400', { git_url: 'x' }],
  ['POST /infra/blueprint', '400', { name: 'x' }],
  ['POST /infra/blueprint', '400', { name: 'x', content: 'just text' }],
  ['PUT /infra/blueprint/web.yaml', '400', { content: 'vdc__web: {}' }],
  ...rowsOf({
    404: ['POST /none/aysrun', 'GET /infra/blueprint/none', 'GET /infra/aysrun/none', 'GET /infra/service', 'GET s'],
    405: ['PUT ', 'DELETE /infra', 'DELETE /infra/blueprint', 'DELETE /infra/blueprint/web.yaml', 'PUT /infra/aysrun'],
  }),
])('%s is answered with %s and a JSON error (%#)', async (what, status, ...[body]) => {
  await call('POST ', repository)
  await call('POST /infra/blueprint', blueprint)
  expect(await call(what, body)).toEqual([Number(status), error])
})

/** What each look at a run tells: its state, and the seconds before its next retry, if there is one. */
const tries = [10, 30, 60, 300, 600, 1800, ''].flatMap(seconds => [`running ${seconds}`, `error ${seconds}`])
test.each<[string, Partial<AysOptions>, parameters: string, looks: string[]]>([
  ['is ok in the end', {}, '', ['new 10', 'running 10', 'ok 10', 'ok 10']],
  ['is retried after a failure', { failRuns: 1 }, '', ['new 10', 'running 10', 'error 10', 'running 30', 'ok 30']],
  ['has failed for good after the last retry', { failRuns: true }, '', ['new 10', ...tries, 'error ']],
  ['fails for good without retries', { failRuns: true }, '?retries=0', ['new ', 'running ', 'error ', 'error ']],
  ['does not tell its retries in 9.1', { version: '9.1' }, '', ['new undefined', 'running undefined']],
])('a run %s', async (_, options, parameters, looks) => {
  await start(options)
  await call('POST ', repository)
  const [, created] = await call(`POST /infra/aysrun${parameters}`)
  const { key } = created as { key: string }
  expect(created).toEqual({ key: expect.stringMatching(/^\w{32}$/), state: 'new' })
  for (const told of looks) {
    const [, run] = (await call(`GET /infra/aysrun/${key}`)) as [number, { state: string; retries?: number[] }]
    expect(`${run.state} ${run.retries?.slice(0, 1)}`).toBe(told)
    expect(run).toMatchObject({ key, epoch: now, steps: [{ state: run.state }] })
  }
  expect(await call('GET /infra/aysrun')).toEqual([200, [{ key, state: expect.any(String), epoch: now }]])
})

test('from 9.3 on a JWT is configured, and refused in a blueprint', async () => {
  await call('POST ', repository)
  expect((await call('POST /infra/configure-jslocation'))[0]).toBe(404)
  await start({ version: '9.3' })
  await call('POST ', repository)
  const withJwt = { name: 'x', content: `g8client__main:\n  url: x\n  jwt: '${member}'\n` }
  expect(await call('POST /infra/blueprint', withJwt)).toEqual([400, error])
  const data = { address: 'my-location.example', jwt_: member }
  const configuration = { jslocation: 'j.clients.openvcloud', instance: 'main', data }
  for (const wrong of [{ data: {} }, { instance: '' }, { jslocation: '' }])
    expect(await call('POST /infra/configure-jslocation', { ...configuration, ...wrong })).toEqual([400, error])
  expect(await call('POST /infra/configure-jslocation', configuration)).toEqual([200, expect.any(Object)])
  expect(ays.repositories.get('infra')?.locations.get('main')).toEqual(data)
  const content = 'g8client__main:\n  instance: main\n  account: acme\n'
  expect((await call('POST /infra/blueprint', { name: 'x', content }))[0]).toBe(201)
})

test('a proxy may put everything under /api', async () => {
  await start({ basePath: '/api' })
  expect(new URL(ays.url).pathname).toBe('/api')
  expect(await call('GET ')).toEqual([200, []])
  expect((await fetch(`${new URL(ays.url).origin}/ays/repository`)).status).toBe(404)
})
