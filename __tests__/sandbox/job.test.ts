/** The runner in miniature treats the steps of a job as `actions/runner` does. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ActionOptions, Job, type JobOptions } from '../../sandbox/runner/job.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
let job: Job

function startJob(options?: JobOptions): Job {
  job?.dispose()
  job = new Job(options)
  return job
}

beforeEach(() => void startJob())
afterEach(() => job.dispose())

/** Runs JavaScript as an action's main script. `print(text)` writes to stdout; `append(variable, text)` to a file. */
function runCode(code: string, options: Partial<ActionOptions> = {}, at = folder) {
  const main = join(at, 'index.mjs')
  const helpers = `
    import { appendFileSync, readFileSync, rmSync } from 'node:fs'
    const print = text => process.stdout.write(text)
    const append = (variable, text) => appendFileSync(process.env[variable], text)
  `
  writeFileSync(main, helpers + code)
  return job.runAction({ main, ...options })
}

const printEnvironment = 'print(JSON.stringify(process.env))'

async function environmentOf(options: Partial<ActionOptions> = {}): Promise<Record<string, string>> {
  return JSON.parse((await runCode(printEnvironment, options)).stdout)
}

test('a step gets its inputs in upper case, with spaces as underscores, and never read by a shell', async () => {
  const odd = '$(exit 1) `exit 1` "; exit 1 %PATH%'
  const environment = await environmentOf({ with: { 'app-id': 'a', 'two words': odd } })
  expect(environment).toMatchObject({ 'INPUT_APP-ID': 'a', INPUT_TWO_WORDS: odd })
})

test('a step gets the defaults of the action.yml, which an empty value suppresses', async () => {
  const action = mkdtempSync(join(folder, 'action-'))
  writeFileSync(join(action, 'action.yml'), 'name: x\ninputs:\n  a:\n    default: 1\n  b:\n    default: "2"\n')
  const result = await runCode(printEnvironment, { with: { B: '', c: '3' } }, action)
  expect(JSON.parse(result.stdout)).toMatchObject({ INPUT_A: '1', INPUT_B: '', INPUT_C: '3' })
  expect(result.warnings).toEqual(["Unexpected input(s) 'c', valid inputs are ['a', 'b']"])
})

test('a step gets what the runner sets, and nothing of the machine but what programs need', async () => {
  process.env['SANDBOX_TEST'] = 'not for steps'
  const environment = await environmentOf()
  delete process.env['SANDBOX_TEST']
  expect(environment).toMatchObject({ CI: 'true', GITHUB_ACTIONS: 'true', RUNNER_TEMP: expect.any(String) })
  const ofSystems = /^(GITHUB_.*|RUNNER_.*|NODE_V8_COVERAGE|__CF_USER_TEXT_ENCODING)$/
  const others = Object.keys(environment).filter(name => !ofSystems.test(name))
  if (process.platform === 'win32') expect(others).not.toContain('SANDBOX_TEST')
  else expect(others.sort()).toEqual(['CI', 'HOME', 'PATH'])
})

test("a step gets its own env, which wins over the job's, the event in a file, and the workspace as its folder", async () => {
  startJob({ env: { A: 'job', B: 'job', GITHUB_ACTOR: 'dependabot[bot]' }, workspace: folder })
  const environment = await environmentOf({ env: { B: 'step', GITHUB_EVENT_PATH: 'no' } })
  expect(environment).toMatchObject({ A: 'job', B: 'step', GITHUB_ACTOR: 'dependabot[bot]' })
  expect(environment['GITHUB_EVENT_PATH']).not.toBe('no')
  const code = "print(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8') + ' ' + process.cwd())"
  expect((await runCode(code, { event: { number: 1 } })).stdout).toMatch(/^\{"number":1\} .*test-\w+$/)
  expect((await runCode(code)).stdout).toMatch(/^\{\} /)
})

test('a step gets what earlier steps wrote into the files, but not what the runner owns', async () => {
  await runCode("append('GITHUB_PATH', '/a\\n/b\\n')")
  const envFile = 'JWT=abc\nCI=no\nGITHUB_ACTOR=eve\nRUNNER_DEBUG=1\n'
  const code = `append('GITHUB_ENV', ${JSON.stringify(envFile)}); append('GITHUB_PATH', '/a\\n')`
  expect(await runCode(code)).toMatchObject({ exitCode: 0, outputs: {}, envFile })
  expect(job.env).toMatchObject({ JWT: 'abc', CI: 'no' })
  expect(job.path).toEqual(['/a', '/b'])
  const environment = await environmentOf()
  expect(environment).toMatchObject({ JWT: 'abc', CI: 'no', GITHUB_ACTOR: 'octocat' })
  expect(environment['PATH']).toMatch(new RegExp(`^/a${delimiter}/b${delimiter}.`))
  expect(environment).not.toHaveProperty('RUNNER_DEBUG')
})

