import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Claims, type ItsYouOnline, startItsYouOnline } from '../../sandbox/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from '../../sandbox/openvcloud.ts'

/** The sandbox's OpenvCloud takes and rejects a JWT as the real one does. */

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000
const accounts = [{ id: 7, name: 'acme' }]

let itsyouonline: ItsYouOnline
let openvcloud: OpenvCloud
let userToken: string

beforeAll(async () => {
  itsyouonline = await startItsYouOnline()
  userToken = await tokenOf({ username: 'ada' })
})
beforeEach(async () => {
  await openvcloud?.close()
  openvcloud = await startOpenvCloud({
    publicKeyPem: itsyouonline.publicKeyPem,
    knownUsers: { ada: { accounts }, bob: { accounts: [{ id: 8, name: 'other' }] } },
    now: () => now * 1000,
  })
})
afterAll(() => Promise.all([itsyouonline.close(), openvcloud.close()]))

function tokenOf(claims: Claims): Promise<string> {
  return itsyouonline.issue({ iss: 'itsyouonline', azp: 'app', scope: ['user:name'], exp: now + 60, ...claims })
}

function call(name: string, parameters: object = {}, token: string | undefined = userToken): Promise<Response> {
  return fetch(`${openvcloud.url}/restmachine/cloudapi/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== '' && { authorization: `bearer ${token}` }) },
    body: JSON.stringify(parameters),
  })
}

async function resultOf(name: string, parameters: object = {}, token = userToken): Promise<unknown> {
  const response = await call(name, parameters, token)
  expect(response.status).toBe(200)
  return response.json()
}

const cloudspace = { accountId: 7, location: 'my-location', name: 'web', access: 'ada@itsyouonline' }
const machine = { cloudspaceId: 1, name: 'vm', imageId: 1, disksize: 10, sizeId: 1 }
const portforward = {
  cloudspaceId: 1,
  publicIp: '203.0.113.1',
  publicPort: 8080,
  machineId: 1,
  localPort: 80,
  protocol: 'tcp',
}

describe('the JWT', () => {
  test('of a known user is taken, and the request is recorded with who made it', async () => {
    expect(await resultOf('accounts/list')).toEqual(accounts)
    expect(openvcloud.requests).toMatchObject([
      { path: '/restmachine/cloudapi/accounts/list', who: 'ada@itsyouonline' },
    ])
  })

  test('needs no scope at all', async () => {
    expect(await resultOf('accounts/list', {}, await tokenOf({ username: 'ada', scope: [''] }))).toEqual(accounts)
  })

  test.each(['bearer', 'Bearer'])('may follow %s', async scheme => {
    const headers = { authorization: `${scheme} ${userToken}` }
    const response = await fetch(`${openvcloud.url}/restmachine/cloudapi/accounts/list`, { method: 'POST', headers })
    expect(response.status).toBe(200)
  })

  test('with an audience is rejected, with an HTML page', async () => {
    const response = await call('accounts/list', {}, await tokenOf({ username: 'ada', aud: ['acme'] }))
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toBe('text/html')
  })

  test('of an organization key, without a username, is a server error', async () => {
    expect((await call('accounts/list', {}, await tokenOf({ globalid: 'acme' }))).status).toBe(500)
  })

  test('of a user unknown here lists no accounts, and may do nothing else', async () => {
    for (const username of ['eve', 'constructor']) {
      const token = await tokenOf({ username })
      expect(await resultOf('accounts/list', {}, token)).toEqual([])
      expect((await call('cloudspaces/list', {}, token)).status).toBe(403)
      expect((await call('cloudspaces/create', cloudspace, token)).status).toBe(403)
    }
  })

  test('expired, forged, garbled or missing is rejected', async () => {
    const other = await startItsYouOnline()
    try {
      const forged = await other.issue({ username: 'ada', exp: now + 60 })
      const expired = await tokenOf({ username: 'ada', exp: now - 1 })
      for (const token of [expired, forged, 'garbled', '']) {
        expect((await call('accounts/list', {}, token)).status).toBe(401)
      }
      expect(openvcloud.requests.map(request => request.who)).toEqual([undefined, undefined, undefined, undefined])
    } finally {
      await other.close()
    }
  })

  test('is not looked at by locations/list, which so proves nothing', async () => {
    expect(await resultOf('locations/list', {}, 'garbled')).toMatchObject([{ locationCode: 'my-location' }])
  })
})

describe('parameters', () => {
  const url = () => `${openvcloud.url}/restmachine/cloudapi/cloudspaces/create`
  const headers = () => ({ authorization: `bearer ${userToken}` })
  const asText = () =>
    new URLSearchParams(Object.entries(cloudspace).map(([name, value]): [string, string] => [name, `${value}`]))

  test('may be JSON, a form, or a query', async () => {
    expect(await resultOf('cloudspaces/create', cloudspace)).toBe(1)
    expect(await (await fetch(url(), { method: 'POST', headers: headers(), body: asText() })).json()).toBe(2)
    expect(await (await fetch(`${url()}?${asText()}`, { method: 'POST', headers: headers() })).json()).toBe(3)
    expect(openvcloud.state.cloudspaces.map(({ accountId }) => accountId)).toEqual([7, 7, 7])
  })

  test('that are no JSON are a bad request', async () => {
    for (const body of ['{', '[]', 'null']) {
      const response = await fetch(url(), {
        method: 'POST',
        headers: { ...headers(), 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(400)
    }
  })

  const required = Object.entries({
    'cloudspaces/create': cloudspace,
    'machines/create': machine,
    'machines/list': { cloudspaceId: 1 },
    'machines/get': { machineId: 1 },
    'machines/start': { machineId: 1 },
    'machines/stop': { machineId: 1 },
    'portforwarding/create': portforward,
    'machines/delete': { machineId: 1 },
  })
  test.each(required)('of %s cannot be left out or empty', async (name, parameters) => {
    await call('cloudspaces/create', cloudspace)
    await call('machines/create', machine)
    for (const parameter of Object.keys(parameters)) {
      for (const value of [undefined, '']) {
        const response = await call(name, { ...parameters, [parameter]: value })
        expect(`${parameter}: ${response.status}`).toBe(`${parameter}: 400`)
      }
    }
    expect((await call(name, parameters)).status).toBe(200)
  })

  test('of machines/create are a sizeId, or memory and vcpus', async () => {
    await call('cloudspaces/create', cloudspace)
    const { sizeId: _, ...sizeless } = machine
    expect((await call('machines/create', { ...sizeless, memory: 1024 })).status).toBe(400)
    expect((await call('machines/create', { ...sizeless, memory: 1024, vcpus: 1 })).status).toBe(200)
  })
})

describe('what was made', () => {
  test('is listed, changed and deleted', async () => {
    expect(await resultOf('cloudspaces/list')).toEqual([])
    expect(await resultOf('cloudspaces/create', cloudspace)).toBe(1)
    expect(await resultOf('cloudspaces/list')).toMatchObject([{ id: 1, name: 'web', status: 'DEPLOYED' }])

    expect(await resultOf('machines/create', machine)).toBe(1)
    expect(await resultOf('machines/stop', { machineId: 1 })).toBe(true)
    expect(await resultOf('machines/get', { machineId: 1 })).toMatchObject({ name: 'vm', status: 'HALTED' })
    expect(await resultOf('machines/start', { machineId: '1' })).toBe(true)
    expect(await resultOf('machines/list', { cloudspaceId: 1 })).toMatchObject([{ id: 1, status: 'RUNNING' }])

    expect(await resultOf('portforwarding/create', portforward)).toBe(1)
    expect(openvcloud.state.portforwards).toEqual([{ id: 1, ...portforward }])

    expect(await resultOf('machines/delete', { machineId: 1 })).toBe(true)
    expect(await resultOf('machines/list', { cloudspaceId: 1 })).toEqual([])
  })

  test('is out of reach for users of other accounts', async () => {
    await call('cloudspaces/create', cloudspace)
    await call('machines/create', machine)
    const bob = await tokenOf({ username: 'bob' })
    expect(await resultOf('cloudspaces/list', {}, bob)).toEqual([])
    for (const [name, parameters] of Object.entries({
      'cloudspaces/create': cloudspace,
      'machines/list': { cloudspaceId: 1 },
      'machines/create': machine,
      'machines/delete': { machineId: 1 },
      'portforwarding/create': portforward,
    })) {
      expect(`${name}: ${(await call(name, parameters, bob)).status}`).toBe(`${name}: 403`)
    }
  })

  test('has to be there', async () => {
    await call('cloudspaces/create', cloudspace)
    for (const [name, parameters] of Object.entries({
      'machines/get': { machineId: 5 },
      'machines/list': { cloudspaceId: 5 },
      'portforwarding/create': { ...portforward, machineId: 5 },
      'cloudspaces/create': { ...cloudspace, location: 'elsewhere' },
      'no/such-call': {},
    })) {
      expect(`${name}: ${(await call(name, parameters)).status}`).toBe(`${name}: 404`)
    }
  })

  test('images and sizes are there to choose from', async () => {
    expect(await resultOf('images/list')).toMatchObject([{ id: 1 }])
    expect(await resultOf('sizes/list')).toMatchObject([{ id: 1 }, { id: 2 }])
  })

  test('only POST calls anything', async () => {
    expect((await fetch(`${openvcloud.url}/restmachine/cloudapi/accounts/list`)).status).toBe(404)
  })
})
