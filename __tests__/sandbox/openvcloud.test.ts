/** The sandbox's OpenvCloud takes, does and refuses what the real one does. */

import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
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

function call(name: string, parameters: object = {}, token = jwt): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `bearer ${token}` }
  return post(name.startsWith('system/') ? name : `cloudapi/${name}`, { headers, body: JSON.stringify(parameters) })
}

async function resultOf<T>(name: string, parameters: object = {}, token = jwt): Promise<T> {
  const response = await call(name, parameters, token)
  const result = await response.json()
  expect([response.status, result]).toEqual([200, result])
  return result as T
}

const cloudspace = { accountId: 7, location: 'my-location', name: 'web', access: 'ada@itsyouonline' }
const machine = { cloudspaceId: 1, name: 'vm', imageId: 1, disksize: 10, sizeId: 1 }
const publicIp = '203.0.113.1'
const forward = { cloudspaceId: 1, publicIp, publicPort: 2222, machineId: 1, localPort: 22, protocol: 'tcp' }

/** Makes the cloud space, waits until it is there, and puts the machine and the port forward into it. */
async function furnish(): Promise<void> {
  await resultOf('cloudspaces/create', cloudspace)
  await resultOf('machines/create', machine)
  await resultOf('cloudspaces/get', { cloudspaceId: 1 })
  await resultOf('portforwarding/create', forward)
}

describe('the JWT', () => {
  const mine = [expect.objectContaining({ id: 7, name: 'acme', acl: expect.any(Array) })]

  test.each<[string, Claims, unknown]>([
    ['of a known user, without any scope', { username: 'ada', scope: [''] }, mine],
    ['of another issuer, for which it is another user', { username: 'ada', iss: 'decs3o' }, mine],
    ['of a user of another issuer without an account', { username: 'bob', iss: 'decs3o' }, []],
    ['of a user with an odd name', { username: 'constructor' }, []],
  ])('%s is accepted', async (_, claims, list) => {
    expect(await resultOf('accounts/list', {}, await jwtOf(claims))).toEqual(list)
    expect(openvcloud.requests).toMatchObject([{ who: `${claims['username']}@${claims['iss'] ?? 'itsyouonline'}` }])
  })

  test.each([
    ['images/list', 200],
    ['cloudspaces/list', 200],
    ['machines/list', 500],
    ['machines/create', 403],
  ])('of a user without an account gets from %s the status %i', async (name, status) => {
    const response = await call(name, machine, await jwtOf({ username: 'eve' }))
    expect(response.status).toBe(status)
    if (status === 200) expect(await response.json()).toEqual([])
  })

  test.each<[string, (jwt: string) => string | Promise<string>, number]>([
    ['no scheme', token => token, 401],
    ['Basic', () => 'Basic YTpi', 401],
    ['two spaces', token => `bearer  ${token}`, 401],
    ['an audience', async () => `bearer ${await jwtOf({ username: 'ada', aud: ['acme'] })}`, 401],
    ['a past expiry', async () => `bearer ${await jwtOf({ username: 'ada', exp: now - 1 })}`, 401],
    ['a foreign signature', token => `bearer ${token.replace(/[^.]{128}$/, 'A'.repeat(128))}`, 401],
    ['no username', async () => `bearer ${await jwtOf({ globalid: 'acme' })}`, 500],
    ['nothing', () => 'bearer ', 500],
    ['null', () => 'bearer null', 500],
    ['an opaque token', () => 'bearer Jb2hUaQ0cVdnYLwSj9-FUPJ0yBHM', 500],
    ['an end that was cut off', token => `bearer ${token.slice(0, -1)}`, 500],
    ['any case of bearer', token => `BeArEr ${token}`, 200],
  ])('with %s gets %s', async (_, authorization, status) => {
    const response = await post('cloudapi/accounts/list', { headers: { authorization: await authorization(jwt) } })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe(status === 200 ? 'application/json' : 'text/html')
  })

  test('may be missing for locations/list alone, which so proves nothing', async () => {
    expect((await post('cloudapi/accounts/list', {})).status).toBe(401)
    expect(await resultOf('locations/list', {}, 'garbled')).toMatchObject([{ locationCode: 'my-location' }])
  })
})

