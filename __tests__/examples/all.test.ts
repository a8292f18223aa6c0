/** What is true of each workflow of examples/, run for real against the sandbox. */

import { afterEach, expect, test } from '@jest/globals'
import { startWorld, type World, type WorldOptions } from '../../sandbox/example-world.ts'
import { listen } from '../../sandbox/servers/http.ts'
import { brief, claimsOf, describeExample, lifeOf } from '../support/workflow/look.ts'
import { type ExampleOptions, type ExampleRun, runExample } from '../support/workflow/run-example.ts'

let world: World
afterEach(() => world.close())

const loseJwt = ['scope: user:name\n', 'scope: user:name\n          env-var: OTHER\n']

/** The calls of each that succeeds, and a change of the file that leaves a script without a JWT. */
const examples: Record<string, { calls: string; loseJwt: string[] }> = {
  'deploy-openvcloud.yml': {
    calls: 'cloudspaces/list cloudspaces/create machines/list images/list sizes/list machines/create',
    loseJwt,
  },
  'deploy-with-terraform.yml': { calls: 'cloudspaces/list', loseJwt: ['ITSYOU_ONLINE_CLIENT_JWT\n\n', 'OTHER\n\n'] },
  'nightly.yml': { calls: 'cloudspaces/list', loseJwt },
  'renew-in-a-long-job.yml': {
    calls: 'accounts/list cloudspaces/list',
    loseJwt: ['steps.ovc.outputs.jwt', 'steps.ovc.outputs.none'],
  },
  'clean-up-after-a-long-job.yml': { calls: 'cloudspaces/create accounts/list cloudspaces/delete', loseJwt },
}
const files = Object.keys(examples)

async function run(file: string, options?: ExampleOptions, worldOptions?: WorldOptions): Promise<ExampleRun> {
  world = await startWorld(worldOptions)
  const result = await runExample(file, world, options)
  expect(result.leaks).toEqual([])
  return result
}

describeExample('each example', () => {
  test.each(files)('%s does its work with a JWT that may do no more than it must', async file => {
    const { errors, warnings, conclusion } = await run(file)
    // A refreshable JWT deserves a warning.
    const others = warnings.filter(warning => !(file.startsWith('renew') && warning.includes('can renew it')))
    expect([errors, others, conclusion]).toEqual([[], [], 'success'])
    const { requests } = world.north
    const calls = `accounts/list ${examples[file]?.calls}`.split(' ')
    expect(requests.map(brief)).toEqual(calls.map(name => `${name} 200`))
    for (const request of requests) {
      const claims = await claimsOf(world, request)
      expect(claims).toMatchObject({ username: 'deployer', azp: world.vars['OVC_APP_ID'], scope: ['user:name'] })
      expect(claims).not.toHaveProperty('aud')
      expect(lifeOf(claims)).toBeLessThanOrEqual(2 * 3600)
      expect('refresh_token' in claims).toBe(file === 'renew-in-a-long-job.yml')
    }
  })

  test.each(files)('%s ends before any other call when OpenvCloud has no account for the user', async file => {
    const { errors, conclusion } = await run(file, {}, { isKnown: false })
    expect([conclusion, errors[0]]).toEqual(['failure', expect.stringMatching(/\[ERR_OVC_NO_ACCOUNT\]$/)])
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200'])
  })

  test.each(files)('%s tests for an empty JWT before it calls OpenvCloud', async file => {
    const [from = '', to = ''] = examples[file]?.loseJwt ?? []
    const { errors, conclusion } = await run(file, { edit: text => text.replace(from, to) })
    expect(conclusion).toBe('failure')
    expect(errors[0]).toMatch(/^(ITSYOU_ONLINE_CLIENT_)?JWT is empty: check that the step before sets it\.$/)
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200'])
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
        const { warnings, errors } = await run(file, { edit })
        expect(warnings.filter(warning => warning.includes('injected'))).toEqual([])
        if (status !== 200) expect(errors[0]).toContain('"\\r\\n::warning::injected\\r\\n##[warning]injected')
      } finally {
        await hostile.close()
      }
    },
  )
})
