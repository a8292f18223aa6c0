/** The sandbox's OpenvCloud takes, does and refuses what the real one does. */

import { afterAll, beforeEach, expect, test } from '@jest/globals'
import { type Claims, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000
const accounts = [{ id: 7, name: 'acme' }]

const itsyouonline = await startItsYouOnline()
const jwt = await jwtOf({ username: 'ada' })
let openvcloud: OpenvCloud

beforeEach(async () => {
  await openvcloud?.close()
  openvcloud = await startOpenvCloud({
    publicKeyPem: itsyouonline.publicKeyPem,
    knownUsers: { ada: { accounts }, bob: { accounts: [{ id: 8, name: 'other' }] }, 'ada@decs3o': { accounts } },
    now: () => now * 1000,
  })
})
afterAll(() => Promise.all([itsyouonline.close(), openvcloud.close()]))

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

/** Makes the calls one after the other: each succeeds, with this result. */
async function expectResults(...calls: [name: string, parameters: object, result: unknown][]): Promise<void> {
  for (const [name, parameters, result] of calls)
    expect([name, ...(await call(name, parameters))]).toEqual([name, 200, result])
}

const { any, objectContaining } = expect
const publicIp = '203.0.113.1'
const inCloudspace = { cloudspaceId: 1 }
const cloudspace = { accountId: 7, location: 'my-location', name: 'web', access: 'ada@itsyouonline' }
const machine = { ...inCloudspace, name: 'vm', imageId: 1, disksize: 10, sizeId: 1 }
const { sizeId: _, ...sizeless } = machine
const entryPoint = { ...inCloudspace, publicIp, publicPort: 2222 }
const forward = { ...entryPoint, machineId: 1, localPort: 22, protocol: 'tcp' }

/** Makes the cloud space, waits until it is there, and puts the machine and the port forward into it. */
function furnish(): Promise<void> {
  return expectResults(
    ['cloudspaces/create', cloudspace, 1],
    ['machines/create', machine, 1],
    ['cloudspaces/get', inCloudspace, any(Object)],
    ['portforwarding/create', forward, true],
  )
}

const mine = [objectContaining({ id: 7, name: 'acme', acl: any(Array) })]
const eve = { username: 'eve' }
test.each<[string, Claims, status: number, body: unknown]>([
  ['accounts/list', { username: 'ada', scope: [''] }, 200, mine],
  ['accounts/list', { username: 'ada', iss: 'decs3o' }, 200, mine],
  ['accounts/list', { username: 'bob', iss: 'decs3o' }, 200, []],
  ['images/list', eve, 200, []],
  ['cloudspaces/list', eve, 200, []],
  ['machines/list', eve, 500, any(String)],
  ['machines/create', eve, 403, any(String)],
])('%s with a JWT of %j is answered with %i', async (name, claims, status, body) => {
  expect(await call(name, {}, await jwtOf(claims))).toEqual([status, body])
  expect(openvcloud.requests).toMatchObject([{ who: `${claims['username']}@${claims['iss'] ?? 'itsyouonline'}` }])
})

const bearer = async (claims: Claims) => `bearer ${await jwtOf(claims)}`
test.each<[string, number, string | Promise<string>]>([
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
  ['any case of bearer', 200, `BeArEr ${jwt}`],
])('an Authorization header with %s is answered with %i', async (_, status, authorization) => {
  const response = await post('cloudapi/accounts/list', { headers: { authorization: await authorization } })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe(status === 200 ? 'application/json' : 'text/html')
})

test('locations/list takes any JWT, and so proves nothing', async () => {
  expect(await call('locations/list', {}, 'garbled')).toMatchObject([200, [{ locationCode: 'my-location' }]])
})

const headers = { authorization: `bearer ${jwt}` }

test('a call takes JSON, a form or a query, and any number of slashes', async () => {
  const form = (name: string) => new URLSearchParams({ ...cloudspace, accountId: '7', name })
  await expectResults(['/cloudspaces//create/', cloudspace, 1])
  // Clients read the bare id as a number: nothing may follow it.
  expect(await (await post('cloudapi/cloudspaces/create', { headers, body: form('two') })).text()).toBe('2')
  expect(await (await post(`cloudapi/cloudspaces/create?${form('three')}`, { headers })).text()).toBe('3')
  expect(openvcloud.state.cloudspaces.map(({ accountId }) => accountId)).toEqual([7, 7, 7])
})

test.each<[status: number, init: RequestInit]>([
  ...['{', '[]', 'null'].map((body): [number, RequestInit] => [400, { body }]),
  [404, { method: 'GET' }],
])('the status %i is the answer to a call of %j', async (status, init) => {
  const ofJson = { ...headers, 'content-type': 'application/json' }
  expect((await post('cloudapi/images/list', { headers: ofJson, ...init })).status).toBe(status)
})

test('a call with _async is a task, which says 202 and then how it went', async () => {
  const failed = [false, 'a cloud space with the name web exists already']
  for (const outcome of [[true, 1], failed]) {
    const [, taskguid] = await call('cloudspaces/create', { ...cloudspace, _async: true })
    expect(await call('system/task/get', { taskguid })).toEqual([202, ''])
    expect(await call('system/task/get', { taskguid })).toEqual([200, outcome])
  }
})

test.each<[string, object]>([
  ['cloudspaces/create', cloudspace],
  ['machines/create', sizeless],
  ['portforwarding/create', forward],
  ['portforwarding/deleteByPort', entryPoint],
  ['machines/get', { machineId: 1 }],
  ['disks/update', { diskId: 1 }],
  ['sizes/list', inCloudspace],
])('a call of %s cannot leave out, or leave empty, any of %j', async (name, parameters) => {
  await furnish()
  for (const parameter of Object.keys(parameters)) {
    const why = `parameter ${parameter} is missing`
    expect(await call(name, { ...parameters, [parameter]: undefined })).toEqual([400, why])
    expect(await call(name, { ...parameters, [parameter]: '' })).toEqual([400, why])
  }
})

const space = { ...cloudspace, name: 'x1' }
const other = { ...machine, name: 'x1' }
const port = { ...forward, publicPort: 80 }
test.each<[string, object, number, RegExp]>([
  ['cloudspaces/create', cloudspace, 409, /web exists already/],
  ['cloudspaces/create', { ...space, location: 'elsewhere' }, 400, /no location "elsewhere"/],
  ['cloudspaces/create', { ...space, accountId: 'acme' }, 400, /accountId is not a number/],
  ['cloudspaces/create', { ...space, accountId: 8 }, 403, /no access to account 8/],
  ['cloudspaces/create', { ...space, name: 'x' }, 400, /the name/],
  ['cloudspaces/create', { ...space, name: 'x<y' }, 400, /the name/],
  ['cloudspaces/update', { cloudspaceId: 1, name: 'x' }, 400, /the name/],
  ['cloudspaces/get', { cloudspaceId: 5 }, 404, /no cloud space 5/],
  ['images/list', { accountId: 8 }, 403, /no access/],
  ['machines/create', machine, 409, /vm exists already/],
  ['machines/create', { ...other, name: 'x' }, 400, /the name/],
  ['machines/create', { ...other, imageId: 9 }, 400, /no image 9/],
  ['machines/create', { ...other, sizeId: 9 }, 400, /no size 9/],
  ['machines/create', { ...other, disksize: 5 }, 400, /^Disk size of 5GB is to small for image Ubuntu/],
  ['machines/create', { ...other, memory: 512, vcpus: 1 }, 400, /not both/],
  ['machines/create', { ...other, sizeId: '', memory: 512 }, 400, /sizeId, or memory and vcpus/],
  ['machines/get', { machineId: 5 }, 404, /no machine 5/],
  ['portforwarding/create', forward, 409, /2222 is forwarded already/],
  ['portforwarding/create', { ...port, publicIp: '203.0.113.9' }, 400, /not an address of the cloud space/],
  ['portforwarding/create', { ...port, publicPort: 0 }, 400, /a port is/],
  ['portforwarding/create', { ...port, localPort: 65_536 }, 400, /a port is/],
  ['portforwarding/create', { ...port, localPort: 22.5 }, 400, /a port is/],
  ['portforwarding/create', { ...port, protocol: 'icmp' }, 400, /tcp or udp/],
  ['portforwarding/create', { ...port, machineId: 5 }, 404, /no such machine/],
  ['portforwarding/deleteByPort', { ...entryPoint, publicPort: 80 }, 404, /80 is not forwarded/],
  ['portforwarding/deleteByPort', { ...entryPoint, proto: 'udp' }, 404, /2222 is not forwarded/],
  ['portforwarding/deleteByPort', { ...entryPoint, protocol: 'udp' }, 404, /2222 is not forwarded/],
  ['no/such-call', {}, 404, /not found/],
  ['system/none', {}, 404, /not found/],
  ['system/task/get', { taskguid: 'none' }, 404, /no task/],
])('%s %j is refused with %i and a JSON string', async (name, parameters, status, why) => {
  await furnish()
  const { cloudspaces, machines, portforwards } = structuredClone(openvcloud.state)
  expect(await call(name, parameters)).toEqual([status, expect.stringMatching(why)])
  expect(openvcloud.state).toMatchObject({ cloudspaces, machines, portforwards })
})

test('a port forward is refused until the cloud space is DEPLOYED, which takes some calls', async () => {
  await expectResults(['cloudspaces/create', cloudspace, 1])
  expect(openvcloud.state.cloudspaces).toMatchObject([{ status: 'VIRTUAL' }])
  await expectResults(['machines/create', machine, 1])
  expect(await call('portforwarding/create', forward)).toEqual([400, 'the cloud space is DEPLOYING, not DEPLOYED'])
  await expectResults(['portforwarding/create', forward, true])
})

test('what belongs to another account is out of reach', async () => {
  await furnish()
  const bob = await jwtOf({ username: 'bob' })
  expect(await call('cloudspaces/list', {}, bob)).toEqual([200, []])
  const ids = { ...inCloudspace, machineId: 1, diskId: 1 }
  for (const name of ['cloudspaces/delete', 'machines/list', 'machines/delete', 'disks/update'])
    expect([name, ...(await call(name, ids, bob))]).toEqual([name, 403, any(String)])
})

test('a client like the Go SDK finds the calls and fields that it starts with', async () => {
  await furnish()
  const acl = [
    { userGroupId: 'ada@itsyouonline', right: 'CXDRAU', status: 'CONFIRMED', type: 'U', canBeDeleted: false },
  ]
  const place = { location: 'my-location', gid: 1, externalnetworkip: publicIp, publicipaddress: publicIp }
  const common = { id: 1, status: 'DEPLOYED', accountId: 7, name: 'web', ...place, acl }
  const listed = { accountName: 'acme', descr: '', creationTime: now, updateTime: now }
  const resourceLimits = { CU_M: -1, CU_D: -1, CU_NP: -1, CU_I: -1, CU_C: -1 }
  const images = [objectContaining({ id: 1, size: 10 })]
  await expectResults(
    ['system/docgenerator/prepareCatalog', {}, { paths: {} }],
    ['cloudspaces/list', {}, [{ ...common, ...listed }]],
    ['cloudspaces/get', inCloudspace, { ...common, description: '', secret: '', resourceLimits }],
    ['images/list', { accountId: 7 }, images],
    ['images/list', { accountId: 0 }, images],
    ['sizes/list', inCloudspace, [objectContaining({ id: 1, vcpus: 1 }), objectContaining({ id: 2 })]],
  )
})

test('a client like the Terraform provider creates, reads, plans nothing, changes and destroys', async () => {
  const byId = { machineId: 1 }
  // What was asked for is what there is, so a plan is empty.
  const given = { id: 1, name: 'vm', description: 'd', cloudspaceid: 1, imageid: 1, sizeid: 0, vcpus: 1, memory: 1024 }
  const system = { status: 'RUNNING', hostname: 'vm-1', osImage: 'Ubuntu 24.04 x64', storage: 10 }
  const disks = [objectContaining({ id: 1, type: 'B', sizeMax: 10 })]
  const parts = { disks, interfaces: [any(Object)], accounts: [objectContaining({ login: 'user' })] }
  const ports = { publicIp, publicPort: '2222', localPort: '22', protocol: 'tcp' }
  const entry = { id: 1, machineId: 1, machineName: 'vm', localIp: '192.168.103.2', ...ports }
  const resourceLimits = objectContaining({ CU_M: 8, CU_C: -1 })
  await expectResults(
    ['cloudspaces/create', cloudspace, 1],
    ['machines/create', { ...sizeless, description: 'd', memory: 1024, vcpus: 1 }, 1],
    ['cloudspaces/get', inCloudspace, objectContaining({ externalnetworkip: publicIp })],
    ['portforwarding/create', forward, true],
    ['machines/get', byId, objectContaining({ ...given, ...system, ...parts })],
    ['portforwarding/list', inCloudspace, [entry]],
    ['portforwarding/list', { ...inCloudspace, machineId: 2 }, []],
    ['cloudspaces/update', { ...inCloudspace, name: 'renamed', maxMemoryCapacity: 8 }, true],
    ['cloudspaces/get', inCloudspace, objectContaining({ name: 'renamed', resourceLimits })],
    ['disks/update', { diskId: 1 }, true],
    ['machines/update', { ...byId, name: 'vm-2', description: '' }, 1],
    ['machines/stop', byId, true],
    ['machines/list', inCloudspace, [objectContaining({ id: 1, name: 'vm-2', status: 'HALTED' })]],
    ['machines/start', { machineId: '1' }, true],
    ['machines/get', byId, objectContaining({ name: 'vm-2', description: '', status: 'RUNNING' })],
    ['portforwarding/deleteByPort', entryPoint, true],
    ['portforwarding/list', inCloudspace, []],
    ['machines/delete', byId, true],
    ['machines/list', inCloudspace, []],
    ['cloudspaces/delete', inCloudspace, true],
    ['cloudspaces/list', {}, []],
  )
})
