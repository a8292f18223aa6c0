/** examples/push-ays-blueprint.yml, run for real. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { blueprint, startWorld, type World, type WorldOptions } from '../../sandbox/example-world.ts'
import type { Repository } from '../../sandbox/servers/ays.ts'
import { listen, type Reply } from '../../sandbox/servers/http.ts'
import { defaultUserKey } from '../../sandbox/servers/itsyouonline.ts'
import { bodyOf, brief, claimsOf, describeExample, lifeOf } from '../support/workflow/look.ts'
import { type ExampleOptions, type ExampleRun, runExample } from '../support/workflow/run-example.ts'

const file = 'push-ays-blueprint.yml'
let world: World
afterEach(() => world.close())

async function run(worldOptions?: WorldOptions, options?: ExampleOptions): Promise<ExampleRun> {
  world = await startWorld(worldOptions)
  return again(options)
}

async function again(options?: ExampleOptions): Promise<ExampleRun> {
  const result = await runExample(file, world, options)
  expect(result.leaks).toEqual([])
  return result
}

async function failure(worldOptions?: WorldOptions, options?: ExampleOptions): Promise<string | undefined> {
  const { conclusion, errors } = await run(worldOptions, options)
  expect(conclusion).toBe('failure')
  return errors[0]
}

function repository(): Repository | undefined {
  return world.ays.repositories.get('infra')
}

/** The key of the only run there was. */
function runKey(): string | undefined {
  return [...(repository()?.runs.keys() ?? [])][0]
}

/** The blueprint that AYS stored, and the JWT inside. */
function stored() {
  const found = repository()?.blueprints.get('web 1.yaml')
  return { ...found, jwt: /jwt: '(.*)'/.exec(found?.content ?? '')?.[1] }
}

