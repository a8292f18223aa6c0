/** What is particular to four of the examples, run for real. For Terraform a stand-in asks OpenvCloud. */

import { expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { json, type Reply } from '../../sandbox/servers/http.ts'
import type { OpenvCloudState } from '../../sandbox/servers/openvcloud-calls.ts'
import { describeExample } from '../support/tools.ts'
import { bodyOf, brief, claimsOf } from '../support/workflow/look.ts'
import { type ExampleOptions, newWorld, runBehind, runExample } from '../support/workflow/run-example.ts'

/** Runs a long job: the clock of the servers is ahead by so many minutes after the step of that name. */
function runLong(file: string, step: string, minutes: number, options?: ExampleOptions) {
  let passed = 0
  const afterStep = ({ name }: { name: string }) => {
    if (name === step) passed = minutes * 60_000
  }
  return runExample(file, { now: () => Date.now() + passed, afterStep, ...options })
}

/** What a login page or a gateway answers to a call, and never OpenvCloud. */
function withFalseSuccesses(call: string): [call: string, reply: Reply][] {
  const replies: Reply[] = [
    { status: 302, headers: { location: '/login' } },
    { status: 200, body: '<html>' },
    json(200, false),
    { status: 200 },
    { status: 204 },
  ]
  return replies.map(reply => [call, reply])
}

describeExample('deploy-with-terraform.yml', () => {
  const file = 'deploy-with-terraform.yml'

  test('gives Terraform its provider and the JWT, and nothing else', async () => {
    const { jobs, log } = await runExample(file)
    const variables = (jobs[0]?.steps ?? []).flatMap(step => Object.keys(step.result?.env ?? {}))
    expect(variables).toEqual(['TF_CLI_CONFIG_FILE', 'ITSYOU_ONLINE_CLIENT_JWT'])
    expect(log).toContain('Terraform has been successfully initialized!')
    expect(log).toContain('Apply complete!')
  })

  test('runs no provider but the one whose checksum is given', async () => {
    const edit = (text: string) => text.replace(/(PROVIDER_SHA256: ).*/, `$1"${'a'.repeat(64)}"`)
    const { conclusion, log, world } = await runExample(file, { edit })
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
    const access = 'deployer@itsyouonline'
    const account = { accountId: 7, accountName: 'my-account' }
    state.cloudspaces.push({ id: 1, name: 'tests', ...account, location: 'my-location', access })
    state.machines.push(
      { id: 1, name: 'ci-left-over', status: 'RUNNING', cloudspaceId: 1 },
      { id: 2, name: 'ci-stopped', status: 'HALTED', cloudspaceId: 1 },
      { id: 3, name: 'production', status: 'RUNNING', cloudspaceId: 1 },
    )
  }

  const states = ({ machines }: OpenvCloudState) => machines.map(({ name, status }) => `${name} ${status}`)

  test('stops the left-over machines of each location, each job with its own JWT', async () => {
    const world = await newWorld()
    const locations = [world.north, world.south]
    for (const { state } of locations) furnish(state)
    const { outcome, jobs, jwts } = await runExample(file, { world, ...scheduled })
    expect(outcome).toBe('success')
    expect(jobs.map(({ name }) => name)).toEqual(['Stop test machines (north)', 'Stop test machines (south)'])
    for (const { requests, state } of locations) {
      const calls = ['accounts/list', 'cloudspaces/list', 'machines/list', 'machines/stop']
      expect(requests.map(brief)).toEqual(calls.map(call => `${call} 200`))
      expect(states(state)).toEqual(['ci-left-over HALTED', 'ci-stopped HALTED', 'production RUNNING'])
    }
    expect(new Set(jwts).size).toBe(2)
  })

  test('only says what it would do when started by hand with dry-run', async () => {
    const world = await newWorld()
    furnish(world.north.state)
    const inputs = { 'dry-run': true }
    const { log } = await runExample(file, { world, eventName: 'workflow_dispatch', inputs })
    expect(log).toContain('Would stop machine 1 in cloud space 1.')
    expect(states(world.north.state)[0]).toBe('ci-left-over RUNNING')
  })

  test.each(withFalseSuccesses('machines/stop'))('is not done when %s is answered with %j', async (call, reply) => {
    const world = await newWorld()
    furnish(world.north.state)
    const { outcome, log } = await runBehind(file, asked => (asked === call ? reply : undefined), {
      world,
      ...scheduled,
    })
    expect(outcome).toMatch(/^failure: machines\/stop (did not give the expected answer |failed \(status 302\))/)
    expect(log).not.toMatch(/^Stopped/m)
  })

  test('goes on with the other locations when one is down', async () => {
    const world = await newWorld()
    furnish(world.south.state)
    await world.north.close()
    const edit = (text: string) => text.replace('timeout: 5m', 'retries: 0')
    const { jobs, outcome } = await runExample(file, { world, ...scheduled, edit })
    expect(jobs.map(job => job.conclusion)).toEqual(['failure', 'success'])
    expect(outcome).toContain(world.north.url)
    expect(states(world.south.state)[0]).toBe('ci-left-over HALTED')
  })
})

describeExample('renew-in-a-long-job.yml', () => {
  const file = 'renew-in-a-long-job.yml'

  test('works on with a JWT that was renewed without the secret', async () => {
    const { outcome, world } = await runLong(file, 'First half', 31)
    expect(outcome).toBe('success')
    const paths = world.itsyouonline.requests.map(({ path, status }) => `${path} ${status}`)
    expect(paths).toEqual(['/v1/oauth/access_token 200', '/v1/oauth/jwt/refresh 200'])
    const [first, , last] = await Promise.all(world.north.requests.map(request => claimsOf(world, request)))
    expect(last).toEqual({ ...first, exp: last?.exp })
    expect(Number(last?.exp) - Number(first?.exp)).toBeGreaterThanOrEqual(31 * 60)
  })

  test('ends when the JWT cannot be renewed any more', async () => {
    const world = await newWorld()
    const afterStep = ({ id, outputs }: { id: string; outputs: Record<string, string> }) => {
      if (id === 'ovc') world.itsyouonline.revoke(`${decodeJwt(`${outputs['jwt']}`)['refresh_token']}`)
    }
    const { conclusion } = await runExample(file, { world, afterStep })
    expect(conclusion).toBe('failure')
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200'])
  })
})

describeExample('clean-up-after-a-long-job.yml', () => {
  const file = 'clean-up-after-a-long-job.yml'

  test.each([
    ['success', ''],
    ['failure', 'exit 1'],
  ])('deletes the cloud space after hours and a test with %s, with a second JWT', async (expected, end) => {
    const edit = (text: string) => text.replace('# Hours of work that needs no JWT.', end)
    const { conclusion, world, jwts } = await runLong(file, 'Test', 3 * 60, { edit })
    expect(conclusion).toBe(expected)
    expect(bodyOf(world.north.requests[2])).toMatchObject({ name: 'ci-1-1', accountId: 7, location: 'my-location' })
    expect(world.north.requests.map(brief).at(-1)).toBe('cloudspaces/delete 200')
    expect(world.north.state.cloudspaces).toEqual([])
    expect(new Set(jwts).size).toBe(2)
  })

  test('deletes the machines that the test has left in the cloud space first', async () => {
    const world = await newWorld()
    const afterStep = ({ id }: { id: string }) => {
      const machine = { id: 5, name: 'left', cloudspaceId: 1, status: 'RUNNING' as const }
      if (id === 'create') world.north.state.machines.push(machine)
    }
    const { outcome } = await runExample(file, { world, afterStep })
    expect(outcome).toBe('success')
    expect(world.north.state).toEqual({ cloudspaces: [], machines: [] })
  })

  test.each(['cloudspaces/create', 'machines/delete', 'cloudspaces/delete'].flatMap(withFalseSuccesses))(
    'is not done when %s is answered with %j',
    async (call, reply) => {
      const { outcome, log, asked } = await runBehind(file, asked => {
        if (asked === 'machines/list') return json(200, [{ id: 5 }])
        return asked === call ? reply : asked === 'machines/delete' ? json(200, true) : undefined
      })
      expect(outcome).toMatch(
        new RegExp(`^failure: ${call} (did not give the expected answer |failed \\(status 302\\))`),
      )
      expect(asked.at(-1)).toBe(`${call} ${reply.status}`)
      expect(log).not.toMatch(/^Deleted/m)
    },
  )

  test('gets no second JWT when there is nothing to delete', async () => {
    const edit = (text: string) => text.replace('LOCATION: my-location', 'LOCATION: none')
    const { outcome, jobs } = await runExample(file, { edit })
    expect(outcome).toBe('failure: cloudspaces/create failed (status 400): "Location none does not exists"')
    const conclusions = jobs[0]?.steps.map(step => step.conclusion)
    expect(conclusions).toEqual(['success', 'success', 'failure', 'skipped', 'skipped', 'skipped'])
  })

  test('says that the account is not there, or there twice', async () => {
    const edit = (text: string) => text.replace('ACCOUNT: my-account', 'ACCOUNT: none')
    const { outcome } = await runExample(file, { edit })
    expect(outcome).toMatch(/^failure: deployer@itsyouonline has no account 'none', or several: check ACCOUNT/)
  })
})

describeExample('call-a-reusable-workflow.yml', () => {
  test('runs the other workflow for each location, each with a JWT of its own', async () => {
    const { outcome, jobs, jwts, world } = await runExample('call-a-reusable-workflow.yml')
    expect(outcome).toBe('success')
    expect(jobs.map(({ name }) => name)).toEqual([`Deploy to ${world.north.url}`, `Deploy to ${world.south.url}`])
    expect(world.south.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 200'])
    expect(new Set(jwts).size).toBe(2)
  })
})

describeExample('skip-forks.yml', () => {
  test.each([
    ['a fork', 'someone/your-repository', 'octocat'],
    ['Dependabot', 'your-org/your-repository', 'dependabot[bot]'],
  ])('does nothing in a pull request of %s', async (_, full_name, actor) => {
    const event = { pull_request: { head: { repo: { full_name } } } }
    const { jobs } = await runExample('skip-forks.yml', { eventName: 'pull_request', event, actor })
    expect(jobs.map(({ conclusion }) => conclusion)).toEqual(['skipped'])
  })
})

describeExample('use-a-composite-action.yml', () => {
  test('has the output of the action, and the job does not get its JWT', async () => {
    const { outcome, log, jobs, jwts } = await runExample('use-a-composite-action.yml')
    expect([outcome, jwts]).toEqual(['success', [expect.any(String)]])
    expect(log).toContain('There are 0 cloud spaces.\n')
    const inside = jobs.flatMap(job => job.steps).flatMap(step => step.steps)
    expect(inside.map(step => step.result?.env)).toEqual([{}, {}])
  })

  test('fails when a step of the action fails', async () => {
    const edit = (text: string) => text.replace('secrets.OVC_SECRET', 'secrets.NONE')
    const { outcome, jobs } = await runExample('use-a-composite-action.yml', { edit })
    expect(outcome).toMatch(/^failure: .*\[ERR_INPUT_EMPTY\]$/)
    expect(jobs[0]?.steps.map(({ conclusion }) => conclusion)).toEqual(['success', 'failure', 'skipped'])
  })
})
