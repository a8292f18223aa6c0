/** The sandbox's AYS lets in the members of its organization, and keeps repositories, blueprints and runs for them. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Ays, type AysOptions, startAys } from '../../sandbox/servers/ays.ts'
import { type Claims, type ItsYouOnline, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000

let itsyouonline: ItsYouOnline
let ays: Ays
let member: string

beforeAll(async () => {
  itsyouonline = await startItsYouOnline()
  member = await jwtOf({ username: 'ada', scope: ['user:memberof:acme'] })
})
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

function list(headers: Record<string, string>): Promise<Response> {
  return fetch(`${ays.url}/ays/repository`, { headers })
}

/** @returns status and body of `<method> <path behind /ays/repository>` */
async function call(what: string, body?: object, url = ays.url): Promise<[status: number, body: unknown]> {
  const [method = '', path = ''] = what.split(' ')
  const headers = { 'content-type': 'application/json', authorization: `bearer ${member}` }
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) }
  const response = await fetch(`${url}/ays/repository${path}`, init)
  return [response.status, await response.json()]
}

const repository = { name: 'infra', git_url: 'https://git.example/infra' }
const blueprint = { name: 'web.yaml', content: 'vdc__web: {}' }
const error = { error: expect.any(String) }

describe('the JWT', () => {
  const scope = ['user:memberof:acme']

  test.each<[string, Claims]>([
    ['a member of the organization', { username: 'ada', scope: ['user:name', ...scope] }],
    ["the organization's own key", { azp: 'acme', globalid: 'acme', scope: ['organization:owner'] }],
    ['a globalid that is the organization', { globalid: 'acme' }],
    ['an azp that is the organization', { azp: 'acme', username: 'ada', scope: ['user:name'] }],
    ['an audience with the organization', { scope, aud: ['other', 'acme'] }],
  ])('of %s is accepted', async (_, claims) => {
    expect((await list({ authorization: `Bearer ${await jwtOf(claims)}` })).status).toBe(200)
  })

  test.each<[string, Claims, string]>([
    ['a user without the membership', { username: 'ada', scope: [''] }, 'JWT Error: Invalid organization'],
    ['a user with all rights', { username: 'ada', scope: ['user:admin'] }, 'JWT Error: Invalid organization'],
    ['a member of another one', { scope: ['user:memberof:acme.sub'] }, 'JWT Error: Invalid organization'],
    ['an audience without the organization', { scope, aud: ['other'] }, 'JWT Error: Invalid audience'],
    ['an hour ago', { scope, exp: now - 3600 }, 'Your JWT has expired'],
  ])('of %s is refused', async (_, claims, why) => {
    const response = await list({ authorization: `bearer ${await jwtOf(claims)}` })
    expect([response.status, await response.text()]).toEqual([401, why])
    expect(response.headers.get('content-type')).toMatch('text/plain')
  })

  test.each<[string, (jwt: string) => Record<string, string>, number, string | RegExp]>([
    ['no header', () => ({}), 401, 'No JWT token'],
    ['another scheme', () => ({ authorization: 'Basic YTpi' }), 401, /^JWT Error: /],
    ['null', () => ({ authorization: 'bearer null' }), 401, /^JWT Error: /],
    ['zeros', jwt => ({ authorization: `bearer ${jwt.slice(0, -128)}${'A'.repeat(128)}` }), 401, /^JWT Error: /],
    ['a cookie', jwt => ({ cookie: `theme=dark; jwt=Bearer ${jwt}` }), 200, '[]'],
    ['a cookie, which wins', jwt => ({ cookie: `jwt=Bearer ${jwt}`, authorization: 'bearer null' }), 200, '[]'],
    ['a bad cookie', jwt => ({ cookie: 'jwt=Bearer x', authorization: `bearer ${jwt}` }), 401, /^JWT Error: /],
  ])('in %s', async (_, headers, status, body) => {
    const response = await list(headers(member))
    expect(response.status).toBe(status)
    expect(await response.text()).toEqual(typeof body === 'string' ? body : expect.stringMatching(body))
  })
})

