import { afterEach, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { brief, claimsOf, describeExample } from '../support-examples/look.ts'
import { runExample } from '../support-examples/run-example.ts'
import { startWorld, type World } from '../support-examples/world.ts'

/** examples/renew-in-a-long-job.yml, run for real; the half hours pass on the clock of the servers. */

const file = 'renew-in-a-long-job.yml'
let world: World
let passed = 0

async function startLongWorld(): Promise<World> {
  passed = 0
  return startWorld({ now: () => Date.now() + passed })
}

/** Lets the first JWT expire before it is renewed. */
function letHalfAnHourPass({ name }: { name: string }): void {
  if (name === 'First half') passed = 31 * 60_000
}

afterEach(() => world.close())

describeExample(file, () => {
  test('works on with a JWT that was renewed without the secret', async () => {
    world = await startLongWorld()
    const run = await runExample(file, world, { afterStep: letHalfAnHourPass })
    expect(run.errors).toEqual([])
    expect(run.conclusion).toBe('success')
    expect(run.leaks).toEqual([])

    expect(world.itsyouonline.requests.map(({ path, status }) => `${path} ${status}`)).toEqual([
      '/v1/oauth/access_token 200',
      '/v1/oauth/jwt/refresh 200',
    ])
    expect(world.itsyouonline.requests[1]?.body).toBe('validity=1800')
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 200'])
    const [first, second] = await Promise.all(world.north.requests.map(request => claimsOf(world, request)))
    expect(second).toMatchObject({ username: 'deployer', scope: ['user:name'] })
    expect(second).toEqual({ ...first, exp: second?.exp })
    expect(Number(second?.exp) - Number(first?.exp)).toBeGreaterThanOrEqual(31 * 60)
  })

  test('would not get far with the first JWT', async () => {
    world = await startLongWorld()
    const edit = (text: string) => text.replace('steps.renewed.outputs.jwt', 'steps.ovc.outputs.jwt')
    const run = await runExample(file, world, { edit, afterStep: letHalfAnHourPass })
    expect(run.conclusion).toBe('failure')
    expect(run.errors[0]).toMatch(/^OpenvCloud did not list the cloud spaces; .* \(401: the JWT expired/)
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 401'])
    expect(run.leaks).toEqual([])
  })

  test('says so when the JWT was revoked meanwhile', async () => {
    world = await startLongWorld()
    const afterStep = ({ id, outputs }: { id: string; outputs: Record<string, string> }) => {
      if (id === 'ovc') world.itsyouonline.revoke(`${decodeJwt(`${outputs['jwt']}`)['refresh_token']}`)
    }
    const run = await runExample(file, world, { afterStep })
    expect(run.conclusion).toBe('failure')
    expect(run.errors[0]).toMatch(/does not renew the JWT in "jwt" \(401\): it was revoked, or not used for 30 days/)
    expect(run.leaks).toEqual([])
  })
})