describeExample(file, () => {
  test('creates, executes and runs the blueprint, with a JWT for AYS and another one inside', async () => {
    const result = await run()
    expect([result.errors, result.conclusion]).toEqual([[], 'success'])
    const key = runKey()
    expect(world.ays.requests.map(brief)).toEqual([
      'GET 200',
      'POST 201',
      'POST infra/blueprint 201',
      'POST infra/blueprint/web%201.yaml 200',
      'POST infra/aysrun 200',
      ...Array(3).fill(`GET infra/aysrun/${key} 200`),
    ])
    expect(bodyOf(world.ays.requests[1])).toEqual({ name: 'infra', git_url: 'https://git.example/infra.git' })
    expect(result.log).toContain('State: new (6 retries left)\nState: running (6 retries left)\nState: ok (6 retries')

    for (const request of world.ays.requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', scope: ['user:memberof:my-org'] })
      expect(claims).not.toHaveProperty('refresh_token')
    }
    const { content, executed, jwt } = stored()
    expect([content, executed]).toEqual([blueprint.replace('@OVC_JWT@', `${jwt}`), 1])
    const claims = await claimsOf(world, jwt)
    expect(claims).toMatchObject({ username: 'deployer', scope: ['user:name'] })
    expect(claims).not.toHaveProperty('refresh_token')
    expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)

    // Both JWTs stay out of the environment of the job and out of the files.
    expect(result.jwts[1]).toBe(jwt)
    for (const step of result.jobs.flatMap(job => job.steps)) expect(step.result?.env ?? {}).toEqual({})
  })

  test('replaces a blueprint that exists (409, then PUT)', async () => {
    await run()
    const [first, before] = [stored().jwt, world.ays.requests.length]
    const second = await again()
    expect(second.conclusion).toBe('success')
    expect(world.ays.requests.slice(before + 1, before + 5).map(brief)).toEqual([
      'POST 409',
      'POST infra/blueprint 409',
      'PUT infra/blueprint/web%201.yaml 200',
      'POST infra/blueprint/web%201.yaml 200',
    ])
    expect(stored().jwt).toBe(second.jwts[1])
    expect(stored().jwt).not.toBe(first)
  })

  test('with AYS 9.3 stores the JWT on the server, and not in the blueprint', async () => {
    const result = await run({ aysVersion: '9.3' })
    expect([result.errors, result.conclusion]).toEqual([[], 'success'])
    const address = world.north.url.replace('http://', '')
    expect(repository()?.locations.get('main')).toEqual({ address, jwt_: result.jwts[1] })
    expect(stored()).toMatchObject({ jwt: undefined, executed: 1 })
  })

  test('waits for a failed run while it is retried', async () => {
    const { conclusion, log } = await run({ failRuns: 2 })
    expect(conclusion).toBe('success')
    expect(log).toContain(
      'State: error (5 retries left)\nState: running (4 retries left)\nState: ok (4 retries left)\n',
    )
  })

  test.each(['9.1', '9.2'] as const)(
    'fails with the state of a run that has failed for good in AYS %s',
    async version => {
      const message = await failure({ failRuns: true, aysVersion: version })
      expect(message).toBe(
        `The AYS run ${runKey()} ended in the state 'error': its log on the AYS server says which action failed. The blueprints are there; fix the cause and run this workflow again.`,
      )
      expect(world.ays.requests).toHaveLength(5 + (version === '9.1' ? 3 : 15))
    },
  )

  test.each<[string, WorldOptions, RegExp, string[]]>([
    ['a user outside the organization', { user: { ...defaultUserKey, memberOf: [] } }, /"user:memberof:my-org"/, []],
    ['an AYS of another organization', { organization: 'other-org' }, /\[ERR_AYS_REFUSED\]$/, ['GET 401']],
    ['a user without an account', { isKnown: false }, /\[ERR_OVC_NO_ACCOUNT\]$/, ['GET 200']],
  ])('sends nothing for %s', async (_, worldOptions, message, requests) => {
    expect(await failure(worldOptions)).toMatch(message)
    expect(world.ays.requests.map(brief)).toEqual(requests)
  })

  test.each<[string, Reply, RegExp]>([
    ['401', { status: 401, body: 'Your JWT has expired' }, /^AYS refused the repository infra \(status 401\): "Your/],
    ['500', { status: 500, body: '{"error":"no\\n::warning::x"}' }, /\(status 500\): "no\\n::warning::x"$/],
    ['502', { status: 502, body: '\n##[warning]injected' }, /\(status 502\): "\\n##\[warning\]injected"$/],
  ])('shows why AYS refuses with %s, and obeys no command in it', async (_, reply, message) => {
    const server = await listen({ record: () => {} }, () => reply)
    try {
      const edit = (text: string) => text.replace(/^( {6}AYS_URL: ).*/m, `$1${server.origin}`)
      const result = await run({}, { edit })
      expect(result.errors[0]).toMatch(message)
      expect(result.warnings).toEqual([])
    } finally {
      await server.close()
    }
  })

  test('names what is wrong with the blueprints, and with an empty JWT', async () => {
    world = await startWorld()
    const web = join(world.workspace, 'blueprints', 'web 1.yaml')
    const committed = await world.itsyouonline.issue({ iss: 'itsyouonline' })
    writeFileSync(web, blueprint.replace('@OVC_JWT@', committed))
    expect((await again()).errors[0]).toBe(
      'blueprints/web 1.yaml contains a JWT: write @OVC_JWT@ in its place, and remember that the JWT stays in the history of this repository.',
    )
    writeFileSync(web, 'just text\n')
    expect((await again()).errors[0]).toMatch(
      /^AYS refused blueprints\/web 1.yaml \(status 400\): "Blueprint web 1.yaml has/,
    )
    rmSync(web)
    expect((await again()).errors[0]).toMatch(/^There is no blueprint: put one into the folder blueprints/)
    const edit = (text: string) => text.replace(/OVC_JWT: .*/, 'OVC_JWT: ""')
    expect((await again({ edit })).errors[0]).toBe('A JWT is empty: check that the steps before set it.')
  })
})
