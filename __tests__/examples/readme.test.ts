/** The job of the README, and the steps that it shows, run for real where the programs of the other examples are enough. */

import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { blocksOf, readText } from '../support/pages.ts'
import { describeExample } from '../support/tools.ts'
import { brief } from '../support/workflow/look.ts'
import { runText } from '../support/workflow/run-example.ts'

/** The first block after a text. */
function blockAfter(text: string): string {
  const after = readText('README.md').split(text)[1] ?? ''
  return blocksOf(after)[0]?.text ?? ''
}

/** Runs the job of `Usage`, or other steps in place of its last one. */
function run(steps?: string, envVar = 'JWT') {
  const usage = blockAfter('\n## Usage\n').replace('secret: ', `env-var: ${envVar}\n          secret: `)
  const text =
    steps === undefined ? usage : usage.replace(/^ +- name: [\s\S]*$/m, steps.replaceAll(/^(?=.)/gm, '      '))
  return runText('README.yml', text, { eventName: 'workflow_dispatch' })
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
  pythonTest('Python', async () => {
    // On GitHub, `python` is a shell; here its command line is needed.
    const { outcome, log, world } = await run(blockAfter('**Python**').replace('shell: python', 'shell: python3 {0}'))
    expect([outcome, log]).toEqual(['success', expect.stringContaining('\n[]\n')])
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
})
