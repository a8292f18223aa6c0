/** The sandbox's AYS lets in the members of its organization, and keeps repositories, blueprints and runs for them. */

import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Ays, type AysOptions, startAys } from '../../sandbox/servers/ays.ts'
import { type Claims, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'

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
  const isJson = response.headers.get('content-type') === 'application/json'
  return [response.status, isJson ? await response.json() : await response.text()]
}

const repository = { name: 'infra', git_url: 'https://git.example/infra' }
const blueprint = { name: 'web.yaml', content: 'vdc__web: {}' }
const error = { error: expect.any(String) }

const bearer = async (claims: Claims) => `Bearer ${await jwtOf(claims)}`
const scope = ['user:memberof:acme']
const owner = { globalid: 'acme', scope: ['organization:owner:ays'] }

test.each<[string, string | Promise<string>]>([
  ['a member of the organization', bearer({ scope: ['user:name', ...scope] })],
  ["the organization's own key", bearer(owner)],
  ["the organization's own key and audience", bearer({ ...owner, aud: ['acme'] })],
  ['an azp that is the organization', bearer({ azp: 'acme', scope: ['user:name'] })],
  ['an audience with the organization', bearer({ scope, aud: ['other', 'acme'] })],
])('a JWT with %s is accepted', async (_, authorization) => {
  const response = await fetch(`${ays.url}/ays/repository`, { headers: { authorization: await authorization } })
  expect([response.status, await response.json()]).toEqual([200, []])
})

const signature = 'JWT Error: Signature verification failed.'
test.each<[string, string | Promise<string> | undefined, text: string]>([
  ['no header', undefined, 'No JWT token'],
  ['no scheme', member, 'Unauthorized'],
  ['another scheme', 'Basic YTpi', 'Your JWT is invalid'],
  ['two spaces', `bearer  ${member}`, 'JWT Error: Error decoding token headers.'],
  ['null', 'bearer null', 'JWT Error: Error decoding token headers.'],
  ['another signature', `bearer ${member.slice(0, -128)}${'A'.repeat(128)}`, signature],
  ['a past expiry', bearer({ scope, exp: now - 1 }), 'Your JWT has expired'],
  ['an audience without it', bearer({ scope, aud: ['other'] }), 'JWT Error: Invalid audience'],
  ['another issuer', bearer({ scope, iss: 'decs3o' }), 'JWT Error: Invalid issuer'],
  ['all rights of a user', bearer({ scope: ['user:admin'] }), 'Unauthorized'],
  ['the scope of a suborganization', bearer({ scope: ['user:memberof:acme.sub'] }), 'Unauthorized'],
])('a request with %s is answered with 401 and a text', async (_, authorization, text) => {
  const headers = authorization === undefined ? {} : { authorization: await authorization }
  const response = await fetch(`${ays.url}/ays/repository`, { headers })
  const answer = [response.status, response.headers.get('content-type'), await response.text()]
  expect(answer).toEqual([401, 'text/plain; charset=utf-8', text])
})

test('repositories and blueprints are created once, changed and executed', async () => {
  const changed = { ...blueprint, content: 'vdc__web: {location: x}' }
  const calls: [what: string, body: object | undefined, status: number, answer: unknown][] = [
    ['POST ', { name: 'infra' }, 400, 'Bad Request Body'],
    ['POST ', repository, 201, repository],
    ['POST ', repository, 409, error],
    ['GET ', undefined, 200, [repository]],
    ['POST /none/blueprint', blueprint, 404, error],
    ['POST /infra/blueprint', { name: 'x' }, 400, 'Bad Request Body'],
    ['POST /infra/blueprint', blueprint, 201, blueprint],
    ['POST /infra/blueprint', blueprint, 409, error],
    ['PUT /infra/blueprint/web.yaml', changed, 200, changed],
    ['POST /infra/blueprint/web.yaml', undefined, 200, { msg: expect.any(String) }],
  ]
  for (const [what, body, ...answer] of calls) expect([what, ...(await call(what, body))]).toEqual([what, ...answer])
  expect(ays.repositories.get('infra')?.blueprints.get('web.yaml')).toEqual({ ...changed, executed: 1 })
  expect(ays.requests[1]).toMatchObject({ method: 'POST', path: '/ays/repository', status: 201, who: 'ada' })
})

test.each([
  ['whose name needs percent-encoding', 'a b', blueprint.content, 404],
  ['without a service', 'web.yaml', 'just text', 400],
])('a blueprint %s is created, and cannot be executed', async (_, name, content, status) => {
  await call('POST ', repository)
  expect((await call('POST /infra/blueprint', { name, content }))[0]).toBe(201)
  expect(await call(`POST /infra/blueprint/${encodeURIComponent(name)}`)).toEqual([status, error])
})

const retries = { 'retry-number': 1, duration: 10, 'remaining-retries': [30, 60, 300, 600, 1800] }
test.each<[string, Partial<AysOptions>, parameters: string, states: string, last?: object]>([
  ['is ok in the end', {}, '', 'new running ok ok', {}],
  ['that fails is repeated', { failRuns: true }, '', 'new running error running', retries],
  ['fails for good without retries', { failRuns: true }, '?retries=0', 'new running error error', {}],
  ['is repeated by 9.1 in any case', { failRuns: true, version: '9.1' }, '?retries=0', 'new running error running'],
])('a run %s', async (_, options, parameters, states, ...last) => {
  await start(options)
  await call('POST ', repository)
  const [, created] = await call(`POST /infra/aysrun${parameters}`)
  const { key } = created as { key: string }
  const looks: unknown[] = []
  for (const _ of states.split(' ')) looks.push((await call(`GET /infra/aysrun/${key}`))[1])
  expect(looks).toMatchObject(states.split(' ').map(state => ({ key, state, steps: [] })))
  expect((looks.at(-1) as { retries?: object }).retries).toEqual(last[0])
})

test('a JWT is configured from 9.3 on, and refused in a blueprint; before, it is the other way round', async () => {
  const withJwt = { name: 'x', content: `g8client__main:\n  url: x\n  jwt: '${member}'\n` }
  const data = { address: 'my-location.example', jwt_: member }
  const configuration = { jslocation: 'j.clients.openvcloud', instance: 'main', data }
  const statuses = async () => {
    await call('POST ', repository)
    await call('POST /infra/blueprint', withJwt)
    const executed = await call('POST /infra/blueprint/x')
    return [executed[0], await call('POST /infra/configure-jslocation', configuration)]
  }
  expect(await statuses()).toEqual([400, [201, { message: 'Instance configured' }]])
  expect(ays.repositories.get('infra')?.locations.get('main')).toEqual(data)
  await start({ version: '9.2' })
  expect(await statuses()).toEqual([200, [404, error]])
})

test('a proxy may put everything under /api', async () => {
  await start({ basePath: '/api' })
  expect(new URL(ays.url).pathname).toBe('/api')
  expect(await call('GET ')).toEqual([200, []])
  expect((await fetch(`${new URL(ays.url).origin}/ays/repository`)).status).toBe(404)
})
