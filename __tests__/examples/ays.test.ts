/** The examples for AYS, run for real against each version of it. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { blueprint, type World, type WorldOptions } from '../../sandbox/example-world.ts'
import type { AysVersion } from '../../sandbox/servers/ays.ts'
import { json, listen, type Reply } from '../../sandbox/servers/http.ts'
import { defaultUserKey } from '../../sandbox/servers/itsyouonline.ts'
import { describeExample } from '../support/tools.ts'
import { bodyOf, brief, claimsOf, lifeOf } from '../support/workflow/look.ts'
import { type ExampleOptions, newWorld, runExample } from '../support/workflow/run-example.ts'

const versions = ['9.0', '9.1', '9.2', '9.3'] as const

/** The repository at AYS, the key of its only run, the blueprint in it, and the JWT inside. */
function stored({ ays }: World) {
  const repository = ays.repositories.get('infra')
  const found = repository?.blueprints.get('web-1.yaml')
  const [runKey] = repository?.runs.keys() ?? []
  return { repository, runKey, ...found, jwt: /jwt: '(.*)'/.exec(found?.content ?? '')?.[1] }
}

/** How a run is created and looked at until its end. */
const waiting = (key: string | undefined) => ['POST infra/aysrun 200', ...Array(3).fill(`GET infra/aysrun/${key} 200`)]

describeExample('push-ays-blueprint.yml', () => {
  const run = (options?: ExampleOptions) => runExample('push-ays-blueprint.yml', options)

  test.each(versions.flatMap(version => [true, false].map((only): [AysVersion, boolean] => [version, only])))(
    'AYS %s: the blueprint is executed; the user has only a cloud space: %p',
    async (aysVersion, hasOnlyCloudspace) => {
      const { outcome, warnings, log, world, jobs, jwts } = await run({ aysVersion, hasOnlyCloudspace })
      expect([outcome, warnings]).toEqual(['success', []])
      const { requests } = world.ays
      const { repository, runKey, content, executed, jwt } = stored(world)
      expect(requests.map(brief)).toEqual([
        'GET 200',
        'POST 201',
        ...(aysVersion === '9.3' ? ['POST infra/configure-jslocation 201'] : []),
        'POST infra/blueprint 201',
        'POST infra/blueprint/web-1.yaml 200',
        ...waiting(runKey),
      ])
      expect(requests.at(-4)?.query).toBe('retries=0')
      expect(bodyOf(requests[1])).toEqual({ name: 'infra', git_url: 'https://git.example/infra.git' })
      expect(log).toContain('State: new\nState: running\nState: ok\n')

      for (const request of requests) {
        const claims = await claimsOf(world, request)
        expect(claims).toMatchObject({ username: 'deployer', scope: ['user:memberof:my-org'], aud: ['my-org'] })
        expect(claims).not.toHaveProperty('refresh_token')
      }
      if (aysVersion === '9.3') {
        const address = world.north.url.replace('http://', '')
        expect(repository?.locations.get('main')).toEqual({ address, jwt_: jwts[1] })
        expect([jwt, executed]).toEqual([undefined, 1])
      } else {
        expect([content, executed]).toEqual([blueprint.replace('@OVC_JWT@', `${jwts[1]}`), 1])
      }
      const claims = await claimsOf(world, jwts[1])
      expect(claims).toMatchObject({ username: 'deployer', scope: ['user:name'] })
      expect(claims).not.toHaveProperty('refresh_token')
      expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)

      // Both JWTs stay out of the environment of the job and out of the files.
      for (const step of jobs.flatMap(job => job.steps)) expect(step.result?.env ?? {}).toEqual({})
    },
  )

  test('replaces a blueprint that exists (409, then PUT)', async () => {
    const first = await run({ aysVersion: '9.2' })
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

  test.each(versions)('fails with the state of a run that has failed in AYS %s', async aysVersion => {
    const { outcome, world } = await run({ failRuns: true, aysVersion })
    const { runKey } = stored(world)
    const state = `The AYS run ${runKey} ended in the state 'error': see its log on the AYS server.`
    expect(outcome).toBe(`failure: ${state}`)
    expect(world.ays.requests.map(brief).slice(-4)).toEqual(waiting(runKey))
  })

  test.each<[string, WorldOptions, RegExp, string[]]>([
    ['a user outside the organization', { user: { ...defaultUserKey, memberOf: [] } }, /"user:memberof:my-org"/, []],
    ['an AYS of another organization', { organization: 'other-org' }, /\[ERR_AYS_REFUSED\]$/, ['GET 401']],
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
      const edit = (text: string) => text.replace(/^( {2}AYS_URL: ).*/m, `$1${server.origin}`)
      const { outcome, warnings } = await run({ edit })
      expect(outcome).toMatch(message)
      expect(warnings).toEqual([])
    } finally {
      await server.close()
    }
  })

  test.each(['<html>', '', '[]'])(
    'is not done when AYS seems to execute a blueprint, with the answer %j',
    async body => {
      const execute = /\/blueprint\/web-1\.yaml$/
      const server = await listen({ record: () => {} }, ({ path }) =>
        execute.test(path) ? { status: 200, body } : json(201, {}),
      )
      try {
        const edit = (text: string) => text.replace(/^( {2}AYS_URL: ).*/m, `$1${server.origin}`)
        const { outcome, log } = await run({ edit })
        expect(outcome).toBe(
          `failure: AYS refused to execute blueprints/web-1.yaml (status 200): ${JSON.stringify(body)}`,
        )
        expect(log).not.toMatch(/^Executed/m)
      } finally {
        await server.close()
      }
    },
  )

  test('names what is wrong with the blueprints, the repository, and an empty JWT', async () => {
    const world = await newWorld({ aysVersion: '9.2' })
    const file = (name: string) => join(world.workspace, 'blueprints', name)
    const withJwt = blueprint.replace('@OVC_JWT@', await world.itsyouonline.issue({ iss: 'itsyouonline' }))
    const faults: [write: () => void, message: string][] = [
      [() => writeFileSync(file('web-1.yaml'), withJwt), 'blueprints/web-1.yaml contains a JWT, which stays in this'],
      [
        () => writeFileSync(file('web-1.yaml'), 'just text\n'),
        'AYS refused to execute blueprints/web-1.yaml (status 400)',
      ],
      [
        () => writeFileSync(file('a b.yaml'), blueprint),
        "AYS cannot use the name 'a b.yaml': use only letters, digits",
      ],
      [() => rmSync(join(world.workspace, 'blueprints'), { recursive: true }), 'There is no *.yaml file in the folder'],
    ]
    for (const [write, message] of faults) {
      write()
      expect((await run({ world })).outcome).toContain(`failure: ${message}`)
    }
    const edit = (from: string | RegExp, to: string) => run({ world, edit: text => text.replace(from, to) })
    expect((await edit('AYS_REPOSITORY: infra', 'AYS_REPOSITORY: a b')).outcome).toContain("cannot use the name 'a b'")
    const lost = await edit(/OVC_JWT: .*/, 'OVC_JWT: ""')
    expect(lost.outcome).toBe('failure: A JWT is empty: check that the steps before set it.')
  })
})

