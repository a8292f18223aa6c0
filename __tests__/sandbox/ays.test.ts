import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { type Ays, startAys } from '../../sandbox/ays.ts'
import { type Claims, type ItsYouOnline, startItsYouOnline } from '../../sandbox/itsyouonline.ts'

/** The sandbox's AYS lets in whom its organization lets in, and keeps blueprints and runs. */

/** Seconds; both servers stand still at it. */
const now = 1_800_000_000

let itsyouonline: ItsYouOnline
let ays: Ays
let member: string

beforeAll(async () => {
  itsyouonline = await startItsYouOnline()
  member = await tokenOf({ username: 'ada', scope: ['user:memberof:acme'] })
})
beforeEach(async () => {
  await ays?.close()
  ays = await start()
})
afterAll(() => Promise.all([itsyouonline.close(), ays.close()]))

function start(options: { basePath?: '/api'; failRuns?: boolean } = {}): Promise<Ays> {
  const { publicKeyPem } = itsyouonline
  return startAys({ publicKeyPem, organization: 'acme', now: () => now * 1000, ...options })
}

function tokenOf(claims: Claims): Promise<string> {
  return itsyouonline.issue({ iss: 'itsyouonline', azp: 'app', exp: now + 60, ...claims })
}

type Call = { method?: string; body?: object; headers?: Record<string, string>; url?: string }