test('repositories and blueprints are created once, listed, changed and executed', async () => {
  const shown = { ...repository, path: '/optvar/cockpit_repos/infra' }
  expect(await call('POST ', repository)).toEqual([201, shown])
  expect(await call('POST ', repository)).toEqual([409, error])
  expect(await call('GET ')).toEqual([200, [shown]])
  expect(await call('GET /infra')).toEqual([200, shown])
  expect(ays.requests[0]).toMatchObject({ method: 'POST', path: '/ays/repository', status: 201, who: 'ada' })

  const odd = { ...blueprint, name: 'a b/c' }
  expect(await call('POST /infra/blueprint', odd)).toEqual([201, odd])
  expect(await call('POST /infra/blueprint', odd)).toEqual([409, error])
  const changed = { ...odd, content: 'vdc__web: {location: x}' }
  expect(await call('PUT /infra/blueprint/a%20b%2Fc', changed)).toEqual([200, changed])
  expect(await call('POST /infra/blueprint/a%20b%2Fc')).toEqual([200, expect.any(Object)])
  expect(await call('GET /infra/blueprint')).toEqual([200, [{ name: 'a b/c' }]])
  expect(await call('GET /infra/blueprint/a%20b%2Fc')).toEqual([200, changed])
  expect(ays.repositories.get('infra')?.blueprints.get('a b/c')).toEqual({ ...changed, executed: 1 })
})

const notFound = ['POST /infra/blueprint/none', 'POST /none/aysrun', 'GET /infra/aysrun/none', 'GET /infra/service']
const notAllowed = ['PUT ', 'DELETE /infra/blueprint', 'DELETE /infra/blueprint/web.yaml', 'PUT /infra/aysrun']
test.each<[number, string, object?]>([
  [400, 'POST ', { name: 'x' }],
  [400, 'POST ', { git_url: 'x' }],
  [400, 'POST '],
  [400, 'POST /infra/blueprint', { name: 'x' }],
  [400, 'POST /infra/blueprint', { name: 'x', content: 'just text' }],
  [400, 'PUT /infra/blueprint/web.yaml', { content: 'vdc__web: {}' }],
  [400, 'PUT /infra/blueprint/web.yaml', { name: 'web.yaml' }],
  [404, 'POST /none/blueprint', blueprint],
  [404, 'PUT /infra/blueprint/none', blueprint],
  ...[...notFound, 'GET s', 'POST /infra/configure-jslocation'].map((what): [number, string] => [404, what]),
  ...notAllowed.map((what): [number, string] => [405, what]),
])('%i with a JSON error is the answer to %s (%#)', async (status, what, ...[body]) => {
  await call('POST ', repository)
  await call('POST /infra/blueprint', blueprint)
  expect(await call(what, body)).toEqual([status, error])
})

describe('a run', () => {
  /** Creates a run and looks at it so often; each state with the number of retries that are left. */
  async function look(times: number, parameters = ''): Promise<string[]> {
    await call('POST ', repository)
    const [, created] = await call(`POST /infra/aysrun${parameters}`)
    const { key } = created as { key: string }
    expect(created).toEqual({ key: expect.stringMatching(/^\w{32}$/), state: 'new' })
    const states: string[] = []
    for (let poll = 0; poll < times; poll++) {
      const [, run] = (await call(`GET /infra/aysrun/${key}`)) as [number, { state: string; retries?: number[] }]
      expect(run).toMatchObject({ key, epoch: now, steps: [{ state: run.state }] })
      states.push(`${run.state} ${run.retries?.length}`)
    }
    expect(await call('GET /infra/aysrun')).toEqual([200, [{ key, state: expect.any(String), epoch: now }]])
    return states
  }

  test.each<[string, AysOptions['failRuns'], string, AysOptions['version'], string[]]>([
    ['is ok in the end', false, '', '9.2', ['new 6', 'running 6', 'ok 6', 'ok 6']],
    ['is retried after a failure', 1, '', '9.2', ['new 6', 'running 6', 'error 6', 'running 5', 'ok 5']],
    ['has failed for good without retries', true, '?retries=0', '9.2', ['new 0', 'running 0', 'error 0', 'error 0']],
    ['does not tell its retries in 9.1', 1, '', '9.1', ['new undefined', 'running undefined', 'error undefined']],
  ])('%s', async (_, failRuns, parameters, version, states) => {
    await start({ failRuns, version })
    expect(await look(states.length, parameters)).toEqual(states)
  })

  test('has failed for good after the last of six retries', async () => {
    await start({ failRuns: true })
    expect((await look(17)).slice(-4)).toEqual(['running 0', 'error 0', 'error 0', 'error 0'])
  })
})

test('from 9.3 on a JWT is configured, and refused in a blueprint', async () => {
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
  expect((await call('GET ', undefined, new URL(ays.url).origin))[0]).toBe(404)
})
