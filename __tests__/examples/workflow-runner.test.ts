/** The runner of the examples' tests does with a workflow what GitHub does. */

import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { describeExample } from '../support/tools.ts'
import { runWorkflow, type WorkflowOptions } from '../support/workflow/run-workflow.ts'

const workspace = temporaryFolder()

/** Runs the jobs, given as the lines of a workflow. */
function run(jobs: string, options: Partial<WorkflowOptions> = {}) {
  const text = `name: Test\non: push\n${jobs}`
  return runWorkflow({
    file: 'test.yml',
    text,
    secrets: {},
    vars: {},
    workspace,
    actions: {},
    readLocal: () => '',
    ...options,
  })
}

describeExample('a workflow', () => {
  test('has env at three levels, the innermost winning, and expressions of all contexts', async () => {
    const jobs = `
env: { A: workflow, B: workflow, C: workflow }
jobs:
  one:
    runs-on: x
    env: { B: job, C: job, D: "\${{ vars.D }}" }
    steps:
      - env: { C: step, E: "\${{ github.event_name }}", F: "\${{ secrets.NONE }}" }
        run: echo "$A $B $C $D $E [$F] $GITHUB_JOB"
      - run: echo "\${{ inputs.x || 'no input' }} $B"
`
    const { log, conclusion } = await run(jobs, { vars: { D: 'd' } })
    expect(log).toContain('workflow job step d push [] one\n')
    expect(log).toContain('no input job\n')
    expect(conclusion).toBe('success')
  })

  test('goes on after a failure only where a condition says so', async () => {
    const { jobs } = await run(`
jobs:
  one:
    runs-on: x
    steps:
      - { id: early, if: failure(), run: "true" }
      - { id: fails, run: "echo a=1 >> $GITHUB_OUTPUT; exit 1" }
      - { id: not, run: "true" }
      - { id: cleanup, if: "always() && steps.fails.outputs.a == 1", run: "true" }
      - { id: report, if: "failure() && steps.fails.outcome == 'failure'", run: "true" }
  two: { runs-on: x, if: "github.actor != 'octocat'", steps: [{ run: "true" }] }
`)
    const ends = [...(jobs[0]?.steps ?? []), ...jobs].map(({ id, conclusion }) => `${id} ${conclusion}`)
    const ofSteps = ['early skipped', 'fails failure', 'not skipped', 'cleanup success', 'report success']
    expect(ends).toEqual([...ofSteps, 'one failure', 'two skipped'])
  })

  test('gives a workflow that it calls, and a composite action, what is passed to them and no more', async () => {
    const local: Record<string, string> = {
      './.github/workflows/called.yml': `
on: { workflow_call: { inputs: { x: { type: string } }, secrets: { GIVEN: { required: true } } } }
jobs:
  in:
    runs-on: x
    steps: [{ env: { A: "\${{ secrets.GIVEN }}\${{ secrets.OTHER }}" }, run: 'test "$A" = one-secret' }]
`,
      './local/action.yml': `
name: a
description: b
inputs: { x: { description: c }, y: { description: d, default: default } }
outputs: { z: { description: e, value: "\${{ steps.s.outputs.z }}" } }
runs:
  using: composite
  steps:
    - id: s
      shell: bash
      run: |
        echo "[\${{ inputs.x }}] [\${{ inputs.y }}] [$A]"
        echo z=1 >> "$GITHUB_OUTPUT"
`,
    }
    const jobs = `
jobs:
  call: { uses: ./.github/workflows/called.yml, with: { x: 1 }, secrets: { GIVEN: "\${{ secrets.ONE }}" } }
  use:
    runs-on: x
    env: { A: job }
    steps:
      - { id: local, uses: ./local, with: { x: 2 } }
      - run: echo "outputs \${{ steps.local.outputs.z }}"
`
    const secrets = { ONE: 'one-secret', OTHER: 'other-secret' }
    const { log, conclusion } = await run(jobs, { secrets, readLocal: path => `${local[path]}` })
    expect(conclusion).toBe('success')
    expect(log).toContain('[2] [default] [job]\n')
    expect(log).toContain('outputs 1\n')
  })

  test.each(['matrix: { include: [{ x: 1 }, { x: 2 }] }', 'matrix: { x: [1, 2] }'])(
    'with { %s } runs a job for each entry',
    async matrix => {
      const ran = await run(`
jobs:
  one:
    name: one (\${{ matrix.x }})
    runs-on: x
    strategy: { fail-fast: false, ${matrix} }
    steps: [{ env: { X: "\${{ matrix.x }}" }, run: test "$X" != 1 }]
`)
      const ends = ran.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)
      expect(ends).toEqual(['one (1) failure', 'one (2) success'])
    },
  )

  test.each([
    ['steps: [{ ruin: "true" }]', "Unexpected value 'ruin'"],
    [`steps: [{ run: "\${{ nonsense.x }}" }]`, "Unrecognized named-value: 'nonsense'"],
    ['steps: [{ run: "true", continue-on-error: true }]', "does not know 'continue-on-error'"],
    ['steps: [{ uses: a/b@v1 }]', "has no action 'a/b@v1'"],
    ['strategy: { matrix: { x: [1] } }, steps: [{ run: "true" }]', "knows 'fail-fast: false'"],
  ])('with { %s } is refused, by GitHub or by this runner', async (job, message) => {
    await expect(run(`jobs: { one: { runs-on: x, ${job} } }`)).rejects.toThrow(message)
  })
})
