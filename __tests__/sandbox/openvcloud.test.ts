/** The sandbox's OpenvCloud takes, does and refuses what the real one does. */

import { afterAll, beforeEach, expect, test } from '@jest/globals'
import { type Claims, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { type OpenvCloud, type OpenvCloudOptions, startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000
const accounts = [{ id: 7, name: 'acme' }]
const shared = { id: 3, name: 'shared', accountId: 8, accountName: 'other' }
const users = { ada: { accounts }, eve: { accounts: [], cloudspaces: [shared] } }

const itsyouonline = await startItsYouOnline()
const jwt = await jwtOf({ username: 'ada' })
let openvcloud: OpenvCloud

beforeEach(() => start())
afterAll(() => Promise.all([itsyouonline.close(), openvcloud.close()]))

async function start(options: Partial<OpenvCloudOptions> = {}): Promise<void> {
  await openvcloud?.close()
  const { publicKeyPem } = itsyouonline
  openvcloud = await startOpenvCloud({ publicKeyPem, users, now: () => now * 1000, ...options })
}

function jwtOf(claims: Claims): Promise<string> {
  return itsyouonline.issue({ iss: 'itsyouonline', azp: 'app', scope: ['user:name'], exp: now + 60, ...claims })
}

function post(path: string, init: RequestInit): Promise<Response> {
  return fetch(`${openvcloud.url}/restmachine/${path}`, { method: 'POST', ...init })
}

/** @returns status and body */
async function call(name: string, parameters: object = {}, token = jwt): Promise<[status: number, body: unknown]> {
  const headers = { 'content-type': 'application/json', authorization: `bearer ${token}` }
  const init = { headers, body: JSON.stringify(parameters) }
  const response = await post(name.startsWith('system/') ? name : `cloudapi/${name}`, init)
  const isJson = response.headers.get('content-type') === 'application/json'
  return [response.status, isJson ? await response.json() : await response.text()]
}

const cloudspace = { accountId: 7, location: 'my-location', name: 'web', access: 'ada@itsyouonline' }
const web = { ...cloudspace, id: 4, accountName: 'acme' }
const inCloudspace = { cloudspaceId: 4 }
const machine = { ...inCloudspace, name: 'vm', imageId: 1, disksize: 10, sizeId: 1 }
const vm = { id: 1, name: 'vm', cloudspaceId: 4, status: 'RUNNING' }

const bearer = async (claims: Claims) => `bearer ${await jwtOf(claims)}`
test.each<[string, number, string | Promise<string>]>([
  ['any case of bearer', 200, `BeArEr ${jwt}`],
  ['any scope and any issuer', 200, bearer({ username: 'ada', iss: 'decs3o', scope: [''] })],
  ['no scheme', 401, jwt],
  ['Basic', 401, 'Basic YTpi'],
  ['two spaces', 401, `bearer  ${jwt}`],
  ['an audience', 401, bearer({ username: 'ada', aud: ['acme'] })],
  ['a past expiry', 401, bearer({ username: 'ada', exp: now - 1 })],
  ['a foreign signature', 401, `bearer ${jwt.replace(/[^.]{128}$/, 'A'.repeat(128))}`],
  ['no username', 500, bearer({ globalid: 'acme' })],
  ['nothing', 500, 'bearer '],
  ['null', 500, 'bearer null'],
  ['an opaque token', 500, 'bearer Jb2hUaQ0cVdnYLwSj9-FUPJ0yBHM'],
  ['an end that was cut off', 500, `bearer ${jwt.slice(0, -1)}`],
])('an Authorization header with %s is answered with %i', async (_, status, authorization) => {
  const response = await post('cloudapi/accounts/list', { headers: { authorization: await authorization } })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe(status === 200 ? 'application/json' : 'text/html')
})

test('a user with an account makes a cloud space and a machine, sees both, and removes them', async () => {
  for (const [name, parameters, result] of [
    ['accounts/list', {}, accounts],
    ['cloudspaces/create', cloudspace, 4],
    ['cloudspaces/list', {}, [web]],
    ['images/list', {}, [{ id: 1, name: 'Ubuntu 24.04 x64', size: 10 }]],
    ['sizes/list', inCloudspace, expect.arrayContaining([{ id: 1, vcpus: 1, memory: 1024 }])],
    ['machines/create', machine, 1],
    ['machines/list', inCloudspace, [vm]],
    ['machines/stop', { machineId: 1 }, true],
    ['machines/list', inCloudspace, [{ ...vm, status: 'HALTED' }]],
    ['machines/delete', { machineId: 1 }, true],
    ['cloudspaces/delete', inCloudspace, true],
    ['cloudspaces/list', {}, []],
  ] as const) {
    expect([name, ...(await call(name, parameters))]).toEqual([name, 200, result])
  }
  expect(openvcloud.requests[0]).toMatchObject({ who: 'ada@itsyouonline', status: 200 })
})

test('a user with a cloud space only has no account, and makes machines in that cloud space', async () => {
  const eve = await jwtOf({ username: 'eve' })
  expect(await call('accounts/list', {}, eve)).toEqual([200, []])
  const access = 'eve@itsyouonline'
  expect(await call('cloudspaces/list', {}, eve)).toEqual([200, [{ ...shared, location: 'my-location', access }]])
  expect(await call('machines/create', { ...machine, cloudspaceId: 3 }, eve)).toEqual([200, 1])
  expect((await call('cloudspaces/create', cloudspace, eve))[0]).toBe(403)
  // Neither sees what only the other one may use.
  await call('cloudspaces/create', cloudspace)
  expect((await call('machines/list', inCloudspace, eve))[0]).toBe(403)
  expect(await call('cloudspaces/list')).toEqual([200, [web]])
  expect((await call('machines/stop', { machineId: 1 }))[0]).toBe(403)
})

test.each(['stranger', 'ada@decs3o'])('%s, whom the location does not know, gets empty lists', async name => {
  const [username, iss = 'itsyouonline'] = name.split('@')
  const token = await jwtOf({ username, iss })
  for (const list of ['accounts/list', 'cloudspaces/list']) expect(await call(list, {}, token)).toEqual([200, []])
  expect((await call('cloudspaces/create', cloudspace, token))[0]).toBe(403)
})

test('a call takes JSON, a form or a query, and any number of slashes', async () => {
  const headers = { authorization: `bearer ${jwt}` }
  const form = (name: string) => new URLSearchParams({ ...cloudspace, accountId: '7', name })
  expect(await call('/cloudspaces//create/', cloudspace)).toEqual([200, 4])
  // Clients read the bare id as a number: nothing may follow it.
  expect(await (await post('cloudapi/cloudspaces/create', { headers, body: form('two') })).text()).toBe('5')
  expect(await (await post(`cloudapi/cloudspaces/create?${form('three')}`, { headers })).text()).toBe('6')
  expect((await fetch(`${openvcloud.url}/restmachine/cloudapi/accounts/list`, { headers })).status).toBe(404)
})

test('a call with _async is a task, which says 202 and then how it went', async () => {
  for (const outcome of [
    [true, 4],
    [false, 'Cloud Space with name web already exists.'],
  ]) {
    const [, taskguid] = await call('cloudspaces/create', { ...cloudspace, _async: true })
    expect(await call('system/task/get', { taskguid })).toEqual([202, ''])
    expect(await call('system/task/get', { taskguid })).toEqual([200, outcome])
  }
})

const other = { ...machine, name: 'other' }
test.each<[string, object, number, RegExp]>([
  ['cloudspaces/create', cloudspace, 409, /web already exists/],
  ['cloudspaces/create', { ...cloudspace, access: '' }, 400, /access is missing/],
  ['cloudspaces/create', { ...cloudspace, location: 'elsewhere' }, 400, /^Location elsewhere does not exists$/],
  ['cloudspaces/create', { ...cloudspace, accountId: 'acme' }, 400, /accountId is not a number/],
  ['cloudspaces/create', { ...cloudspace, accountId: 8 }, 403, /no access to account 8/],
  ['cloudspaces/delete', inCloudspace, 409, /can not contain Machines/],
  ['cloudspaces/delete', { cloudspaceId: 9 }, 404, /no cloud space 9/],
  ['machines/create', machine, 409, /vm exists already/],
  ['machines/create', { ...other, imageId: 9 }, 400, /no image 9/],
  ['machines/create', { ...other, sizeId: 9 }, 400, /no size 9/],
  ['machines/create', { ...other, disksize: 5 }, 400, /^Disk size of 5GB is to small for image Ubuntu/],
  ['machines/stop', { machineId: 9 }, 404, /no machine 9/],
  ['sizes/list', {}, 400, /cloudspaceId is missing/],
  ['no/such-call', {}, 404, /not found/],
  ['system/none', {}, 404, /not found/],
  ['system/task/get', { taskguid: 'none' }, 404, /no task/],
])('%s %j is refused with %i and a JSON string', async (name, parameters, status, why) => {
  await call('cloudspaces/create', cloudspace)
  await call('machines/create', machine)
  const before = structuredClone(openvcloud.state)
  expect(await call(name, parameters)).toEqual([status, expect.stringMatching(why)])
  expect(openvcloud.state).toEqual(before)
})

test.each([
  [false, 200],
  [true, 429],
])('20 requests in 5 s are served for each user; rejected ones count: %p', async (countsRejected, afterwards) => {
  let milliseconds = now * 1000
  await start({ requestLimit: { countsRejected }, now: () => milliseconds })
  const status = async (token = jwt) => (await call('accounts/list', {}, token))[0]
  for (let request = 0; request < 20; request++) expect(await status()).toBe(200)
  expect(await status()).toBe(429)
  expect(await status(await jwtOf({ username: 'eve' }))).toBe(200)
  milliseconds += 4999
  for (let request = 0; request < 20; request++) expect(await status()).toBe(429)
  milliseconds += 1
  expect(await status()).toBe(afterwards)
})
