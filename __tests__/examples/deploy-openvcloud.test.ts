/** examples/deploy-openvcloud.yml, run for real. */

import { expect, test } from '@jest/globals'
import { json, type Reply } from '../../sandbox/servers/http.ts'
import { describeExample } from '../support/tools.ts'
import { bodyOf, brief } from '../support/workflow/look.ts'
import { runBehind, runExample } from '../support/workflow/run-example.ts'

const file = 'deploy-openvcloud.yml'
const edit = (from: string | RegExp, to: string) => ({ edit: (text: string) => text.replaceAll(from, to) })

describeExample(file, () => {
  test('creates a cloud space and a machine, leaves what exists, and says when the name is taken', async () => {
    const { log, world } = await runExample(file)
    expect(log).toContain('Created cloud space from-ci (1).\nCreated machine web-1 (1).\n')
    const bodies = world.north.requests.slice(1).map(request => [brief(request), bodyOf(request)])
    const access = 'deployer@itsyouonline'
    expect(bodies).toContainEqual([
      'cloudspaces/create 200',
      { accountId: 7, location: 'my-location', name: 'from-ci', access },
    ])
    expect(bodies).toContainEqual([
      'machines/create 200',
      { cloudspaceId: 1, name: 'web-1', imageId: 1, sizeId: 1, disksize: 10, _async: true },
    ])

    const second = await runExample(file, { world })
    expect(second.outcome).toBe('success')
    expect(second.log).toContain('Cloud space from-ci (1) exists.\nMachine web-1 (1) exists.\n')

    // As if another user had created it meanwhile.
    const { outcome } = await runExample(file, {
      world,
      ...edit('.accountName == $account', '.accountName == "other"'),
    })
    expect(outcome).toMatch(
      /^failure: cloudapi\/cloudspaces\/create failed \(status 409\): "Cloud Space with name from-ci already exists/,
    )
    expect(world.north.state).toMatchObject({ cloudspaces: [{ id: 1 }], machines: [{ id: 1 }] })
  })

  test('creates the machine in a cloud space that is shared with the user', async () => {
    const { world } = await runExample(file, { hasOnlyCloudspace: true })
    const created = ['cloudspaces/list', 'machines/list', 'images/list', 'sizes/list', 'machines/create']
    expect(world.north.requests.map(brief).slice(1, 6)).toEqual(created.map(call => `${call} 200`))
    expect(world.north.state.machines).toMatchObject([{ name: 'web-1', cloudspaceId: 1 }])
  })

  test('fails with the reason of a task that failed, and for a name that is there twice', async () => {
    const { world } = await runExample(file)
    const ignoreMachine = edit('id_of machines "$MACHINE"', 'id_of machines other')
    const second = await runExample(file, { world, ...ignoreMachine })
    const reason = '"a machine with the name web-1 exists already"'
    expect(second.outcome).toBe(`failure: OpenvCloud did not create the machine: ${reason}`)
    world.north.state.machines.push({ id: 9, name: 'web-1', cloudspaceId: 1, status: 'RUNNING' })
    const third = await runExample(file, { world })
    expect(third.outcome).toBe("failure: There are several machines with the name 'web-1'.")
  })

  test('repeats a call that reads after a 429, and no call that creates', async () => {
    const { outcome, asked } = await runBehind(file, (call, count) => {
      if (count === 0) return { status: 429 }
      return call === 'cloudspaces/create' ? { status: 504 } : undefined
    })
    expect(outcome).toBe('failure: cloudapi/cloudspaces/create failed (status 504): ""')
    const read = ['cloudspaces/list 429', 'cloudspaces/list 200', 'accounts/list 200']
    expect(asked).toEqual([...read, 'cloudspaces/create 504'])
  })

  test('creates no machine when the list of machines is garbled', async () => {
    const garbled = { status: 200, body: '<html>' }
    const { conclusion, asked } = await runBehind(file, call => (call === 'machines/list' ? garbled : undefined))
    expect([conclusion, asked.at(-1)]).toEqual(['failure', 'machines/list 200'])
  })

  // As a login page or a gateway answers, and never OpenvCloud.
  test.each<[call: string, reply: Reply]>([
    ['cloudspaces/create', { status: 200 }],
    ['cloudspaces/create', { status: 204 }],
    ['machines/create', json(200, 1)],
    ['system/task/get', { status: 200, body: '<html>' }],
    ['system/task/get', json(200, { a: 1 })],
    ['system/task/get', json(200, false)],
  ])('is not done when %s is answered with %j', async (call, reply) => {
    const { outcome, asked } = await runBehind(file, asked => (asked === call ? reply : undefined))
    expect(outcome).toMatch(new RegExp(`^failure: (cloudapi/)?${call} did not give the expected answer `))
    expect(asked.at(-1)).toBe(`${call} ${reply.status}`)
  })

  test.each<[string, from: string | RegExp, to: string, message: RegExp]>([
    [
      'account',
      'ACCOUNT: my-account',
      'ACCOUNT: none',
      /has no cloud space 'from-ci', and no account 'none' to create/,
    ],
    ['location', 'LOCATION: my-location', 'LOCATION: none', /\(status 400\): "Location none does not exists"$/],
    ['image', 'IMAGE: Ubuntu', 'IMAGE: MyOS', /: This location has no image 'MyOS 24.04 x64', or no size/],
    ['disk', 'DISK: "10"', 'DISK: "5"', /: OpenvCloud did not create the machine: "Disk size of 5GB is to small for/],
    ['server', /( OVC_URL: ).*/g, '$1http://127.0.0.1:1', /: cloudapi\/cloudspaces\/list failed \(status 000\)/],
  ])('says what is wrong with the %s', async (_, from, to, message) => {
    const { outcome } = await runExample(file, edit(from, to))
    expect(outcome).toMatch(/^failure/)
    expect(outcome).toMatch(message)
  })
})
