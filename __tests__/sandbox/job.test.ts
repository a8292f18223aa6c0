/** The runner in miniature treats the steps of a job as `actions/runner` does. */

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type ActionOptions, Job, type JobOptions } from '../../sandbox/runner/job.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testOnPosix } from '../support/tools.ts'

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
    import { appendFileSync, readFileSync, rmSync, writeSync } from 'node:fs'
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

test('a step gets what earlier steps wrote into the files, but for the names that the runner sets itself', async () => {
  await runCode("append('GITHUB_PATH', '/a\\n/b\\n')")
  const kept = { JWT: 'abc', CI: 'no', GITHUB_TOKEN: 'a', GITHUB_FOO: 'b', RUNNER_DEBUG: '1' }
  const owned = ['ACTION_REPOSITORY', 'ACTOR', 'EVENT_PATH', 'ENV', 'HEAD_REF'].map(name => `GITHUB_${name}`)
  const set = { ...kept, ...Object.fromEntries([...owned, 'RUNNER_WORKSPACE'].map(name => [name, 'eve'])) }
  const envFile = Object.entries(set)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
  const code = `append('GITHUB_ENV', ${JSON.stringify(envFile)}); append('GITHUB_PATH', '/a\\n')`
  expect(await runCode(code)).toMatchObject({ exitCode: 0, outputs: {}, envFile })
  expect(job.env).toEqual(set)
  expect(job.path).toEqual(['/a', '/b'])
  const environment = await environmentOf({ env: { GITHUB_REF: 'eve', RUNNER_OS: 'eve', RUNNER_FOO: 'c' } })
  expect(environment).toMatchObject({ ...kept, RUNNER_FOO: 'c', GITHUB_ACTOR: 'octocat' })
  expect(Object.values(environment)).not.toContain('eve')
  expect(environment['PATH']).toMatch(new RegExp(`^/a${delimiter}/b${delimiter}.`))
})

test('debug logging is on for the whole job or not at all: RUNNER_DEBUG in a step shows no debug lines', async () => {
  const code = "print('::debug::' + process.env.RUNNER_DEBUG + '\\n::add-mask::sesame\\n')"
  expect((await runCode(code, { env: { RUNNER_DEBUG: '1' } })).log).toBe('')
  startJob({ env: { RUNNER_DEBUG: '1' } })
  const result = await runCode(code, { env: { RUNNER_DEBUG: '0' } })
  expect(result).toMatchObject({
    header: '▶ Run ./\n  env:\n    RUNNER_DEBUG: 0\n',
    log: '##[debug]1\n::add-mask::***\n',
  })
})

const write = "append('GITHUB_OUTPUT', 'a=1\\n'); append('GITHUB_STEP_SUMMARY', '# Hi\\r\\n')"
const printBoth = "print('a\\r\\n'); process.stderr.write('b\\r\\n::error::x')"
const success = { outcome: 'success', exitCode: 0 }
const failure = { outcome: 'failure', exitCode: 1 }
const timeout = {
  outcome: 'failure',
  signal: 'SIGKILL',
  timedOut: true,
  errors: ['The step was ended after 0.2 seconds.'],
}
const badToken = "print('::stop-commands::\\n::error::x\\n::add-mask::x\\n'); append('GITHUB_OUTPUT', 'a=1\\n')"
const unread = { masks: [], errors: [expect.stringMatching(/^You cannot use a endToken/)] }
const onStderr = [expect.objectContaining({ stream: 'stderr', line: 1 })]
test.each<[string, code: string, result: object, options?: Partial<ActionOptions>]>([
  ['that writes files has them read', write, { ...success, outputs: { a: '1' }, summary: '# Hi\n' }],
  ['may delete a file', 'rmSync(process.env.GITHUB_OUTPUT)', { ...success, outputs: {}, summary: '' }],
  ['fails by a malformed file', "append('GITHUB_OUTPUT', 'a')", { ...failure, outputs: {} }],
  ['with a bad stop token runs on unread', badToken, { ...failure, ...unread, outputs: { a: '1' } }],
  ['has both streams read', printBoth, { stdout: 'a\n', stderr: 'b\n::error::x', errors: ['x'], commands: onStderr }],
  ['of an action fails without an annotation', 'process.exitCode = 3', { exitCode: 3, signal: null, errors: [] }],
  ['that does not end is killed', 'setInterval(() => {}, 1000)', timeout, { timeoutSeconds: 0.2 }],
])('a step %s', async (_, code, result, ...[options]) => {
  expect(await runCode(code, options)).toMatchObject(result)
})