function call(path: string, { method = 'POST', body, headers, url = ays.url }: Call = {}): Promise<Response> {
  return fetch(`${url}/ays/repository${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(headers ?? { authorization: `bearer ${member}` }) },
    body: body === undefined ? null : JSON.stringify(body),
  })
}

const repository = { name: 'infra', git_url: 'https://git.example/infra' }
const blueprint = { name: 'web.yaml', content: 'vdc__web: {}' }

describe('the JWT', () => {
  const status = async (token: string) =>
    (await call('', { body: repository, headers: { authorization: `bearer ${token}` } })).status

  test.each([
    ['a member of the organization', { username: 'ada', scope: ['user:name', 'user:memberof:acme'] }],
    ["the organization's own key", { azp: 'acme', globalid: 'acme', scope: ['organization:owner'] }],
    ['an azp that is the organization', { azp: 'acme', username: 'ada', scope: ['user:name'] }],
    ['an audience with the organization', { scope: ['user:memberof:acme'], aud: ['other', 'acme'] }],
  ])('of %s is taken', async (_, claims) => {
    expect(await status(await tokenOf(claims))).toBe(201)
  })

  test.each([
    ['a user who did not get the membership', { username: 'ada', scope: [''] }],
    ['a user with all rights but no word of the organization', { username: 'ada', scope: ['user:admin'] }],
    ['a member of another organization', { username: 'ada', scope: ['user:memberof:acme.sub'] }],
    ['an audience without the organization', { scope: ['user:memberof:acme'], aud: ['other'] }],
    ['an hour ago', { scope: ['user:memberof:acme'], exp: now - 3600 }],
  ])('of %s is rejected', async (_, claims) => {
    expect(await status(await tokenOf(claims))).toBe(401)
  })

  test('that is forged or missing is rejected with plain text', async () => {
    const other = await startItsYouOnline()
    try {
      expect(await status(await other.issue({ scope: ['user:memberof:acme'], exp: now + 60 }))).toBe(401)
      const response = await call('', { body: repository, headers: {} })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toMatch('text/plain')
    } finally {
      await other.close()
    }
  })

  test('may come as a cookie', async () => {
    expect((await call('', { body: repository, headers: { cookie: `theme=dark; jwt=${member}` } })).status).toBe(201)
  })
})

describe('a repository', () => {
  test('is created once', async () => {
    expect((await call('', { body: repository })).status).toBe(201)
    expect((await call('', { body: repository })).status).toBe(409)
    expect(ays.repositories.get('infra')).toMatchObject(repository)
    expect(ays.requests).toMatchObject([
      { method: 'POST', path: '/ays/repository', status: 201, who: 'ada', body: JSON.stringify(repository) },
      { status: 409 },
    ])
  })

  test('needs a name and a git_url', async () => {
    expect((await call('', { body: { name: 'infra' } })).status).toBe(400)
    expect((await call('', { body: { git_url: 'x' } })).status).toBe(400)
    expect((await call('')).status).toBe(400)
  })

  test('has to be there for all else', async () => {
    expect((await call('/infra/blueprint', { body: blueprint })).status).toBe(404)
    expect((await call('/infra/aysrun')).status).toBe(404)
  })
})

describe('a blueprint', () => {
  beforeEach(() => call('', { body: repository }))

  test('is created once, then updated, then executed', async () => {
    expect((await call('/infra/blueprint', { body: blueprint })).status).toBe(201)
    expect((await call('/infra/blueprint', { body: blueprint })).status).toBe(409)
    const update = { method: 'PUT', body: { ...blueprint, content: 'vdc__web: {location: x}' } }
    expect((await call('/infra/blueprint/web.yaml', update)).status).toBe(200)
    expect((await call('/infra/blueprint/web.yaml')).status).toBe(200)
    const stored = ays.repositories.get('infra')?.blueprints.get('web.yaml')
    expect(stored).toEqual({ name: 'web.yaml', content: 'vdc__web: {location: x}', executed: 1 })
  })

  test('needs a name and content', async () => {
    expect((await call('/infra/blueprint', { body: { name: 'x' } })).status).toBe(400)
    await call('/infra/blueprint', { body: blueprint })
    expect((await call('/infra/blueprint/web.yaml', { method: 'PUT', body: {} })).status).toBe(400)
  })

  test('has to be there to be updated or executed', async () => {
    expect((await call('/infra/blueprint/none', { method: 'PUT', body: blueprint })).status).toBe(404)
    expect((await call('/infra/blueprint/none')).status).toBe(404)
  })

  test('may have a name that needs encoding', async () => {
    await call('/infra/blueprint', { body: { ...blueprint, name: 'a b/c' } })
    expect((await call('/infra/blueprint/a%20b%2Fc')).status).toBe(200)
  })
})

describe('a run', () => {
  async function states(server: Ays): Promise<unknown[]> {
    const { url } = server
    await call('', { body: repository, url })
    const started = (await (await call('/infra/aysrun', { url })).json()) as { key: string; state: string }
    const polls: unknown[] = [started.state]
    for (let poll = 0; poll < 4; poll++) {
      const run = (await (await call(`/infra/aysrun/${started.key}`, { method: 'GET', url })).json()) as typeof started
      expect(run.key).toBe(started.key)
      polls.push(run.state)
    }
    return polls
  }

  test('goes on with each look at it, to ok', async () => {
    expect(await states(ays)).toEqual(['new', 'new', 'running', 'ok', 'ok'])
  })

  test('ends in error where runs shall fail', async () => {
    const failing = await start({ failRuns: true })
    try {
      expect((await states(failing)).at(-1)).toBe('error')
    } finally {
      await failing.close()
    }
  })

  test('has to be there', async () => {
    await call('', { body: repository })
    expect((await call('/infra/aysrun/none', { method: 'GET' })).status).toBe(404)
  })
})

test('a proxy may put everything under /api', async () => {
  const proxied = await start({ basePath: '/api' })
  try {
    expect(new URL(proxied.url).pathname).toBe('/api')
    expect((await call('', { body: repository, url: proxied.url })).status).toBe(201)
    expect((await call('', { body: repository, url: new URL(proxied.url).origin })).status).toBe(404)
  } finally {
    await proxied.close()
  }
})

test('other methods and paths are turned away', async () => {
  await call('', { body: repository })
  await call('/infra/blueprint', { body: blueprint })
  expect((await call('', { method: 'GET' })).status).toBe(405)
  expect((await call('/infra/blueprint', { method: 'DELETE' })).status).toBe(405)
  expect((await call('/infra/blueprint/web.yaml', { method: 'DELETE' })).status).toBe(405)
  expect((await call('/infra/aysrun', { method: 'GET' })).status).toBe(405)
  expect((await call('/infra/aysrun/x', { method: 'PUT' })).status).toBe(405)
  expect((await call('/infra/service')).status).toBe(404)
  expect((await call('s')).status).toBe(404)
})