describe('a call', () => {
  test('takes JSON, a form or a query, and any number of slashes', async () => {
    const headers = { authorization: `bearer ${jwt}` }
    const form = (name: string) => new URLSearchParams({ ...cloudspace, accountId: '7', name })
    expect(await resultOf('/cloudspaces//create/', cloudspace)).toBe(1)
    expect(await (await post('cloudapi/cloudspaces/create', { headers, body: form('two') })).json()).toBe(2)
    expect(await (await post(`cloudapi/cloudspaces/create?${form('three')}`, { headers })).json()).toBe(3)
    expect(openvcloud.state.cloudspaces.map(({ accountId }) => accountId)).toEqual([7, 7, 7])
  })

  test.each<[status: number, init: RequestInit]>([
    ...['{', '[]', 'null'].map((body): [number, RequestInit] => [400, { body }]),
    [404, { method: 'GET' }],
  ])('is answered with %i to %j', async (status, init) => {
    const headers = { authorization: `bearer ${jwt}`, 'content-type': 'application/json' }
    expect((await post('cloudapi/images/list', { headers, ...init })).status).toBe(status)
  })

  test.each([
    [true, 1],
    [false, 'a cloud space with the name web exists already'],
  ])('with _async is a task, which says 202 and then [%j, %j]', async (isGood, result) => {
    if (!isGood) await resultOf('cloudspaces/create', cloudspace)
    const taskguid = await resultOf('cloudspaces/create', { ...cloudspace, _async: true })
    expect((await call('system/task/get', { taskguid })).status).toBe(202)
    expect(await resultOf('system/task/get', { taskguid })).toEqual([isGood, result])
  })

  const required = {
    'cloudspaces/create': cloudspace,
    'machines/create': machine,
    'portforwarding/create': forward,
    'portforwarding/deleteByPort': { cloudspaceId: 1, publicIp, publicPort: 2222 },
    'machines/get': { machineId: 1 },
    'disks/update': { diskId: 1 },
    'sizes/list': { cloudspaceId: 1 },
  }
  test.each(Object.entries(required))('of %s cannot be left out or empty', async (name, parameters) => {
    await furnish()
    for (const parameter of Object.keys(parameters).filter(key => key !== 'sizeId')) {
      for (const value of [undefined, '']) {
        const response = await call(name, { ...parameters, [parameter]: value })
        expect([parameter, response.status, await response.json()]).toEqual([parameter, 400, expect.any(String)])
      }
    }
  })
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
  ['portforwarding/deleteByPort', { cloudspaceId: 1, publicIp, publicPort: 80 }, 404, /80 is not forwarded/],
  ['no/such-call', {}, 404, /not found/],
  ['system/none', {}, 404, /not found/],
  ['system/task/get', { taskguid: 'none' }, 404, /no task/],
])('%s %j is refused with %i and a JSON string', async (name, parameters, status, why) => {
  await furnish()
  const { cloudspaces, machines, portforwards } = structuredClone(openvcloud.state)
  const response = await call(name, parameters)
  expect(response.status).toBe(status)
  expect(await response.json()).toMatch(why)
  expect(openvcloud.state).toMatchObject({ cloudspaces, machines, portforwards })
})

test('a port forward is refused until the cloud space is DEPLOYED, which takes some calls', async () => {
  await resultOf('cloudspaces/create', cloudspace)
  for (const status of ['VIRTUAL', 'DEPLOYING', 'DEPLOYED'])
    expect(await resultOf('cloudspaces/get', { cloudspaceId: 1 })).toMatchObject({ status })

  await resultOf('cloudspaces/create', space)
  await resultOf('machines/create', { ...machine, cloudspaceId: 2 })
  const inSpace = { ...forward, cloudspaceId: 2, publicIp: '203.0.113.2' }
  const early = await call('portforwarding/create', inSpace)
  expect([early.status, await early.json()]).toEqual([400, 'the cloud space is DEPLOYING, not DEPLOYED'])
  await resultOf('portforwarding/create', inSpace)
})

test('what belongs to another account is out of reach', async () => {
  await furnish()
  const bob = await jwtOf({ username: 'bob' })
  expect(await resultOf('cloudspaces/list', {}, bob)).toEqual([])
  const ids = { cloudspaceId: 1, machineId: 1, diskId: 1 }
  for (const name of ['cloudspaces/delete', 'machines/list', 'machines/delete', 'disks/update'])
    expect([name, (await call(name, ids, bob)).status]).toEqual([name, 403])
})

