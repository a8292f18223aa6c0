/** The runner of the examples' tests does with a workflow what GitHub does. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { describeExample } from '../support/workflow/look.ts'
import { runWorkflow, type WorkflowOptions } from '../support/workflow/run-workflow.ts'

let workspace: string

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workflow-runner-'))
})
afterAll(() => rmSync(workspace, { recursive: true }))

function run(jobs: string, options: Partial<WorkflowOptions> = {}) {
  const text = `name: Test\non: push\n${jobs}`
  return runWorkflow({ file: 'test.yml', text, secrets: {}, vars: {}, workspace, actions: {}, ...options })
}

function conclusions(jobs: { id: string; conclusion: string }[]): string[] {
  return jobs.map(({ id, conclusion }) => `${id} ${conclusion}`)
}

describeExample('a workflow', () => {
  test('has env at three levels, the innermost winning, and expressions of all contexts', async () => {
    const { log, conclusion } = await run(
      `
env: { A: workflow, B: workflow, C: workflow }
jobs:
  one:
    runs-on: ubuntu-latest
    env: { B: job, C: job, D: "\${{ vars.D }}" }
    steps:
      - env: { C: step, E: "\${{ github.event_name }}", F: "\${{ secrets.NONE }}" }
        run: echo "$A $B $C $D $E [$F] $GITHUB_JOB"
      - run: echo "\${{ inputs.x || 'no input' }} $B"
`,
      { vars: { D: 'd' } },
    )
    expect(log).toContain('workflow job step d push [] one\n')
    expect(log).toContain('no input job\n')
    expect(conclusion).toBe('success')
  })

  test('passes outputs from step to step and from job to job, but none that is masked', async () => {
    const { jobs, log } = await run(
      `
jobs:
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - run: echo "[\${{ needs.first.outputs.open }}] [\${{ needs.first.outputs.secret }}]"
  first:
    runs-on: ubuntu-latest
    outputs: { open: "\${{ steps.make.outputs.open }}", secret: "\${{ steps.make.outputs.secret }}" }
    steps:
      - id: make
        run: |
          echo "::add-mask::very-secret"
          echo "open=1" >> "$GITHUB_OUTPUT"
          echo "secret=very-secret" >> "$GITHUB_OUTPUT"
`,
    )
    expect(jobs.map(job => job.id)).toEqual(['first', 'second'])
    expect(jobs[0]?.warnings).toEqual(["Skip output 'secret' since it may contain secret."])
    expect(log).toContain('[1] []\n')
  })

  test('goes on after a failure only where a condition or continue-on-error says so', async () => {
    const { jobs } = await run(
      `
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - { id: forgiven, run: exit 3, continue-on-error: true }
      - { id: knows, if: "steps.forgiven.outcome == 'failure'", run: "true" }
      - { id: fails, run: exit 1 }
      - { id: not, run: "true" }
      - { id: cleanup, if: always(), run: "true" }
      - { id: report, if: failure(), run: "true" }
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  three:
    needs: [one, two]
    if: always() && needs.one.result == 'failure'
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`,
    )
    const steps = ['forgiven success', 'knows success', 'fails failure', 'not skipped', 'cleanup success']
    expect(conclusions(jobs[0]?.steps ?? [])).toEqual([...steps, 'report success'])
    expect(conclusions(jobs)).toEqual(['one failure', 'two skipped', 'three success'])
  })

  const matrix = (strategy: string) => `
jobs:
  one:
    name: one (\${{ matrix.x }}\${{ matrix.y }})
    runs-on: ubuntu-latest
    strategy: { ${strategy} }
    steps:
      - env: { X: "\${{ matrix.x }}" }
        run: test "$X" != 2
`
  const run3 = async (strategy: string) =>
    (await run(matrix(strategy), { vars: { XS: '[{"x":1},{"x":2},{"x":3}]' } })).jobs.map(
      ({ name, conclusion }) => `${name} ${conclusion}`,
    )

  test('runs a job for each entry of a matrix, the rest of them cancelled by a failure unless fail-fast is off', async () => {
    const include = `matrix: { include: "\${{ fromJSON(vars.XS) }}" }`
    expect(await run3(include)).toEqual(['one (1) success', 'one (2) failure', 'one (3) skipped'])
    const all = ['one (1) success', 'one (2) failure', 'one (3) success']
    expect(await run3(`fail-fast: false, ${include}`)).toEqual(all)
    const product = ['one (1a) success', 'one (1b) success', 'one (3a) success', 'one (3b) success']
    expect(await run3('matrix: { x: [1, 3], y: [a, b] }')).toEqual(product)
  })

  test('is refused when GitHub would refuse it, and when this runner does not know all of it', async () => {
    const job = (step: string) => `jobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`
    await expect(run(job('{ ruin: "true" }'))).rejects.toThrow("Unexpected value 'ruin'")
    await expect(run(job(`{ run: "\${{ nonsense.x }}" }`))).rejects.toThrow("Unrecognized named-value: 'nonsense'")
    await expect(run(job('{ run: "true", working-directory: x }'))).rejects.toThrow("does not know 'working-directory'")
    await expect(run(job('{ uses: a/b@v1 }'))).rejects.toThrow("has no action 'a/b@v1'")
    await expect(run('jobs: { a: { needs: a, runs-on: x, steps: [{ run: "true" }] } }')).rejects.toThrow()
  })
})
