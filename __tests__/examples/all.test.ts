/** What is true of each workflow of examples/, run for real against the sandbox. */

import { expect, test } from '@jest/globals'
import { listen } from '../../sandbox/servers/http.ts'
import { brief, claimsOf, describeExample, lifeOf } from '../support/workflow/look.ts'
import { runExample } from '../support/workflow/run-example.ts'

/** The action's own call. */
const check = 'accounts/list 200'
/** The calls of each that succeeds, after that one. */
const calls: Record<string, string> = {
  'deploy-openvcloud.yml': 'cloudspaces/list cloudspaces/create machines/list images/list sizes/list machines/create',
  'deploy-with-terraform.yml': 'cloudspaces/list',
  'nightly.yml': 'cloudspaces/list',
  'renew-in-a-long-job.yml': 'accounts/list cloudspaces/list',
  'clean-up-after-a-long-job.yml': 'cloudspaces/create accounts/list cloudspaces/delete',
}
const files = Object.keys(calls)

/** Changes of a file that leave a script without a JWT. */
const loseJwt: Record<string, [from: string, to: string]> = {
  'deploy-with-terraform.yml': ['ITSYOU_ONLINE_CLIENT_JWT\n\n', 'OTHER\n\n'],
  'renew-in-a-long-job.yml': ['steps.ovc.outputs.jwt', 'steps.ovc.outputs.none'],
}

describeExample('each example', () => {
  test.each(files)('%s does its work with a JWT that may do no more than it must', async file => {
    const { outcome, warnings, world } = await runExample(file)
    expect(outcome).toBe('success')
    const isRenewed = file === 'renew-in-a-long-job.yml'
    // A refreshable JWT deserves a warning.
    expect(warnings.filter(warning => !(isRenewed && warning.includes('can renew it')))).toEqual([])
    const { requests } = world.north
    expect(requests.map(brief)).toEqual([check, ...`${calls[file]}`.split(' ').map(name => `${name} 200`)])
    for (const request of requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', azp: world.vars['OVC_APP_ID'], scope: ['user:name'] })
      expect(claims).not.toHaveProperty('aud')
      expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)
      expect('refresh_token' in claims).toBe(isRenewed)
    }
  })

  test.each(files)('%s ends before any other call when OpenvCloud has no account for the user', async file => {
    const { outcome, world } = await runExample(file, { isKnown: false })
    expect(outcome).toMatch(/^failure: .*\[ERR_OVC_NO_ACCOUNT\]$/)
    expect(world.north.requests.map(brief)).toEqual([check])
  })

  test.each(files)('%s tests for an empty JWT before it calls OpenvCloud', async file => {
    const [from, to] = loseJwt[file] ?? ['scope: user:name\n', 'scope: user:name\n          env-var: OTHER\n']
    const { outcome, world } = await runExample(file, { edit: text => text.replace(from, to) })
    expect(outcome).toMatch(/^failure: (ITSYOU_ONLINE_CLIENT_)?JWT is empty: check that the step before sets it\.$/)
    expect(world.north.requests.map(brief)).toEqual([check])
  })

  const commands = '\r\n::warning::injected\r\n##[warning]injected'
  const called = files.filter(file => file !== 'deploy-with-terraform.yml')
  const answers: [status: number, body: string][] = [
    [200, commands],
    [200, JSON.stringify(['from-ci', 'ci-1'].map(name => ({ id: commands, name, accountId: 7, status: 'RUNNING' })))],
    [200, JSON.stringify(commands)],
    [400, commands],
    [409, JSON.stringify(commands)],
  ]
  test.each(called.flatMap(file => answers.map(answer => [file, ...answer] as const)))(
    '%s lets no command of a server into the log (%i %j)',
    async (file, status, body) => {
      const hostile = await listen({ record: () => {} }, () => ({ status, body }))
      try {
        // The action has its answer from OpenvCloud; what the scripts call is hostile.
        const edit = (text: string) => text.replaceAll(/(?<! ovc-url: .*)(OVC_URL: ).*/g, `$1${hostile.origin}`)
        const { warnings, outcome } = await runExample(file, { edit })
        expect(warnings.filter(warning => warning.includes('injected'))).toEqual([])
        if (status !== 200) expect(outcome).toContain('"\\r\\n::warning::injected\\r\\n##[warning]injected')
      } finally {
        await hostile.close()
      }
    },
  )
})