test('a client like the Go SDK finds the calls and fields that it starts with', async () => {
  await furnish()
  expect(await resultOf('system/docgenerator/prepareCatalog')).toEqual({ paths: {} })
  const right = { right: 'CXDRAU', status: 'CONFIRMED', type: 'U', canBeDeleted: false }
  const acl = [{ userGroupId: 'ada@itsyouonline', ...right }]
  const common = { id: 1, status: 'DEPLOYED', accountId: 7, name: 'web', location: 'my-location', gid: 1, acl }
  const addresses = { externalnetworkip: publicIp, publicipaddress: publicIp }
  const listed = { accountName: 'acme', descr: '', creationTime: now, updateTime: now }
  expect(await resultOf('cloudspaces/list')).toEqual([{ ...common, ...addresses, ...listed }])
  const resourceLimits = { CU_M: -1, CU_D: -1, CU_NP: -1, CU_I: -1, CU_C: -1 }
  const details = { ...common, ...addresses, description: '', secret: '', resourceLimits }
  expect(await resultOf('cloudspaces/get', { cloudspaceId: 1 })).toEqual(details)
  for (const accountId of [7, 0])
    expect(await resultOf('images/list', { accountId })).toMatchObject([{ id: 1, size: 10 }])
  expect(await resultOf('sizes/list', { cloudspaceId: 1 })).toMatchObject([{ id: 1, vcpus: 1 }, { id: 2 }])
})

test('a client like the Terraform provider creates, reads, plans nothing, changes and destroys', async () => {
  // Create. Clients read the bare id as a number: nothing may follow it.
  const id = await (await call('cloudspaces/create', cloudspace)).text()
  expect(id).toBe('1')
  const inCloudspace = { cloudspaceId: Number(id) }
  const { sizeId: _, ...sizeless } = machine
  const machineId = await resultOf<number>('machines/create', { ...sizeless, description: 'd', memory: 1024, vcpus: 1 })
  expect(await resultOf('cloudspaces/get', inCloudspace)).toMatchObject({ externalnetworkip: publicIp })
  expect(await resultOf('portforwarding/create', { ...forward, machineId })).toBe(true)

  // Read: what was asked for is what there is, so a plan is empty.
  const read = await resultOf<Record<string, unknown>>('machines/get', { machineId })
  const given = { id: 1, name: 'vm', description: 'd', cloudspaceid: 1, imageid: 1, sizeid: 0, vcpus: 1, memory: 1024 }
  const system = { status: 'RUNNING', hostname: 'vm-1', osImage: 'Ubuntu 24.04 x64', storage: 10 }
  const parts = { disks: [{ type: 'B', sizeMax: 10 }], interfaces: [{}], accounts: [{ login: 'user' }] }
  expect(read).toMatchObject({ ...given, ...system, ...parts })
  const ports = { publicIp, publicPort: '2222', localPort: '22', protocol: 'tcp' }
  const entry = { id: 1, machineId: 1, machineName: 'vm', localIp: '192.168.103.2', ...ports }
  expect(await resultOf('portforwarding/list', inCloudspace)).toEqual([entry])
  expect(await resultOf('portforwarding/list', { ...inCloudspace, machineId: 2 })).toEqual([])

  // Change.
  const changes = { ...inCloudspace, name: 'renamed', maxMemoryCapacity: 8 }
  expect(await resultOf('cloudspaces/update', changes)).toBe(true)
  const renamed = { name: 'renamed', resourceLimits: { CU_M: 8, CU_C: -1 } }
  expect(await resultOf('cloudspaces/get', inCloudspace)).toMatchObject(renamed)
  expect(await resultOf('disks/update', { diskId: (read['disks'] as { id: number }[])[0]?.id })).toBe(true)
  expect(await resultOf('machines/update', { machineId, name: 'vm-2', description: '' })).toBe(machineId)
  expect(await resultOf('machines/get', { machineId })).toMatchObject({ name: 'vm-2', description: '' })
  expect(await resultOf('machines/stop', { machineId })).toBe(true)
  expect(await resultOf('machines/list', inCloudspace)).toMatchObject([{ id: 1, name: 'vm-2', status: 'HALTED' }])
  expect(await resultOf('machines/start', { machineId: `${machineId}` })).toBe(true)
  expect(await resultOf('machines/get', { machineId })).toMatchObject({ status: 'RUNNING' })

  // Destroy.
  const entryPoint = { ...inCloudspace, publicIp, publicPort: 2222 }
  for (const other of [{ proto: 'udp' }, { protocol: 'udp' }])
    expect((await call('portforwarding/deleteByPort', { ...entryPoint, ...other })).status).toBe(404)
  expect(await resultOf('portforwarding/deleteByPort', entryPoint)).toBe(true)
  expect(await resultOf('portforwarding/list', inCloudspace)).toEqual([])
  expect(await resultOf('machines/delete', { machineId })).toBe(true)
  expect(await resultOf('machines/list', inCloudspace)).toEqual([])
  expect(await resultOf('cloudspaces/delete', inCloudspace)).toBe(true)
  expect(await resultOf('cloudspaces/list')).toEqual([])
})
