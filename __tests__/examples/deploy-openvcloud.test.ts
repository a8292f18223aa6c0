/** examples/deploy-openvcloud.yml, run for real. */

import { expect, test } from '@jest/globals'
import { bodyOf, describeExample } from '../support/workflow/look.ts'
import { type ExampleOptions, runExample } from '../support/workflow/run-example.ts'

const file = 'deploy-openvcloud.yml'
const edit = (from: string | RegExp, to: string) => ({ edit: (text: string) => text.replaceAll(from, to) })

describeExample(file, () => {
  test('creates a cloud space and a machine, leaves what exists, and says when the name is taken', async () => {
    const { log, world } = await runExample(file)
    expect(log).toContain('Created cloud space from-ci (1).\nCreated machine web-1 (1).\n')
    const [, cloudspace, , images, , machine] = world.north.requests.slice(1).map(bodyOf)
    const access = 'deployer@itsyouonline'
    expect(cloudspace).toEqual({ accountId: 7, location: 'north', name: 'from-ci', access })
    expect(images).toEqual({ accountId: 7 })
    expect(machine).toEqual({ cloudspaceId: 1, name: 'web-1', imageId: 1, sizeId: 1, disksize: 10 })

    const second = await runExample(file, { world })
    expect(second.outcome).toBe('success')
    expect(second.log).toContain('Cloud space from-ci (1) exists.\nMachine web-1 (1) exists.\n')

    // As if another user had created it meanwhile.
    const { outcome } = await runExample(file, { world, ...edit('.name == $name and', '.name == "other" and') })
    expect(outcome).toMatch(
      /^failure: cloudspaces\/create .* 409 .*409: the name is taken\): "Cloud Space with name from-ci already exists/,
    )
    expect(world.north.state).toMatchObject({ cloudspaces: [{ id: 1 }], machines: [{ id: 1 }] })
  })

  test.each<[string, ExampleOptions, RegExp]>([
    ['account', { vars: { OVC_ACCOUNT: 'none' } }, /has no account 'none' .*: check the variable OVC_ACCOUNT\.$/],
    ['address', { vars: { OVC_URL: '' } }, /: There are no accounts: check the variable OVC_URL\.$/],
    ['image', edit('IMAGE: Ubuntu', 'IMAGE: MyOS'), /: This location has no image 'MyOS 24.04 x64' or no size/],
    ['disk', edit('DISK: "10"', 'DISK: "5"'), /: machines\/create failed .* 400 .*: "Disk size of 5GB is to small for/],
    ['server', edit(/( OVC_URL: ).*/g, '$1http://127.0.0.1:1'), /: cloudspaces\/list failed with status 000 /],
  ])('says what is wrong with the %s', async (_, options, message) => {
    const { outcome } = await runExample(file, options)
    expect(outcome).toMatch(/^failure/)
    expect(outcome).toMatch(message)
  })
})
