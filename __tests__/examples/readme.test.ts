/** The job and the recipes of the README, run for real where the programs of the other examples are enough for them. */

import { expect, test } from '@jest/globals'
import { blocksOf, readText } from '../support/pages.ts'
import { brief, describeExample } from '../support/workflow/look.ts'
import { runText } from '../support/workflow/run-example.ts'

/** The first block below a heading. */
function blockBelow(heading: string): string {
  const below = readText('README.md').split(new RegExp(`^##+ ${heading}\n`, 'm'))[1] ?? ''
  return blocksOf(below)[0]?.text ?? ''
}

/** Runs the job of `Usage`, or the steps of a recipe in place of its script. */
function run(steps?: string) {
  const usage = blockBelow('Usage')
  const workflow =
    steps === undefined ? usage : usage.replace(/^ +- run: [\s\S]*$/m, steps.replaceAll(/^(?=.)/gm, '      '))
  const text = workflow
    .replaceAll(`\${{ vars.OVC_URL }}`, 'https://my-location.example')
    .replaceAll(
      /^( *)with: \{ (.*) \}$/gm,
      (_, indent, map) => `${indent}with:\n${indent}  ${map.replaceAll(', ', `\n${indent}  `)}`,
    )
  return runText('README.yml', text, { eventName: 'workflow_dispatch' })
}

describeExample('README.md', () => {
  test('Usage', async () => {
    const { outcome, world } = await run()
    expect(outcome).toBe('success')
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 200'])
  })

  test('AYS', async () => {
    const { outcome, world } = await run(blockBelow('AYS'))
    expect(outcome).toBe('success')
    expect(world.ays.requests.map(brief)).toEqual(['GET 200', 'GET 200'])
  })

  test('Terraform', async () => {
    const { outcome, log } = await run(`- uses: hashicorp/setup-terraform@v4\n${blockBelow('Terraform')}`)
    expect([outcome, log]).toEqual(['success', expect.stringContaining('Apply complete!')])
  })

  test('A second JWT late in a long job', async () => {
    const { conclusion, jobs } = await run(`- run: exit 1\n${blockBelow('A second JWT late in a long job')}`)
    expect(conclusion).toBe('failure')
    expect(jobs[0]?.steps.map(step => step.outputs['jwt'] !== undefined)).toEqual([true, false, true])
  })
})
