/** What is true of each workflow of examples/, run for real against the sandbox. */

import { expect, test } from '@jest/globals'
import { filesIn } from '../support/pages.ts'
import { describeExample } from '../support/tools.ts'
import { brief, claimsOf, lifeOf } from '../support/workflow/look.ts'
import { type ExampleOptions, runBehind, runExample } from '../support/workflow/run-example.ts'

/** The action's own call. */
const check = 'accounts/list 200'
/** The calls of each that succeeds, after that one. */
const calls: Record<string, string> = {
  'deploy-openvcloud.yml': `cloudspaces/list accounts/list cloudspaces/create machines/list images/list sizes/list
    machines/create system/task/get system/task/get`,
  'deploy-with-terraform.yml': 'cloudspaces/list',
  'nightly.yml': 'cloudspaces/list',
  'renew-in-a-long-job.yml': 'accounts/list cloudspaces/list',
  'clean-up-after-a-long-job.yml': 'accounts/list cloudspaces/create accounts/list machines/list cloudspaces/delete',
  'call-a-reusable-workflow.yml': 'cloudspaces/list',
  'skip-forks.yml': 'cloudspaces/list',
  'use-a-composite-action.yml': 'cloudspaces/list',
}
const files = Object.keys(calls)
/** Those of AYS have tests of their own. */
const ofAys = ['push-ays-blueprint.yml', 'run-ays-with-an-organizations-key.yml']

/** The pull request of a branch of this repository. */
const event = { pull_request: { head: { repo: { full_name: 'your-org/your-repository' } } } }
const run = (file: string, options?: ExampleOptions) => runExample(file, { event, ...options })

/** Changes of a file that leave a script without a JWT. */
const loseJwt: Record<string, [from: string, to: string]> = {
  'deploy-openvcloud.yml': ['scope: user:name\n', 'scope: user:name\n          env-var: OTHER\n'],
  'deploy-with-terraform.yml': ['ITSYOU_ONLINE_CLIENT_JWT\n\n', 'OTHER\n\n'],
  'nightly.yml': ['scope: user:name\n', 'scope: user:name\n          env-var: OTHER\n'],
  'renew-in-a-long-job.yml': ['steps.ovc.outputs.jwt', 'steps.ovc.outputs.none'],
  'clean-up-after-a-long-job.yml': ['steps.ovc.outputs.jwt', 'steps.ovc.outputs.none'],
}

test('all files are run', () => {
  const names = filesIn('examples').filter(file => file.endsWith('.yml'))
  const called = ['deploy-in-a-location.yml', 'list-cloud-spaces/action.yml']
  expect(names.sort()).toEqual([...files, ...ofAys, ...called].map(name => `examples/${name}`).sort())
})

describeExample('each example', () => {
  test.each(files)('%s does its work with a JWT that may do no more than it must', async file => {
    const { outcome, warnings, world } = await run(file)
    expect(outcome).toBe('success')
    const isRenewed = file === 'renew-in-a-long-job.yml'
    // A refreshable JWT deserves a warning.
    expect(warnings.filter(warning => !(isRenewed && warning.includes('can renew it')))).toEqual([])
    const { requests } = world.north
    const expected = `${calls[file]}`.split(/\s+/).map(name => `${name} 200`)
    expect(requests.map(brief).map(call => call.replace('202', '200'))).toEqual([check, ...expected])
    for (const request of requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', azp: world.vars['OVC_APP_ID'], scope: ['user:name'] })
      expect(claims).not.toHaveProperty('aud')
      expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)
      expect('refresh_token' in claims).toBe(isRenewed)
    }
  })

  test.each(files)('%s works with a cloud space that is shared with the user, if it needs no account', async file => {
    const { outcome, warnings } = await run(file, { hasOnlyCloudspace: true })
    const needsAccount = file === 'clean-up-after-a-long-job.yml'
    expect(outcome).toMatch(needsAccount ? /^failure: deployer@itsyouonline has no account 'my-account'/ : /^success$/)
    expect(warnings.filter(warning => !warning.includes('can renew it'))).toEqual([])
  })

  test.each(Object.entries(loseJwt))(
    '%s tests for an empty JWT before it calls OpenvCloud',
    async (file, [from, to]) => {
      const { outcome, world } = await run(file, { edit: text => text.replace(from, to) })
      expect(outcome).toMatch(/^failure: (ITSYOU_ONLINE_CLIENT_)?JWT is empty: check that the step before sets it\.$/)
      expect(world.north.requests.map(brief)).toEqual([check])
    },
  )

  const commands = '\r\n::warning::injected\r\n##[warning]injected'
  const entry = { id: commands, accountId: 7, accountName: 'my-account', status: 'RUNNING' }
  const list = JSON.stringify(['from-ci', 'my-account', 'ci-1'].map(name => ({ ...entry, name })))
  const answers: [status: number, body: string][] = [
    [200, ''],
    [200, commands],
    [200, list],
    [200, JSON.stringify(commands)],
    [200, JSON.stringify({ error: commands })],
    [302, ''],
    [302, list],
    [400, commands],
    [409, JSON.stringify(commands)],
  ]
  const called = files.filter(file => file !== 'deploy-with-terraform.yml')
  test.each(called)('%s does not wait for as long as a server asks for', async file => {
    const { outcome } = await runBehind(file, () => ({ status: 429, headers: { 'retry-after': '100000' } }), { event })
    expect(outcome).toMatch(/^failure: .*status 429/)
  })

  test.each(called.flatMap(file => answers.map(answer => [file, ...answer] as const)))(
    '%s takes nothing but a list, and lets no command of a server into the log (%i %j)',
    async (file, status, body) => {
      const { warnings, outcome } = await runBehind(file, () => ({ status, body }), { event })
      expect(warnings.filter(warning => warning.includes('injected'))).toEqual([])
      if (status !== 200 || body !== list) expect(outcome).toMatch(/^failure: /)
      if (status !== 200) expect(outcome).toContain(`status ${status}`)
      if (status >= 400 && file in loseJwt) expect(outcome).toContain(`${JSON.stringify(commands).slice(0, -1)}`)
    },
  )
})
