/** The job and the recipes of the README, run for real where the programs of the other examples are enough for them. */

import { afterEach, expect, test } from '@jest/globals'
import { startWorld, type World } from '../../sandbox/example-world.ts'
import { blocksOf, readText } from '../support/pages.ts'
import { brief, describeExample } from '../support/workflow/look.ts'
import { actionsOf } from '../support/workflow/run-example.ts'
import { runWorkflow } from '../support/workflow/run-workflow.ts'

/** The first block below a heading. */
function blockBelow(heading: string): string {
  const below = readText('README.md').split(new RegExp(`^##+ ${heading}\n`, 'm'))[1] ?? ''
  return blocksOf(below)[0]?.text ?? ''
}

/** The job of `Usage`, with the steps of a recipe in place of its script. */
function jobWith(steps: string): string {
  return blockBelow('Usage').replace(/^ +- run: [\s\S]*$/m, steps.replaceAll(/^(?=.)/gm, '      '))
}

let world: World
afterEach(() => world.close())

/** Runs a workflow with the addresses of the world. */
async function run(workflow: string) {
  world = await startWorld()
  const text = workflow
    .replaceAll('https://ays.example/api', world.ays.url)
    // Every step of the action asks the ItsYou.online of the world.
    .replaceAll(
      /^( +)secret: .*$/gm,
      `$&\n$1base-url: \${{ vars.ITSYOUONLINE_URL }}\n$1public-key: \${{ vars.ITSYOUONLINE_PUBLIC_KEY }}`,
    )
    .replaceAll(
      /(, secret: .*?\}\}")/g,
      `$1, base-url: "\${{ vars.ITSYOUONLINE_URL }}", public-key: "\${{ vars.ITSYOUONLINE_PUBLIC_KEY }}"`,
    )
  const { secrets, vars, workspace } = world
  return await runWorkflow({
    file: 'README.yml',
    text,
    eventName: 'workflow_dispatch',
    secrets,
    vars,
    workspace,
    actions: actionsOf(world),
  })
}

describeExample('README.md', () => {
  test('Usage', async () => {
    const { conclusion, log } = await run(blockBelow('Usage'))
    expect([conclusion, log]).toEqual(['success', expect.any(String)])
    expect(world.north.requests.map(brief)).toEqual(['accounts/list 200', 'cloudspaces/list 200'])
  })

  test('AYS', async () => {
    const { conclusion } = await run(jobWith(blockBelow('AYS')))
    expect(conclusion).toBe('success')
    expect(world.ays.requests.map(brief)).toEqual(['GET 200', 'GET 200'])
  })

  test('Terraform', async () => {
    const { conclusion, log } = await run(jobWith(`- uses: hashicorp/setup-terraform@v4\n${blockBelow('Terraform')}`))
    expect([conclusion, log]).toEqual(['success', expect.stringContaining('Apply complete!')])
  })

  test('A second JWT late in a long job', async () => {
    const { conclusion, jobs } = await run(jobWith(`- run: exit 1\n${blockBelow('A second JWT late in a long job')}`))
    expect(conclusion).toBe('failure')
    expect(jobs[0]?.steps.map(step => step.outputs['jwt'] !== undefined)).toEqual([true, false, true])
  })
})