test('what a step prints on stderr may overtake its masks on stdout', async () => {
  const done = join(folder, 'done')
  const print = "writeSync(1, '::add-mask::sesame\\n'); writeSync(2, 'open sesame\\n')"
  const running = runCode(`${print}; appendFileSync(${JSON.stringify(done)}, '')`)
  // The runner reads nothing until both have arrived.
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let turn = 0; turn < 3000 && !existsSync(done); turn++) Atomics.wait(pause, 0, 0, 10)
  expect((await running).log).toBe('open sesame\n')
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

const exits = 'console.log(1 + 1); process.exit(3)'
const token = "console.log('::stop-commands::error\\n::error::x'); process.exit(3)"
test.each([
  ['has an annotation', exits, { stdout: '2\n', errors: ['Process completed with exit code 3.'] }],
  ['has no other than that of a bad stop token', token, unread],
])('a script that fails %s', async (_, code, result) => {
  startJob({ path: [dirname(process.execPath)] })
  const step = await job.runScript({ run: code, shell: 'node {0}' })
  expect(step).toMatchObject({ outcome: 'failure', exitCode: 3, ...result })
  expect(step.header).toContain(`\n  shell: ${process.execPath} {0}\n`)
})

const wait = "setInterval(() => {}, 1000); print('ready\\n')"
const cleanUp =
  "process.on('SIGINT', () => { print('cleaned up'); append('GITHUB_OUTPUT', 'a=1\\n'); process.exit(5) })"

const cancelled = { outcome: 'cancelled', errors: ['The operation was canceled.'] }
const terminated = { outcome: 'failure', exitCode: null, timedOut: false, errors: [] }

testOnPosix.each([
  ['SIGINT', cleanUp, { ...cancelled, exitCode: 5, signal: null, stdout: 'ready\ncleaned up', outputs: { a: '1' } }],
  ['SIGTERM', '', { ...terminated, signal: 'SIGTERM' }],
  ['SIGTERM', "process.on('SIGTERM', () => {})", { ...terminated, signal: 'SIGKILL' }],
] as const)('%s lets a step clean up, and the runner kills it in the end (%#)', async (name, handler, end) => {
  expect(await runCode(`${handler}; ${wait}`, { signal: { name, afterOutput: /ready/g } })).toMatchObject(end)
})

testOnPosix('a script that a signal ends has an annotation', async () => {
  const errors = ['Process completed with exit code 137.']
  expect(await job.runScript({ run: 'kill -KILL $$' })).toMatchObject({ exitCode: null, signal: 'SIGKILL', errors })
})

testOnPosix('a script stops at the first failure, and its header shows all of it, masked, and its shell', async () => {
  startJob({ secrets: ['sesame'] })
  const result = await job.runScript({ run: 'echo one\nfalse\necho open sesame\n', env: { A: '1' } })
  expect(result).toMatchObject({ exitCode: 1, stdout: 'one\n' })
  const shown = ['▶ Run echo one', 'echo one', 'false', 'echo open ***', 'shell: /bash -e {0}', 'env:', '  A: 1']
  expect(result.header.replace(/\/.*\//, '/')).toBe(`${shown.join('\n  ')}\n`)
})

testOnPosix.each([
  [undefined, 0],
  ['sh', 0],
  ['bash', 1],
])('a script sees a failure inside a pipe with shell: bash, not with %s (%i)', async (shell, exitCode) => {
  expect((await job.runScript({ run: 'false | true', shell })).exitCode).toBe(exitCode)
})
