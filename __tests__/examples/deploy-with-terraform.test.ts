import { afterEach, expect, test } from '@jest/globals'
import { brief, claimsOf, describeExample } from '../support-examples/look.ts'
import { runExample } from '../support-examples/run-example.ts'
import { startWorld, type World } from '../support-examples/world.ts'

/** examples/deploy-with-terraform.yml, run for real but for Terraform: a stand-in asks OpenvCloud with its variables. */

const file = 'deploy-with-terraform.yml'
let world: World

afterEach(() => world.close())

describeExample(file, () => {
  test("hands the JWT to Terraform's provider", async () => {
    world = await startWorld()
    const run = await runExample(file, world)
    expect(run.errors).toEqual([])
    expect(run.conclusion).toBe('success')
    expect(run.leaks).toEqual([])
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 200'])
    expect(await claimsOf(world, world.north.requests[1])).toMatchObject({ username: 'deployer', scope: ['user:name'] })

    const variables = Object.keys(Object.assign({}, ...(run.jobs[0]?.steps ?? []).map(step => step.result?.env)))
    expect(variables).toEqual(['ITSYOU_ONLINE_CLIENT_JWT'])
    expect(run.log).toContain('Apply complete!')
  })

  test('does not let Terraform start for a user whom OpenvCloud does not know', async () => {
    world = await startWorld({ isKnown: false })
    const run = await runExample(file, world)
    expect(run.conclusion).toBe('failure')
    expect(run.errors[0]).toMatch(/^OpenvCloud accepts the JWT but knows no account of its user: have the user added/)
    expect(run.log).not.toContain('Terraform has been')
    expect(run.leaks).toEqual([])
  })

  test('says why OpenvCloud does not take the JWT', async () => {
    world = await startWorld()
    const edit = (text: string) => text.replace('scope: user:name\n', 'scope: user:name\n          audience: ovc\n')
    const run = await runExample(file, world, { edit })
    expect(run.errors[0]).toMatch(/^OpenvCloud does not accept the JWT; the line that starts with 'curl:' says why/)
    expect(run.log).toContain('curl: (22) The requested URL returned error: 401')
  })
})
