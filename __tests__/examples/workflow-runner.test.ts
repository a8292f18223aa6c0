/** The runner of the examples' tests does with a workflow what GitHub does. */

import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { describeExample } from '../support/workflow/look.ts'
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

  test('passes outputs from step to step and from job to job, but none that is masked', async () => {
    const { jobs, log } = await run(`
jobs:
  second:
    needs: first
    runs-on: x
    steps: [{ run: 'echo "[\${{ needs.first.outputs.open }}] [\${{ needs.first.outputs.secret }}]"' }]
  first:
    runs-on: x
    outputs: { open: "\${{ steps.make.outputs.open }}", secret: "\${{ steps.make.outputs.secret }}" }
    steps:
      - id: make
        run: |
          echo "::add-mask::very-secret"
          printf "%s\\n" open=1 secret=very-secret >> "$GITHUB_OUTPUT"
`)
    expect(jobs.map(job => job.id)).toEqual(['first', 'second'])
    expect(jobs[0]?.warnings).toEqual(["Skip output 'secret' since it may contain secret."])
    expect(log).toContain('[1] []\n')
  })

  test('goes on after a failure only where a condition or continue-on-error says so', async () => {
    const { jobs } = await run(`
jobs:
  one:
    runs-on: x
    steps:
      - { id: forgiven, run: exit 3, continue-on-error: true }
      - { id: knows, if: "steps.forgiven.outcome == 'failure'", run: "true" }
      - { id: early, if: failure(), run: "true" }
      - { id: fails, run: exit 1 }
      - { id: not, run: "true" }
      - { id: cleanup, if: always(), run: "true" }
      - { id: report, if: failure(), run: "true" }
  two: { needs: one, runs-on: x, steps: [{ run: "true" }] }
  three: { needs: [one, two], if: "always() && needs.one.result == 'failure'", runs-on: x, steps: [{ run: "true" }] }
`)
    const conclusions = [...(jobs[0]?.steps ?? []), ...jobs].map(({ id, conclusion }) => `${id} ${conclusion}`)
    const before = ['forgiven success', 'knows success', 'early skipped', 'fails failure']
    const after = ['not skipped', 'cleanup success', 'report success']
    expect(conclusions).toEqual([...before, ...after, 'one failure', 'two skipped', 'three success'])
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

  const include = `matrix: { include: "\${{ fromJSON(vars.XS) }}" }`
  test.each([
    [include, ['one (1) success', 'one (2) failure', 'one (3) skipped']],
    [`fail-fast: false, ${include}`, ['one (1) success', 'one (2) failure', 'one (3) success']],
    ['matrix: { x: [1, 3], y: [a, b] }', ['1a', '1b', '3a', '3b'].map(values => `one (${values}) success`)],
  ])(
    'with { %s } runs a job for each entry, cancelled by a failure unless fail-fast is off',
    async (strategy, ends) => {
      const jobs = `
jobs:
  one:
    name: one (\${{ matrix.x }}\${{ matrix.y }})
    runs-on: x
    strategy: { ${strategy} }
    steps: [{ env: { X: "\${{ matrix.x }}" }, run: test "$X" != 2 }]
`
      const ran = await run(jobs, { vars: { XS: '[{"x":1},{"x":2},{"x":3}]' } })
      expect(ran.jobs.map(({ name, conclusion }) => `${name} ${conclusion}`)).toEqual(ends)
    },
  )

  test.each([
    ['steps: [{ ruin: "true" }]', "Unexpected value 'ruin'"],
    [`steps: [{ run: "\${{ nonsense.x }}" }]`, "Unrecognized named-value: 'nonsense'"],
    ['steps: [{ run: "true", working-directory: x }]', "does not know 'working-directory'"],
    ['steps: [{ uses: a/b@v1 }]', "has no action 'a/b@v1'"],
    ['needs: one, steps: [{ run: "true" }]', 'at least one job with no dependencies'],
  ])('with { %s } is refused, by GitHub or by this runner', async (job, message) => {
    await expect(run(`jobs: { one: { runs-on: x, ${job} } }`)).rejects.toThrow(message)
  })
})
