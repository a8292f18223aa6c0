/** What is particular to four of the examples, run for real. For Terraform a stand-in asks OpenvCloud. */

import { afterEach, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { startWorld, type World } from '../../sandbox/example-world.ts'
import type { Machine, OpenvCloudState } from '../../sandbox/servers/openvcloud-state.ts'
import { bodyOf, brief, claimsOf, describeExample } from '../support/workflow/look.ts'
import { runExample } from '../support/workflow/run-example.ts'

let world: World
/** How far the clock of the servers is ahead, in milliseconds. */
let passed = 0
afterEach(() => world.close())

/** Starts servers whose clock the tests move. */
async function startLongWorld(): Promise<World> {
  passed = 0
  return startWorld({ now: () => Date.now() + passed })
}

describeExample('deploy-with-terraform.yml', () => {
  const file = 'deploy-with-terraform.yml'

  test('gives Terraform its provider and the JWT, and nothing else', async () => {
    world = await startWorld()
    const { jobs, log } = await runExample(file, world)
    const variables = Object.keys(Object.assign({}, ...(jobs[0]?.steps ?? []).map(step => step.result?.env)))
    expect(variables).toEqual(['TF_CLI_CONFIG_FILE', 'ITSYOU_ONLINE_CLIENT_JWT'])
    expect(log).toContain('Terraform has been successfully initialized!')
    expect(log).toContain('Apply complete!')
  })

  test('runs no provider but the one whose checksum is given', async () => {
    world = await startWorld()
    const { conclusion, log } = await runExample(file, world, { vars: { PROVIDER_SHA256: 'a'.repeat(64) } })
    expect(conclusion).toBe('failure')
    expect(log).toContain('computed checksum did NOT match')
    expect(world.itsyouonline.requests).toEqual([])
  })
})

describeExample('nightly.yml', () => {
  const file = 'nightly.yml'
  const scheduled = { eventName: 'schedule' }

  /** A cloud space with a machine of each kind: only the first one is to be stopped. */
  function furnish(state: OpenvCloudState): void {
    const place = { location: 'north', access: 'deployer@itsyouonline', externalnetworkip: '203.0.113.1' }
    const resourceLimits = { CU_M: -1, CU_D: -1, CU_NP: -1, CU_I: -1, CU_C: -1 }
    const status = 'DEPLOYED' as const
    state.cloudspaces.push({ id: 1, accountId: 7, name: 'tests', ...place, status, created: 0, resourceLimits })
    const size = { sizeId: 1, vcpus: 1, memory: 1024, disksize: 10 }
    const machine = { description: '', cloudspaceId: 1, imageId: 1, ...size, created: 0 }
    state.machines.push(
      { id: 1, name: 'ci-left-over', status: 'RUNNING', ...machine },
      { id: 2, name: 'ci-stopped', status: 'HALTED', ...machine },
      { id: 3, name: 'production', status: 'RUNNING', ...machine },
    )
  }

  const states = (machines: Machine[]) => machines.map(({ name, status }) => `${name} ${status}`)

  test('stops the left-over machines of each location, each job with its own JWT', async () => {
    world = await startWorld()
    const locations = [world.north, world.south]
    for (const { state } of locations) furnish(state)
    const run = await runExample(file, world, scheduled)
    expect([run.errors, run.leaks]).toEqual([[], []])
    const jobs = ['Stop test machines (north) success', 'Stop test machines (south) success']
    expect(run.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual(jobs)
    for (const { requests, state } of locations) {
      const calls = ['accounts/list', 'cloudspaces/list', 'machines/list', 'machines/stop']
      expect(requests.map(brief)).toEqual(calls.map(call => `${call} 200`))
      expect(states(state.machines)).toEqual(['ci-left-over HALTED', 'ci-stopped HALTED', 'production RUNNING'])
    }
    expect(new Set(run.jwts).size).toBe(2)
  })

  test('only says what it would do when started by hand with dry-run', async () => {
    world = await startWorld()
    furnish(world.north.state)
    const run = await runExample(file, world, { eventName: 'workflow_dispatch', inputs: { 'dry-run': true } })
    expect(run.log).toContain('Would stop machine 1 in cloud space 1.')
    expect(states(world.north.state.machines)[0]).toBe('ci-left-over RUNNING')
  })

  test('goes on with the other locations when one is down', async () => {
    world = await startWorld()
    furnish(world.south.state)
    await world.north.close()
    const edit = (text: string) => text.replace('retries: 5', 'retries: 0')
    const run = await runExample(file, world, { ...scheduled, edit })
    expect(run.jobs.map(job => job.conclusion)).toEqual(['failure', 'success'])
    expect(run.errors[0]).toContain(world.north.url)
    expect(states(world.south.state.machines)[0]).toBe('ci-left-over HALTED')
    expect(run.leaks).toEqual([])
  })
})

describeExample('renew-in-a-long-job.yml', () => {
  const file = 'renew-in-a-long-job.yml'
  /** Lets the first JWT expire before it is renewed. */
  const afterStep = ({ name }: { name: string }) => {
    if (name === 'First half') passed = 31 * 60_000
  }

  test('works on with a JWT that was renewed without the secret', async () => {
    world = await startLongWorld()
    const run = await runExample(file, world, { afterStep })
    expect([run.errors, run.leaks]).toEqual([[], []])
    const paths = world.itsyouonline.requests.map(({ path, status }) => `${path} ${status}`)
    expect(paths).toEqual(['/v1/oauth/access_token 200', '/v1/oauth/jwt/refresh 200'])
    const [first, , last] = await Promise.all(world.north.requests.map(request => claimsOf(world, request)))
    expect(last).toEqual({ ...first, exp: last?.exp })
    expect(Number(last?.exp) - Number(first?.exp)).toBeGreaterThanOrEqual(31 * 60)
  })

  test('would not get far with the first JWT', async () => {
    world = await startLongWorld()
    const edit = (text: string) => text.replace('steps.renewed.outputs.jwt', 'steps.ovc.outputs.jwt')
    const run = await runExample(file, world, { edit, afterStep })
    expect(run.errors[0]).toMatch(/^OpenvCloud did not list the cloud spaces: .*Unauthorized/)
    expect(world.north.requests.map(brief).at(-1)).toBe('cloudspaces/list 401')
  })

  test('ends when the JWT cannot be renewed any more', async () => {
    world = await startLongWorld()
    const revoke = ({ id, outputs }: { id: string; outputs: Record<string, string> }) => {
      if (id === 'ovc') world.itsyouonline.revoke(`${decodeJwt(`${outputs['jwt']}`)['refresh_token']}`)
    }
    const run = await runExample(file, world, { afterStep: revoke })
    expect([run.conclusion, run.leaks]).toEqual(['failure', []])
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200'])
  })
})

describeExample('clean-up-after-a-long-job.yml', () => {
  const file = 'clean-up-after-a-long-job.yml'
  const afterStep = ({ name }: { name: string }) => {
    if (name === 'Test') passed = 3 * 3_600_000
  }

  test.each([
    ['success', (text: string) => `${text}\n`],
    ['failure', (text: string) => text.replace('# Hours of work that needs no JWT.', 'exit 1')],
  ])('deletes the cloud space after hours and a test with %s, with a second JWT', async (conclusion, edit) => {
    world = await startLongWorld()
    const run = await runExample(file, world, { edit, afterStep })
    expect([run.conclusion, run.leaks]).toEqual([conclusion, []])
    expect(bodyOf(world.north.requests[1])).toMatchObject({ name: 'ci-1-1', accountId: 7, location: 'north' })
    expect(world.north.requests.map(brief).at(-1)).toBe('cloudspaces/delete 200')
    expect(world.north.state.cloudspaces).toEqual([])
    expect(new Set(run.jwts).size).toBe(2)
  })

  test('gets no second JWT when there is nothing to delete', async () => {
    world = await startLongWorld()
    const run = await runExample(file, world, { vars: { OVC_LOCATION: 'none' } })
    expect(run.errors[0]).toMatch(/^OpenvCloud did not create the cloud space .*: "there is no location/)
    const conclusions = run.jobs[0]?.steps.map(step => step.conclusion)
    expect(conclusions).toEqual(['success', 'failure', 'skipped', 'skipped', 'skipped'])
  })
})
