/** The job of the README, and the steps that it shows, run for real where the programs of the other examples are enough. */

import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { json, listen, type RecordedRequest } from '../../sandbox/servers/http.ts'
import { blocksOf, readText } from '../support/pages.ts'
import { describeExample } from '../support/tools.ts'
import { brief } from '../support/workflow/look.ts'
import { runText } from '../support/workflow/run-example.ts'

/** The first block after a text. */
function blockAfter(text: string): string {
  const after = readText('README.md').split(text)[1] ?? ''
  return blocksOf(after)[0]?.text ?? ''
}

/**
 * Runs the job of `Usage`, or other steps in place of its last one.
 *
 * @param server asked by the last step, in place of OpenvCloud or AYS
 */
function run(steps?: string, envVar = 'JWT', server?: string) {
  const usage = blockAfter('\n## Usage\n').replace('secret: ', `env-var: ${envVar}\n          secret: `)
  const text =
    steps === undefined ? usage : usage.replace(/^ +- name: [\s\S]*$/m, steps.replaceAll(/^(?=.)/gm, '      '))
  const edit =
    server &&
    ((all: string) =>
      all
        .replace(/http:[^ ']+(?=\/restmachine\/|\/ays\/repository)/, server)
        // What a user adds below must not hide a failure.
        .replace(/^( +).*jq -es.*$/m, '$&\n$1echo more'))
  return runText('README.yml', text, { eventName: 'workflow_dispatch', ...(edit && { edit }) })
}

const calls = ['accounts/list 200', 'cloudspaces/list 200']

describeExample('README.md', () => {
  test('Usage', async () => {
    const { outcome, warnings, log, world } = await run()
    expect([outcome, warnings]).toEqual(['success', []])
    expect(log).toContain('Cloud spaces of deployer@itsyouonline:\n')
    expect(world.north.requests.map(brief)).toEqual(calls)
  })

  const pythonTest = spawnSync('python3', ['--version']).status === 0 ? test : test.skip
  // On GitHub, `python` is a shell; here its command line is needed.
  const python = blockAfter('**Python**').replace('shell: python', 'shell: python3 {0}')
  pythonTest('Python', async () => {
    const { outcome, log, world } = await run(python)
    expect([outcome, log]).toEqual(['success', expect.stringContaining('\n0 cloud spaces\n')])
    expect(world.north.requests.map(brief)).toEqual(calls)
  })

  test('Terraform', async () => {
    const steps = `- uses: hashicorp/setup-terraform@v4\n${blockAfter('**Terraform**')}`
    const { outcome, log, world } = await run(steps, 'ITSYOU_ONLINE_CLIENT_JWT')
    expect([outcome, log]).toEqual(['success', expect.stringContaining('Apply complete!')])
    expect(world.north.requests.map(brief)).toEqual(calls)
  })

  test('AYS', async () => {
    const { outcome, warnings, world } = await run(blockAfter('**AYS**'))
    expect([outcome, warnings]).toEqual(['success', []])
    expect(world.ays.requests.map(brief)).toEqual(['GET 200', 'GET 200'])
  })

  const commands = '##[set-output name=count]injected\n::error::injected'
  const list = JSON.stringify([{ id: commands, name: commands }])
  const answers: [answer: string, status: number, body: string, conclusion: string][] = [
    ['a list with commands in it', 200, list, 'success'],
    ['what is no list', 200, JSON.stringify({ error: commands }), 'failure'],
    ['a list with another status', 201, list, 'failure'],
    ['nothing', 200, '', 'failure'],
    ['an error', 500, commands, 'failure'],
    ['a redirect to another server', 302, list, 'failure'],
    ['a redirect to nowhere', 304, '', 'failure'],
  ]
  const snippets: [snippet: string, steps: string | undefined, test: typeof pythonTest][] = [
    ['Usage', undefined, test],
    ['Python', python, pythonTest],
    ['AYS', blockAfter('**AYS**'), test],
  ]
  for (const [snippet, steps, testSnippet] of snippets) {
    testSnippet.each(answers)(`${snippet}: %s brings no command in, and no JWT out`, async (...row) => {
      const [, status, body, conclusion] = row
      const elsewhere: RecordedRequest[] = []
      const other = await listen({ record: request => void elsewhere.push(request) }, () => json(200, []))
      let processes = ''
      const server = createServer((_, response) => {
        processes = execFileSync('ps', ['-Aww', '-o', 'args'], { encoding: 'utf8' })
        const location = status === 302 ? { location: `${other.origin}/` } : {}
        response.writeHead(status, '##[error]injected', location).end(body)
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const ran = await run(steps, 'JWT', `http://127.0.0.1:${port}`)
      server.close()
      await other.close()
      const last = ran.jobs[0]?.steps.at(-1)
      expect(last).toMatchObject({ conclusion, outputs: {}, result: { commands: [] } })
      expect(elsewhere).toEqual([])
      expect(processes).toContain('ps -Aww')
      expect(processes).not.toContain('bearer eyJ')
    })
  }
})
