import { afterEach, expect, test } from '@jest/globals'
import type { Machine, OpenvCloudState } from '../../sandbox/openvcloud-calls.ts'
import { brief, claimsOf, describeExample } from '../support-examples/look.ts'
import { runExample } from '../support-examples/run-example.ts'
import { startWorld, type World } from '../support-examples/world.ts'

/** examples/nightly.yml, run for real in two locations. */

const file = 'nightly.yml'
const scheduled = { eventName: 'schedule' }
let world: World

afterEach(() => world.close())

/** A cloud space with a machine of each kind: only the first one is to be stopped. */
function furnish(state: OpenvCloudState): void {
  const cloudspace = { id: 1, accountId: 7, name: 'tests', location: 'north', access: 'deployer@itsyouonline' }
  state.cloudspaces.push({ ...cloudspace, externalnetworkip: '203.0.113.1', status: 'DEPLOYED' })
  const common = { cloudspaceId: 1, imageId: 1, disksize: 10 }
  state.machines.push(
    { id: 1, name: 'ci-left-over', status: 'RUNNING', ...common },
    { id: 2, name: 'ci-stopped', status: 'HALTED', ...common },
    { id: 3, name: 'production', status: 'RUNNING', ...common },
  )
}

function states(machines: Machine[]): string[] {
  return machines.map(({ name, status }) => `${name} ${status}`)
}

describeExample(file, () => {
  test('stops the left-over machines of each location, each job with its own JWT', async () => {
    world = await startWorld()
    furnish(world.north.state)
    furnish(world.south.state)
    const run = await runExample(file, world, scheduled)

    expect(run.errors).toEqual([])
    expect(run.jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['Stop test machines (north)', 'success'],
      ['Stop test machines (south)', 'success'],
    ])
    expect(run.leaks).toEqual([])
    for (const location of [world.north, world.south]) {
      expect(location.requests.map(brief)).toEqual([
        'accounts/list 200',
        'cloudspaces/list 200',
        'machines/list 200',
        'machines/stop 200',
      ])
      expect(states(location.state.machines)).toEqual([
        'ci-left-over HALTED',
        'ci-stopped HALTED',
        'production RUNNING',
      ])
      expect(await claimsOf(world, location.requests[3])).toMatchObject({ username: 'deployer', scope: ['user:name'] })
    }
    const [north, south] = [world.north, world.south].map(({ requests }) => requests[0]?.headers['authorization'])
    expect(north).not.toBe(south)
  })

  test('only says what it would do when started by hand with dry-run', async () => {
    world = await startWorld()
    furnish(world.north.state)
    const run = await runExample(file, world, { eventName: 'workflow_dispatch', inputs: { 'dry-run': true } })
    expect(run.conclusion).toBe('success')
    expect(run.log).toContain('Would stop machine 1 in cloud space 1.')
    expect(states(world.north.state.machines)[0]).toBe('ci-left-over RUNNING')
  })

  test('goes on with the other locations when one is down', async () => {
    world = await startWorld()
    furnish(world.south.state)
    await world.north.close()
    const run = await runExample(file, world, scheduled)
    expect(run.jobs.map(job => job.conclusion)).toEqual(['failure', 'success'])
    expect(run.errors[0]).toMatch(/^north did not do accounts\/list; the line that starts with 'curl:' says why/)
    expect(states(world.south.state.machines)[0]).toBe('ci-left-over HALTED')
    expect(run.leaks).toEqual([])
  })

  test('tells a user whom a location does not know', async () => {
    world = await startWorld({ isKnown: false })
    const run = await runExample(file, world, scheduled)
    expect(run.errors).toContain(
      'south accepts the JWT but knows no account of deployer@itsyouonline: have the user added to an account there, or take the location out of the variable OVC_LOCATIONS.',
    )
  })
})
