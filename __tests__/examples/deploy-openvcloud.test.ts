/** examples/deploy-openvcloud.yml, run for real. */

import { afterEach, expect, test } from '@jest/globals'
import { startWorld, type World } from '../../sandbox/example-world.ts'
import { bodyOf, describeExample } from '../support/workflow/look.ts'
import { type ExampleOptions, runExample } from '../support/workflow/run-example.ts'

const file = 'deploy-openvcloud.yml'
let world: World
afterEach(() => world.close())

describeExample(file, () => {
  test('creates a cloud space and a machine, and leaves what exists', async () => {
    world = await startWorld()
    const first = await runExample(file, world)
    expect(first.log).toContain('Created cloud space from-ci (1).\nCreated machine web-1 (1).\n')
    const bodies = world.north.requests.slice(1).map(bodyOf)
    const cloudspace = { accountId: 7, location: 'north', name: 'from-ci', access: 'deployer@itsyouonline' }
    expect(bodies[1]).toEqual(cloudspace)
    expect(bodies[3]).toEqual({ accountId: 7 })
    expect(bodies[5]).toEqual({ cloudspaceId: 1, name: 'web-1', imageId: 1, sizeId: 1, disksize: 10 })

    const second = await runExample(file, world)
    expect([second.conclusion, second.leaks]).toEqual(['success', []])
    expect(second.log).toContain('Cloud space from-ci (1) exists.\nMachine web-1 (1) exists.\n')
    expect(world.north.state).toMatchObject({ cloudspaces: [{ id: 1 }], machines: [{ id: 1 }] })
  })

  const edit = (from: string | RegExp, to: string) => ({ edit: (text: string) => text.replace(from, to) })
  const vars = (changed: Record<string, string>) => ({ vars: changed })
  test.each<[string, ExampleOptions, string | RegExp]>([
    [
      'an unknown account',
      vars({ OVC_ACCOUNT: 'none' }),
      /has no account 'none' .*: check the variable OVC_ACCOUNT\.$/,
    ],
    ['no address', vars({ OVC_URL: '' }), 'There are no accounts: check the variable OVC_URL.'],
    [
      'an unknown image',
      edit('IMAGE: Ubuntu', 'IMAGE: MyOS'),
      /^This location has no image 'MyOS 24.04 x64' or no size/,
    ],
    [
      'an unknown location',
      vars({ OVC_LOCATION: 'none' }),
      /^cloudspaces\/create .* 400 .*: "there is no location \\"none\\""$/,
    ],
    [
      'a disk that is too small',
      edit('DISK: "10"', 'DISK: "5"'),
      /^machines\/create failed with status 400 .*: "Disk size of 5GB is to small for image Ubuntu 24.04 x64"$/,
    ],
    [
      'a name that another user took meanwhile',
      { edit: text => text.replaceAll('select(.name == $name and', 'select(.name == "other" and') },
      /^cloudspaces\/create failed with status 409 .*409: the name is taken\): "a cloud space with the name from-ci exists/,
    ],
    ['a server that is down', edit(/( OVC_URL: ).*/, '$1http://127.0.0.1:1'), /with status 000 /],
  ])('says what is wrong: %s', async (what, options, message) => {
    world = await startWorld()
    if (what.startsWith('a name')) await runExample(file, world)
    const { errors, conclusion, leaks } = await runExample(file, world, options)
    expect([conclusion, leaks]).toEqual(['failure', []])
    expect(errors[0]).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })
})
