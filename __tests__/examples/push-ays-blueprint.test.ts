/** examples/push-ays-blueprint.yml, run for real. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { blueprint, type World, type WorldOptions } from '../../sandbox/example-world.ts'
import { listen, type Reply } from '../../sandbox/servers/http.ts'
import { defaultUserKey } from '../../sandbox/servers/itsyouonline.ts'
import { bodyOf, brief, claimsOf, describeExample, lifeOf } from '../support/workflow/look.ts'
import { type ExampleOptions, newWorld, runExample } from '../support/workflow/run-example.ts'

const file = 'push-ays-blueprint.yml'
const run = (options?: ExampleOptions) => runExample(file, options)

/** The repository at AYS, the key of its only run, the blueprint in it, and the JWT inside. */
function stored({ ays }: World) {
  const repository = ays.repositories.get('infra')
  const found = repository?.blueprints.get('web-1.yaml')
  const [runKey] = repository?.runs.keys() ?? []
  return { repository, runKey, ...found, jwt: /jwt: '(.*)'/.exec(found?.content ?? '')?.[1] }
}

describeExample(file, () => {
  test('creates, executes and runs the blueprint, with a JWT for AYS and another one inside', async () => {
    const { outcome, world, jobs, jwts } = await run()
    expect(outcome).toBe('success')
    const { requests } = world.ays
    const { runKey, content, executed, jwt } = stored(world)
    expect(requests.map(brief)).toEqual([
      'GET 200',
      'POST 201',
      'POST infra/blueprint 201',
      'POST infra/blueprint/web-1.yaml 200',
      'POST infra/aysrun 200',
      ...Array(3).fill(`GET infra/aysrun/${runKey} 200`),
    ])
    expect(bodyOf(requests[1])).toEqual({ name: 'infra', git_url: 'https://git.example/infra.git' })

    for (const request of requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', scope: ['user:memberof:my-org'] })
      expect(claims).not.toHaveProperty('refresh_token')
    }
    expect([content, executed]).toEqual([blueprint.replace('@OVC_JWT@', `${jwt}`), 1])
    const claims = await claimsOf(world, jwt)
    expect(claims).toMatchObject({ username: 'deployer', scope: ['user:name'] })
    expect(claims).not.toHaveProperty('refresh_token')
    expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)

    // Both JWTs stay out of the environment of the job and out of the files.
    expect(jwts[1]).toBe(jwt)
    for (const step of jobs.flatMap(job => job.steps)) expect(step.result?.env ?? {}).toEqual({})
  })

  test('replaces a blueprint that exists (409, then PUT)', async () => {
    const first = await run()
    const { world } = first
    const before = world.ays.requests.length
    const second = await run({ world })
    expect(second.outcome).toBe('success')
    expect(world.ays.requests.slice(before + 1, before + 5).map(brief)).toEqual([
      'POST 409',
      'POST infra/blueprint 409',
      'PUT infra/blueprint/web-1.yaml 200',
      'POST infra/blueprint/web-1.yaml 200',
    ])
    expect(stored(world).jwt).toBe(second.jwts[1])
    expect(first.jwts).not.toContain(second.jwts[1])
  })

  test('with AYS 9.3 stores the JWT on the server, and not in the blueprint', async () => {
    const { outcome, world, jwts } = await run({ aysVersion: '9.3' })
    expect(outcome).toBe('success')
    const address = world.north.url.replace('http://', '')
    const { repository, jwt, executed } = stored(world)
    expect(repository?.locations.get('main')).toEqual({ address, jwt_: jwts[1] })
    expect([jwt, executed]).toEqual([undefined, 1])
  })

  test.each([
    ['9.1', 3],
    ['9.2', 3],
  ] as const)('fails with the state of a run that has failed for good in AYS %s', async (aysVersion, looks) => {
    const { outcome, world } = await run({ failRuns: true, aysVersion })
    const state = `The AYS run ${stored(world).runKey} ended in the state 'error'`
    const advice = 'The blueprints are there; fix the cause and run this workflow again.'
    expect(outcome).toBe(`failure: ${state}: its log on the AYS server says which action failed. ${advice}`)
    expect(world.ays.requests).toHaveLength(5 + looks)
  })

  test.each<[string, WorldOptions, RegExp, string[]]>([
    ['a user outside the organization', { user: { ...defaultUserKey, memberOf: [] } }, /"user:memberof:my-org"/, []],
    ['an AYS of another organization', { organization: 'other-org' }, /\[ERR_AYS_REFUSED\]$/, ['GET 401']],
    ['a user without an account', { isKnown: false }, /\[ERR_OVC_NO_ACCOUNT\]$/, ['GET 200']],
  ])('sends nothing for %s', async (_, options, message, requests) => {
    const { outcome, world } = await run(options)
    expect(outcome).toMatch(/^failure/)
    expect(outcome).toMatch(message)
    expect(world.ays.requests.map(brief)).toEqual(requests)
  })

  test.each<[Reply, RegExp]>([
    [
      { status: 500, body: '{"error":"no\\n::warning::x"}' },
      /refused the .* infra \(status 500\): "no\\n::warning::x"$/,
    ],
    [{ status: 502, body: '\n##[warning]injected' }, /\(status 502\): "\\n##\[warning\]injected"$/],
  ])('shows why AYS refuses with %j, and obeys no command in it', async (reply, message) => {
    const server = await listen({ record: () => {} }, () => reply)
    try {
      const edit = (text: string) => text.replace(/^( {6}AYS_URL: ).*/m, `$1${server.origin}`)
      const { outcome, warnings } = await run({ edit })
      expect(outcome).toMatch(message)
      expect(warnings).toEqual([])
    } finally {
      await server.close()
    }
  })

  test('names what is wrong with the blueprints, and with an empty JWT', async () => {
    const world = await newWorld()
    const web = join(world.workspace, 'blueprints', 'web-1.yaml')
    const withJwt = blueprint.replace('@OVC_JWT@', await world.itsyouonline.issue({ iss: 'itsyouonline' }))
    const faults: [write: () => void, message: string][] = [
      [() => writeFileSync(web, withJwt), 'blueprints/web-1.yaml contains a JWT: write @OVC_JWT@ in its place, and'],
      [
        () => writeFileSync(web, 'just text\n'),
        'AYS refused to execute blueprints/web-1.yaml (status 400): "Blueprint web-1',
      ],
      [() => rmSync(web), 'There is no blueprint: put one into the folder blueprints'],
    ]
    for (const [write, message] of faults) {
      write()
      expect((await run({ world })).outcome).toContain(`failure: ${message}`)
    }
    const edit = (text: string) => text.replace(/OVC_JWT: .*/, 'OVC_JWT: ""')
    expect((await run({ edit })).outcome).toBe('failure: A JWT is empty: check that the steps before set it.')
  })
})
