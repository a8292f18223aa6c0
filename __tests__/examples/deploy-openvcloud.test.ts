import { afterEach, expect, test } from '@jest/globals'
import { defaultOrganizationKey } from '../../sandbox/itsyouonline.ts'
import { bodyOf, brief, claimsOf, describeExample, lifeOf } from '../support-examples/look.ts'
import { runExample } from '../support-examples/run-example.ts'
import { startWorld, type World } from '../support-examples/world.ts'

/** examples/deploy-openvcloud.yml, run for real. */

const file = 'deploy-openvcloud.yml'
let world: World

afterEach(() => world.close())

describeExample(file, () => {
  test('makes a cloud space and a machine with a JWT that may do no more than it must', async () => {
    world = await startWorld()
    const run = await runExample(file, world)

    expect(run.errors).toEqual([])
    expect(run.conclusion).toBe('success')
    expect(run.leaks).toEqual([])
    expect(run.warnings).toEqual([])
    expect(world.north.requests.map(brief)).toEqual([
      'accounts/list 200',
      'cloudspaces/list 200',
      'cloudspaces/create 200',
      'machines/list 200',
      'images/list 200',
      'sizes/list 200',
      'machines/create 200',
    ])
    for (const request of world.north.requests) {
      expect(request.who).toBe('deployer@itsyouonline')
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', azp: world.secrets['OVC_APP_ID'], scope: ['user:name'] })
      expect(claims).not.toHaveProperty('aud')
      expect(claims).not.toHaveProperty('refresh_token')
      expect(lifeOf(claims)).toBeGreaterThan(3500)
      expect(lifeOf(claims)).toBeLessThanOrEqual(3600)
    }
    expect(bodyOf(world.north.requests[2])).toEqual({
      accountId: 7,
      location: 'north',
      name: 'from-ci',
      access: 'deployer@itsyouonline',
    })
    expect(bodyOf(world.north.requests[6])).toEqual({
      cloudspaceId: 1,
      name: 'web-1',
      imageId: 1,
      sizeId: 1,
      disksize: 10,
    })
    expect(run.log).toContain('Created cloud space from-ci (1).\nCreated machine web-1 (1).\n')
  })

  test('leaves what is there when it runs again', async () => {
    world = await startWorld()
    await runExample(file, world)
    const run = await runExample(file, world)
    expect(run.conclusion).toBe('success')
    expect(run.log).toContain('Cloud space from-ci (1) is there already.\nMachine web-1 (1) is there already.\n')
    expect(world.north.state).toMatchObject({ cloudspaces: [{ id: 1 }], machines: [{ id: 1 }] })
  })

  /** The first of the step's annotations: the last one is the runner's own. */
  async function failure(...[at, options]: [World, Parameters<typeof runExample>[2]?]): Promise<string | undefined> {
    const run = await runExample(file, at, options)
    expect(run.conclusion).toBe('failure')
    expect(run.leaks).toEqual([])
    expect(at.north.state.cloudspaces).toEqual([])
    return run.errors[0]
  }

  test('tells a user whom OpenvCloud does not know from a wrong JWT', async () => {
    world = await startWorld({ isKnown: false })
    expect(await failure(world)).toBe(
      'OpenvCloud accepts the JWT but knows no account of deployer@itsyouonline: have the user added to an account at this location, or use the API key of one who is.',
    )
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200'])
  })

  test('says so when the JWT has an audience', async () => {
    world = await startWorld()
    const edit = (text: string) => text.replace('scope: user:name\n', 'scope: user:name\n          audience: ovc\n')
    expect(await failure(world, { edit })).toBe(
      'OpenvCloud does not accept the JWT (401): it has an audience or expired, or this location trusts another ItsYou.online than the one that signed it.',
    )
    expect(await claimsOf(world, world.north.requests[0])).toMatchObject({ aud: ['ovc'] })
  })

  test("says so when the API key is an organization's", async () => {
    world = await startWorld()
    const { globalId, secret } = defaultOrganizationKey
    const secrets = { OVC_APP_ID: globalId, OVC_SECRET: secret }
    const edit = (text: string) => text.replace('scope: user:name', 'scope: organization:owner')
    expect(await failure(world, { secrets, edit })).toBe(
      "OpenvCloud failed on the JWT (500): it needs the API key of a user, because an organization's key has no user name.",
    )
  })

  test('names the variable to check when nobody answers, and when the account is another', async () => {
    world = await startWorld()
    await world.north.close()
    expect(await failure(world)).toBe(
      `OpenvCloud could not be reached at '${world.north.url}': check the variable OVC_URL.`,
    )
    expect(await failure(world, { vars: { OVC_URL: world.itsyouonline.url } })).toBe(
      'OpenvCloud answered 404 to accounts/list: check the variable OVC_URL, or try again later.',
    )
    expect(await failure(world, { vars: { OVC_URL: world.south.url, OVC_ACCOUNT: 'other' } })).toBe(
      "deployer@itsyouonline has no account named 'other' at this location: check the variable OVC_ACCOUNT.",
    )
  })

  test('stops at a call that OpenvCloud refuses', async () => {
    world = await startWorld()
    const run = await runExample(file, world, { vars: { OVC_LOCATION: 'nowhere' } })
    expect(run.errors[0]).toMatch(/^OpenvCloud did not do cloudspaces\/create; the line that starts with 'curl:'/)
    expect(run.log).toContain('curl: (22) The requested URL returned error: 404')
    expect(world.north.state.machines).toEqual([])
  })

  test('would be caught printing the JWT in a form that the runner does not mask', async () => {
    world = await startWorld()
    const edit = (text: string) => `${text}          printf %s "$JWT" | od -An -v -tx1 | tr -d ' \\n'\n`
    const run = await runExample(file, world, { edit })
    expect(run.conclusion).toBe('success')
    expect(run.leaks).toContain('secret 2: found in hex')
  })

  test('does not get to OpenvCloud without the secret', async () => {
    world = await startWorld()
    expect(await failure(world, { secrets: { OVC_SECRET: '' } })).toMatch(/^"secret" is empty/)
    expect(world.north.requests).toEqual([])
  })
})
