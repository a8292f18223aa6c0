import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import type { Blueprint } from '../../sandbox/ays.ts'
import { defaultUserKey } from '../../sandbox/itsyouonline.ts'
import { bodyOf, brief, claimsOf, describeExample, lifeOf } from '../support-examples/look.ts'
import { type ExampleOptions, runExample } from '../support-examples/run-example.ts'
import { blueprint, startWorld, type World } from '../support-examples/world.ts'

/** examples/push-ays-blueprint.yml, run for real. */

const file = 'push-ays-blueprint.yml'
let world: World

afterEach(() => world.close())

/** The key of the only run there was. */
function runKey(): string | undefined {
  return [...(world.ays.repositories.get('infra')?.runs.keys() ?? [])][0]
}

function stored(): Blueprint | undefined {
  return world.ays.repositories.get('infra')?.blueprints.get('web 1.yaml')
}

/** The JWT that AYS got inside the blueprint. */
function jwtInside(content: string | undefined): string | undefined {
  return /jwt: '(.*)'/.exec(content ?? '')?.[1]
}

async function failure(options?: ExampleOptions): Promise<string | undefined> {
  const run = await runExample(file, world, options)
  expect(run.conclusion).toBe('failure')
  expect(run.leaks).toEqual([])
  return run.errors[0]
}

describeExample(file, () => {
  test('creates, executes and runs the blueprint, with a JWT for AYS and another one inside', async () => {
    world = await startWorld()
    const run = await runExample(file, world)

    expect(run.errors).toEqual([])
    expect(run.conclusion).toBe('success')
    expect(run.leaks).toEqual([])
    const key = runKey()
    expect(world.ays.requests.map(brief)).toEqual([
      'POST 201',
      'POST infra/blueprint 201',
      'POST infra/blueprint/web%201.yaml 200',
      'POST infra/aysrun 200',
      `GET infra/aysrun/${key} 200`,
      `GET infra/aysrun/${key} 200`,
      `GET infra/aysrun/${key} 200`,
    ])
    expect(bodyOf(world.ays.requests[0])).toEqual({ name: 'infra', git_url: 'https://git.example/infra.git' })
    expect(run.log).toContain('State: new\nState: running\nState: ok\n')

    for (const request of world.ays.requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', scope: ['user:memberof:my-org'] })
      expect(claims).not.toHaveProperty('refresh_token')
    }

    expect(stored()?.executed).toBe(1)
    const inside = jwtInside(stored()?.content)
    expect(stored()?.content).toBe(blueprint.replace('@OVC_JWT@', `${inside}`))
    const claims = await claimsOf(world, inside)
    expect(claims).toMatchObject({ username: 'deployer', scope: ['user:name'] })
    expect(claims).not.toHaveProperty('aud')
    expect(claims).not.toHaveProperty('refresh_token')
    expect(lifeOf(claims)).toBeLessThanOrEqual(3600)
    // OpenvCloud takes it.
    const answer = await fetch(`${world.north.url}/restmachine/cloudapi/accounts/list`, {
      method: 'POST',
      headers: { authorization: `bearer ${inside}` },
    })
    expect(await answer.json()).toHaveLength(2)
  })

  test('keeps both JWTs out of the environment of the job and out of the files', async () => {
    world = await startWorld()
    const run = await runExample(file, world)
    expect(run.jwts).toHaveLength(2)
    for (const step of run.jobs.flatMap(job => job.steps)) expect(step.result?.env ?? {}).toEqual({})
  })

  test('updates a blueprint that is there already (409, then PUT)', async () => {
    world = await startWorld()
    await runExample(file, world)
    const first = jwtInside(stored()?.content)
    const before = world.ays.requests.length
    const run = await runExample(file, world)

    expect(run.conclusion).toBe('success')
    expect(run.leaks).toEqual([])
    expect(world.ays.requests.slice(before, before + 5).map(brief)).toEqual([
      'POST 409',
      'POST infra/blueprint 409',
      'PUT infra/blueprint/web%201.yaml 200',
      'POST infra/blueprint/web%201.yaml 200',
      'POST infra/aysrun 200',
    ])
    const second = jwtInside(stored()?.content)
    expect(second).toBe(run.jwts[1])
    expect(second).not.toBe(first)
  })

  test('fails with the state of a run that ends in error', async () => {
    world = await startWorld({ failRuns: true })
    const message = await failure()
    const key = runKey()
    expect(message).toBe(
      `The AYS run ${key} ended in the state 'error': its log on the AYS server says which action failed. The blueprints are there; mend the cause and run this workflow again.`,
    )
  })

  test('gets no JWT for a user outside the organization, and sends nothing', async () => {
    world = await startWorld({ user: { ...defaultUserKey, memberOf: [] } })
    expect(await failure()).toBe(
      '"scope" asks for "user:memberof:my-org", and the server granted none, without "user:memberof:my-org": the user is probably not a member of that organization; add the user there, or correct "scope".',
    )
    expect(world.ays.requests).toEqual([])
  })

  test('says which variable to check when AYS belongs to another organization', async () => {
    world = await startWorld({ organization: 'other-org' })
    expect(await failure()).toBe(
      "AYS does not accept the JWT (401): the server is not configured with the organization 'my-org' (variable AYS_ORGANIZATION), or trusts another ItsYou.online.",
    )
    expect(world.ays.requests.map(brief)).toEqual(['POST 401'])
  })

  test('names the variables to check when nobody answers, and when it is no AYS', async () => {
    world = await startWorld()
    const { url } = world.ays
    await world.ays.close()
    expect(await failure()).toBe(`AYS could not be reached at '${url}': check the variable AYS_URL.`)
    expect(await failure({ vars: { AYS_URL: world.north.url } })).toBe(
      "AYS did not create the repository 'infra' (404): check the variables AYS_URL, AYS_REPOSITORY and AYS_GIT_URL.",
    )
  })

  test('stops at a blueprint that AYS does not take', async () => {
    world = await startWorld()
    writeFileSync(join(world.workspace, 'blueprints', 'empty.yml'), '')
    expect(await failure()).toBe('AYS does not take blueprints/empty.yml (400): check it as a blueprint.')
    expect(world.ays.repositories.get('infra')?.runs.size).toBe(0)
  })

  test('refuses a blueprint with a JWT in it, and a repository without blueprints', async () => {
    world = await startWorld()
    const web = join(world.workspace, 'blueprints', 'web 1.yaml')
    const committed = await world.itsyouonline.issue({ iss: 'itsyouonline' })
    writeFileSync(web, blueprint.replace('@OVC_JWT@', committed))
    expect(await failure()).toBe(
      'blueprints/web 1.yaml holds a JWT: write @OVC_JWT@ in its place, and remember that it stays in the history of this repository.',
    )
    rmSync(web)
    expect(await failure()).toMatch(/^There is no blueprint: put one into the folder blueprints/)
  })
})