const write = "append('GITHUB_OUTPUT', 'a=1\\n'); append('GITHUB_STEP_SUMMARY', '# Hi\\r\\n')"
const printBoth = "print('a\\r\\n'); process.stderr.write('b\\r\\n::error::x')"
const timeout = { signal: 'SIGKILL', timedOut: true, errors: ['The step was ended after 0.2 seconds.'] }
const onStderr = [expect.objectContaining({ stream: 'stderr', line: 1 })]
test.each<[string, code: string, result: object, options?: Partial<ActionOptions>]>([
  ['that writes files has them read', write, { exitCode: 0, outputs: { a: '1' }, summary: '# Hi\n' }],
  ['may delete a file', 'rmSync(process.env.GITHUB_OUTPUT)', { exitCode: 0, outputs: {}, summary: '' }],
  ['fails by a malformed file', "append('GITHUB_OUTPUT', 'a')", { exitCode: 1, outputs: {} }],
  ['has both streams read', printBoth, { stdout: 'a\n', stderr: 'b\n::error::x', errors: ['x'], commands: onStderr }],
  ['of an action fails without an annotation', 'process.exitCode = 3', { exitCode: 3, signal: null, errors: [] }],
  ['that does not end is killed', 'setInterval(() => {}, 1000)', timeout, { timeoutSeconds: 0.2 }],
])('a step %s', async (_, code, result, ...[options]) => {
  expect(await runCode(code, options)).toMatchObject(result)
})

test('masks apply to the later steps of the job, their header included, and not to another job', async () => {
  startJob({ secrets: ['open\nair'] })
  await runCode("print('::add-mask::sesame'); append('GITHUB_ENV', 'JWT=sesame\\n')")
  const result = await runCode("print('open sesame')", { name: 'Run it', with: { secret: 'open', empty: '' } })
  expect(result.header).toBe('▶ Run it\n  with:\n    secret: ***\n  env:\n    JWT: ***\n')
  expect(job.log().endsWith(`${result.header}*** ***\n`)).toBe(true)
  expect(job.masks).toEqual(['open\nair', 'open', 'air', 'sesame'])
  startJob()
  expect((await runCode("print('open sesame')")).log).toBe('open sesame\n')
})

test('without such a Node, a step is an error of the caller', async () => {
  await expect(runCode('', { node: join(folder, 'no-node') })).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a script that fails has an annotation', async () => {
  startJob({ path: [dirname(process.execPath)] })
  const result = await job.runScript({ run: 'console.log(1 + 1); process.exit(3)', shell: 'node {0}' })
  expect(result).toMatchObject({ exitCode: 3, stdout: '2\n', errors: ['Process completed with exit code 3.'] })
})

// Windows has no signals (Node ends the process at once) and may have no bash.
const posixTest = process.platform === 'win32' ? test.skip : test
const wait = "setInterval(() => {}, 1000); print('ready\\n')"
const cleanUp = "process.on('SIGINT', () => { print('cleaned up'); process.exit(5) })"

posixTest.each([
  ['SIGINT', cleanUp, { exitCode: 5, signal: null, stdout: 'ready\ncleaned up' }],
  ['SIGTERM', '', { exitCode: null, signal: 'SIGTERM', timedOut: false }],
  ['SIGTERM', "process.on('SIGTERM', () => {})", { exitCode: null, signal: 'SIGKILL', timedOut: false }],
] as const)('%s lets a step clean up, and the runner kills it in the end (%#)', async (name, handler, end) => {
  expect(await runCode(`${handler}; ${wait}`, { signal: { name, afterOutput: /ready/g } })).toMatchObject(end)
})

posixTest('a script stops at the first failure', async () => {
  const result = await job.runScript({ run: 'echo one\nfalse\necho two', env: { A: '1' } })
  expect(result).toMatchObject({ exitCode: 1, stdout: 'one\n' })
  expect(result.header).toBe('▶ Run echo one\n  env:\n    A: 1\n')
})

posixTest.each([
  [undefined, 0],
  ['sh', 0],
  ['bash', 1],
])('a script sees a failure inside a pipe with shell: bash, not with %s (%i)', async (shell, exitCode) => {
  expect((await job.runScript({ run: 'false | true', shell })).exitCode).toBe(exitCode)
})