describeExample('run-ays-with-an-organizations-key.yml', () => {
  const file = 'run-ays-with-an-organizations-key.yml'

  async function worldWithRepository(options: WorldOptions): Promise<World> {
    const world = await newWorld(options)
    await runExample('push-ays-blueprint.yml', { world })
    world.ays.requests.splice(0)
    world.ays.repositories.get('infra')?.runs.clear()
    return world
  }

  test.each(versions)('AYS %s: runs the repository with a JWT that opens AYS only', async aysVersion => {
    const world = await worldWithRepository({ aysVersion })
    const { outcome, warnings } = await runExample(file, { world })
    expect([outcome, warnings]).toEqual(['success', []])
    const { requests } = world.ays
    expect(requests.map(brief)).toEqual(['GET 200', ...waiting(stored(world).runKey)])
    for (const request of requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ globalid: 'my-org', scope: ['organization:owner:ays'], aud: ['my-org'] })
      expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)
    }
  })

  test('fails with the state of a run that has failed', async () => {
    const world = await worldWithRepository({ failRuns: true })
    const { outcome } = await runExample(file, { world })
    expect(outcome).toBe(`failure: The AYS run ${stored(world).runKey} ended in the state 'error'.`)
  })
})

describeExample('a run', () => {
  const files = ['push-ays-blueprint.yml', 'run-ays-with-an-organizations-key.yml']
  const ok = { state: 'ok', key: 'x' }
  const noRun = 'AYS did not answer with a run.'
  const answers: [reply: Reply, message: string][] = [
    [json(302, ok), 'AYS refused the run (status 302; 401: the JWT expired, 404: there is no such run).'],
    [json(200, [ok]), noRun],
    [json(200, { state: 'ok' }), noRun],
    [{ status: 200 }, noRun],
  ]
  test.each(files.flatMap(file => answers.map(answer => [file, ...answer] as const)))(
    '%s does not report as ended well with the answer %j',
    async (file, reply, message) => {
      const gateway = await listen({ record() {} }, () => reply)
      const run = '"$AYS_URL/ays/repository/$AYS_REPOSITORY/aysrun'
      const { outcome } = await runExample(file, { edit: text => text.replace(run, `"${gateway.origin}/aysrun`) })
      await gateway.close()
      expect(outcome).toBe(`failure: ${message}`)
    },
  )
})
