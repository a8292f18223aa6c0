import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { parseInputs } from '../../sandbox/action-file.ts'
import { LineSplitter } from '../../sandbox/process.ts'
import { type ActionOptions, findLeaks, Job } from '../../sandbox/runner.ts'

/** The runner in miniature treats a step as `actions/runner` does. */

const folder = mkdtempSync(join(tmpdir(), 'runner-test-'))
let job: Job

beforeEach(() => {
  job = new Job()
})
afterEach(() => job.dispose())
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs JavaScript as an action's main script. `print(line)` writes to stdout; `append(variable, text)` to a file. */
function runCode(code: string, options: Partial<ActionOptions> = {}, inJob = job) {
  const main = join(folder, 'index.mjs')
  const helpers = `
    import { appendFileSync } from 'node:fs'
    const print = line => process.stdout.write(line + '\\n')
    const append = (variable, text) => appendFileSync(process.env[variable], text)
  `
  writeFileSync(main, helpers + code)
  return inJob.runAction({ main, ...options })
}

/** Prints the lines as they are, from a step that does nothing else. */
function runLines(lines: string[], options: Partial<ActionOptions> = {}) {
  return runCode(lines.map(line => `print(${JSON.stringify(line)})`).join('\n'), options)
}

async function environmentOf(options: Partial<ActionOptions> = {}, inJob = job): Promise<Record<string, string>> {
  const { stdout } = await runCode('print(JSON.stringify(process.env))', options, inJob)
  return JSON.parse(stdout)
}

describe('inputs', () => {
  test('are upper-cased, with blanks as underscores and dashes kept', async () => {
    const environment = await environmentOf({ with: { 'app-id': 'a', 'two words': 'b', empty: '' } })
    expect(environment).toMatchObject({ 'INPUT_APP-ID': 'a', INPUT_TWO_WORDS: 'b', INPUT_EMPTY: '' })
  })

  test('get the defaults of the action.yml, and an empty value suppresses one', async () => {
    const action = mkdtempSync(join(folder, 'action-'))
    writeFileSync(join(action, 'action.yml'), 'name: x\ninputs:\n  a:\n    default: 1\n  b:\n    default: "2"\n')
    writeFileSync(join(action, 'main.mjs'), 'process.stdout.write(JSON.stringify(process.env))')
    const result = await job.runAction({ main: join(action, 'main.mjs'), with: { B: '', c: '3' } })
    expect(JSON.parse(result.stdout)).toMatchObject({ INPUT_A: '1', INPUT_B: '', INPUT_C: '3' })
    expect(result.warnings).toEqual(["Unexpected input(s) 'c', valid inputs are ['a', 'b']"])
  })

  test('of an action.yml are read with or without quotes and comments', () => {
    const yaml = `
name: x
inputs: # all of them
  # default: not this
  plain:
    description: 'default: not this'
    default: https://a.example # why
  'quoted':
    default: 'it''s'
  empty:
    default: ""
  none:
    required: true
outputs:
  plain:
    default: not this
`
    expect(parseInputs(yaml)).toEqual({ plain: 'https://a.example', quoted: "it's", empty: '', none: '' })
  })

  test('of an action.yml with a default of several lines are not guessed', () => {
    expect(() => parseInputs('inputs:\n  a:\n    default: |\n      x\n')).toThrow("the default of input 'a'")
  })
})

describe('the environment', () => {
  test('holds what the runner sets, and nothing of the machine but what programs need', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1'
    process.env['SANDBOX_TEST'] = 'not for steps'
    try {
      const environment = await environmentOf()
      expect(environment).toMatchObject({ CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'push' })
      expect(environment).toHaveProperty('RUNNER_TEMP')
      const others = Object.keys(environment).filter(name => !/^(GITHUB|RUNNER)_/.test(name))
      if (process.platform === 'win32') expect(others).not.toContain('SANDBOX_TEST')
      else
        expect(others.filter(name => !/^(NODE_V8_COVERAGE|__CF_USER_TEXT_ENCODING)$/.test(name)).sort()).toEqual([
          'CI',
          'HOME',
          'PATH',
        ])
    } finally {
      delete process.env['HTTPS_PROXY']
      delete process.env['SANDBOX_TEST']
    }
  })

  test("the step's env wins over the job's", async () => {
    const own = new Job({ env: { A: 'job', B: 'job', GITHUB_ACTOR: 'dependabot[bot]' } })
    try {
      const environment = await environmentOf({ env: { B: 'step' } }, own)
      expect(environment).toMatchObject({ A: 'job', B: 'step', GITHUB_ACTOR: 'dependabot[bot]' })
    } finally {
      own.dispose()
    }
  })

  test('the event is in a file', async () => {
    const code = `import { readFileSync } from 'node:fs'
      print(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'))`
    expect((await runCode(code, { event: { number: 1 } })).stdout).toBe('{"number":1}\n')
    expect((await runCode(code)).stdout).toBe('{}\n')
  })

  test('values are never read by a shell', async () => {
    const value = '$(exit 1) `exit 1` "; exit 1 %PATH%'
    expect(await environmentOf({ with: { x: value } })).toMatchObject({ INPUT_X: value })
  })

  test('steps run in the workspace', async () => {
    const own = new Job({ workspace: folder })
    try {
      const { stdout } = await runCode('print(process.cwd() + " " + process.env.GITHUB_WORKSPACE)', {}, own)
      expect(stdout).toMatch(/runner-test-\w+ .*runner-test-\w+\n/)
    } finally {
      own.dispose()
    }
  })
})

describe('GITHUB_OUTPUT and GITHUB_ENV', () => {
  test('take name=value and heredocs', async () => {
    const text = 'a=1\n\nb=x=y<<z\nc<<EOF\none\n\ntwo=2\nEOF\nd<<E\nE\ne=\n'
    const result = await runCode(`append('GITHUB_OUTPUT', ${JSON.stringify(text)})`)
    expect(result.outputs).toEqual({ a: '1', b: 'x=y<<z', c: 'one\n\ntwo=2', d: '', e: '' })
    expect(result).toMatchObject({ outputFile: text, exitCode: 0, errors: [] })
  })

  test('reach later steps, but not the step itself or the outputs', async () => {
    const result = await runCode("append('GITHUB_ENV', 'JWT=abc\\nCI=no\\n')")
    expect(result).toMatchObject({ env: { JWT: 'abc', CI: 'no' }, outputs: {}, envFile: 'JWT=abc\nCI=no\n' })
    expect(job.env).toEqual({ JWT: 'abc', CI: 'no' })
    expect(await environmentOf()).toMatchObject({ JWT: 'abc', CI: 'no' })
  })

  test('are fresh for each step', async () => {
    await runCode("append('GITHUB_OUTPUT', 'a=1\\n')")
    expect((await runCode('')).outputs).toEqual({})
  })

  test.each([
    ['no equals sign', 'abc', "Invalid format 'abc'"],
    ['no name', '=abc', "Invalid format '=abc'. Name must not be empty"],
    ['no delimiter', 'a<<', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
    ['a heredoc without an end', 'a<<EOF\nb', "Invalid value. Matching delimiter not found 'EOF'"],
  ])('with %s fail the step', async (_, text, message) => {
    for (const [variable, kind] of [
      ['GITHUB_OUTPUT', 'output'],
      ['GITHUB_ENV', 'env'],
      ['GITHUB_STATE', 'state'],
    ]) {
      const result = await runCode(`append('${variable}', ${JSON.stringify(`first=1\n${text}`)})`)
      expect(result.exitCode).toBe(1)
      expect(result.errors).toEqual([`Unable to process file command '${kind}' successfully.`, message])
    }
    expect(job.env).toEqual({ first: '1' })
  })

  test('do not take NODE_OPTIONS, and the step goes on', async () => {
    const result = await runCode("append('GITHUB_ENV', 'node_options=--version\\nA=1\\n')")
    expect(result).toMatchObject({ exitCode: 0, env: { A: '1' } })
    expect(result.errors).toEqual(["Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."])
  })

  test('do not change what the runner owns', async () => {
    await runCode("append('GITHUB_ENV', 'GITHUB_ACTOR=eve\\nRUNNER_DEBUG=1\\n')")
    const environment = await environmentOf()
    expect(environment['GITHUB_ACTOR']).toBe('octocat')
    expect(environment).not.toHaveProperty('RUNNER_DEBUG')
  })

  test('may be deleted by the step', async () => {
    const code = "import { rmSync } from 'node:fs'; rmSync(process.env.GITHUB_OUTPUT)"
    expect(await runCode(code)).toMatchObject({ exitCode: 0, outputs: {} })
  })
})

describe('the other files', () => {
  test('GITHUB_PATH goes in front of PATH, the last first, each once', async () => {
    await runCode("append('GITHUB_PATH', '/a\\n/b\\n')")
    await runCode("append('GITHUB_PATH', '/a\\n')")
    expect(job.path).toEqual(['/a', '/b'])
    expect((await environmentOf())['PATH']).toMatch(new RegExp(`^/a${delimiter}/b${delimiter}.`))
  })

  test('the summary is kept as written', async () => {
    expect((await runCode("append('GITHUB_STEP_SUMMARY', '# Hi\\n')")).summary).toBe('# Hi\n')
  })

  test('a summary above 1 MiB is an error annotation, and no failure', async () => {
    const result = await runCode("append('GITHUB_STEP_SUMMARY', 'x'.repeat(1025 * 1024))")
    expect(result.exitCode).toBe(0)
    expect(result.errors).toEqual([
      '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1025k.',
    ])
  })
})

describe('commands', () => {
  test('are read in order, with the line that each stood on', async () => {
    const { commands, log } = await runLines([
      'hello',
      '::error title=T,file=a%2Cb::bad%0Athing 100%25',
      'bye',
      '  ::notice::n',
    ])
    expect(commands).toEqual([
      {
        command: 'error',
        properties: { title: 'T', file: 'a,b' },
        message: 'bad\nthing 100%',
        stream: 'stdout',
        line: 1,
      },
      { command: 'notice', properties: {}, message: 'n', stream: 'stdout', line: 3 },
    ])
    expect(log).toBe('hello\nError: bad\nthing 100%\nbye\nNotice: n\n')
  })

  test('become annotations', async () => {
    const result = await runLines(['::error::e', '::warning::w', '::notice::n'])
    expect(result).toMatchObject({ exitCode: 0, errors: ['e'], warnings: ['w'], notices: ['n'] })
    expect(result.log).toBe('Error: e\nWarning: w\nNotice: n\n')
  })

  test('in the older form are found anywhere in a line', async () => {
    const { commands, log } = await runLines(['oops ##[error a=1;b=x%3By]bad%5D'])
    expect(commands).toMatchObject([{ command: 'error', properties: { a: '1', b: 'x;y' }, message: 'bad]' }])
    expect(log).toBe('Error: bad]\n')
  })

  test('unescape %25 last', async () => {
    expect((await runLines(['::error::%250A'])).commands).toMatchObject([{ message: '%0A' }])
  })

  test('after a lone carriage return begin a line of their own', async () => {
    expect((await runLines(['harmless\r::error::injected'])).errors).toEqual(['injected'])
  })

  test('in the middle of a line, or of an unknown name, are text', async () => {
    const lines = ['text ::error::x', '::no-such-command::x', '::error', '##[error', '::toString::x']
    const result = await runLines(lines)
    expect(result.commands).toEqual([])
    expect(result.log).toBe(lines.map(line => `${line}\n`).join(''))
  })

  test('count on stderr too', async () => {
    const result = await runCode("process.stderr.write('a\\n::error::x')")
    expect(result).toMatchObject({ stdout: '', stderr: 'a\n::error::x', errors: ['x'] })
    expect(result.commands).toMatchObject([{ stream: 'stderr', line: 1 }])
  })

  test('for debugging show only with RUNNER_DEBUG', async () => {
    expect((await runLines(['::debug::d'])).log).toBe('')
    expect((await runLines(['::debug::d'], { env: { RUNNER_DEBUG: '1' } })).log).toBe('##[debug]d\n')
  })

  test('that group show the title', async () => {
    expect((await runLines(['::group::Title', 'inside', '::endgroup::'])).log).toBe('▼ Title\ninside\n')
  })

  test('stop between stop-commands and its token', async () => {
    const result = await runLines(['::stop-commands::a-token', '::error::text', '::a-token::', '::error::real'])
    expect(result.errors).toEqual(['real'])
    expect(result.log).toBe('::stop-commands::***\n::error::text\n::***::\nError: real\n')
  })

  test('cannot be stopped with a command for a token', async () => {
    for (const token of ['', 'error', 'pause-logging']) {
      const result = await runLines([`::stop-commands::${token}`, '::warning::w'])
      expect(result).toMatchObject({ exitCode: 1, warnings: ['w'] })
    }
  })

  test('set-output still works, set-env and add-path fail the step', async () => {
    expect((await runLines(['::set-output name=a::1'])).outputs).toEqual({ a: '1' })
    expect((await runLines(['::set-output::1'])).exitCode).toBe(1)
    expect(await runLines(['::set-env name=A::1'])).toMatchObject({ exitCode: 1, env: {} })
    expect((await runLines(['::add-path::/x'])).exitCode).toBe(1)
  })

  test('with a message above 4096 characters are cut', async () => {
    expect((await runLines([`::error::${'x'.repeat(5000)}`])).errors[0]).toHaveLength(4096)
  })
})

describe('masks', () => {
  test('hide what comes later, not what came before', async () => {
    const { log, masks } = await runLines(['sesame', '::add-mask::sesame', 'open sesame', '::error::no sesame'])
    expect(log).toBe('sesame\nopen ***\nError: no ***\n')
    expect(masks).toEqual(['sesame'])
  })

  test('hold for the later steps of the job, their header included', async () => {
    await runCode("print('::add-mask::sesame'); append('GITHUB_ENV', 'JWT=sesame\\n')")
    const result = await runLines(['sesame'], { name: 'Run it', with: { secret: 'sesame', empty: '' } })
    expect(result.header).toBe('▶ Run it\n  with:\n    secret: ***\n  env:\n    JWT: ***\n')
    expect(job.log().endsWith(`${result.header}***\n`)).toBe(true)
    expect(job.masks).toEqual(['sesame'])
  })

  test('do not hold in another job', async () => {
    await runLines(['::add-mask::sesame'])
    const other = new Job()
    try {
      expect((await runCode("print('sesame')", {}, other)).log).toBe('sesame\n')
    } finally {
      other.dispose()
    }
  })

  test('of secrets are there before the first step', async () => {
    const own = new Job({ secrets: ['sesame'] })
    try {
      const result = await runCode("print('sesame')", { with: { secret: 'sesame' } }, own)
      expect(result.header + result.log).not.toContain('sesame')
    } finally {
      own.dispose()
    }
  })

  test('cover the whole value and each of its lines, trimmed', async () => {
    const { log } = await runLines(['::add-mask::  first line%0D%0A second 100%25 ', 'a first line, a second 100%.'])
    expect(log).toBe('a ***, a ***.\n')
    expect(job.masks).toEqual(['  first line\r\n second 100% ', 'first line', 'second 100%'])
  })

  test('of nothing are a warning', async () => {
    expect((await runLines(['::add-mask:: '])).warnings).toEqual([
      "Can't add secret mask for empty string in ##[add-mask] command.",
    ])
  })

  const secret = `se"s'a<me>&+ü€!(*)\t1`
  const bytes = Buffer.from(secret)
  test.each([
    ['base64', bytes.toString('base64')],
    ['base64 less a byte', bytes.subarray(1).toString('base64')],
    ['base64 less two bytes', bytes.subarray(2).toString('base64')],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['percent-encoded', 'se%22s%27a%3Cme%3E%26%2B%C3%BC%E2%82%AC%21%28%2A%29%091'],
    ['XML-escaped', 'se&quot;s&apos;a&lt;me&gt;&amp;+ü€!(*)\t1'],
    ['shell-escaped', secret.replaceAll('"', '\\"')],
    ['expression-escaped', secret.replaceAll("'", "''")],
  ])('hide the %s form', async (_, form) => {
    const { log } = await runLines([`::add-mask::${secret.replaceAll('%', '%25')}`, `<${form}>`])
    expect(log).toBe('<***>\n')
  })

  test('do not hide base64url, hex, form-encoding, or a part', async () => {
    const value = 'a??>>~~ b'
    const forms = [
      Buffer.from(value).toString('base64url'),
      Buffer.from(value).toString('hex'),
      'a%3F%3F%3E%3E~~+b',
      '??>>~~',
    ]
    const { log } = await runLines([`::add-mask::${value}`, ...forms])
    expect(log).toBe(forms.map(form => `${form}\n`).join(''))
  })

  test('that overlap or touch become one', async () => {
    const { log } = await runLines(['::add-mask::abcd', '::add-mask::cdef', 'x abcdef abcdcdef y'])
    expect(log).toBe('x *** *** y\n')
  })
})

describe('the end of a step', () => {
  test('by its own exit code brings no annotation for an action', async () => {
    expect(await runCode('process.exitCode = 3')).toMatchObject({ exitCode: 3, signal: null, errors: [], log: '' })
  })

  test('by an exit code brings an annotation for a script', async () => {
    const result = await job.runScript({ run: 'exit 3' })
    expect(result).toMatchObject({ exitCode: 3, errors: ['Process completed with exit code 3.'] })
  })

  test('comes by a timeout when nothing else ends it', async () => {
    const result = await runCode('setInterval(() => {}, 1000)', { timeoutSeconds: 0.2 })
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true })
    expect(result.errors).toEqual(['The step was ended after 0.2 seconds.'])
  })

  test('keeps a last line without a newline', async () => {
    expect(await runCode("process.stdout.write('::error::x')")).toMatchObject({ errors: ['x'], stdout: '::error::x' })
  })

  test('is an error of the caller when there is no such Node', async () => {
    await expect(runCode('', { node: join(folder, 'no-node') })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  // Windows has no signals: Node ends the process at once.
  const signalTest = process.platform === 'win32' ? test.skip : test

  signalTest('by SIGINT lets the action clean up', async () => {
    const code = `
      process.on('SIGINT', () => { print('cleaned up'); process.exit(5) })
      setInterval(() => {}, 1000)
      print('ready')`
    const result = await runCode(code, { signal: { name: 'SIGINT', afterOutput: /ready/g } })
    expect(result).toMatchObject({ exitCode: 5, stdout: 'ready\ncleaned up\n' })
  })

  signalTest('by a signal that is not handled is reported with its name', async () => {
    const result = await runCode('setInterval(() => {}, 1000)', { signal: { name: 'SIGTERM', afterMilliseconds: 50 } })
    expect(result).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false })
  })

  signalTest('comes by SIGKILL to an action that ignores SIGTERM', async () => {
    const code = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); print('ready')"
    const result = await runCode(code, { signal: { name: 'SIGTERM', afterOutput: /ready/ } })
    expect(result.signal).toBe('SIGKILL')
  })
})

describe('scripts', () => {
  const bashTest = process.platform === 'win32' ? test.skip : test

  bashTest('run in bash, and stop at the first failure', async () => {
    const result = await job.runScript({ run: 'echo one\nfalse\necho two', env: { A: '1' } })
    expect(result).toMatchObject({ exitCode: 1, stdout: 'one\n' })
    expect(result.header).toBe('▶ Run echo one\n  env:\n    A: 1\n')
  })

  bashTest('see a failure inside a pipe only with shell: bash', async () => {
    expect((await job.runScript({ run: 'false | true' })).exitCode).toBe(0)
    expect((await job.runScript({ run: 'false | true', shell: 'bash' })).exitCode).toBe(1)
  })

  bashTest('write the files and give commands like any step', async () => {
    const run = 'echo "a=1" >> "$GITHUB_OUTPUT"; echo "::add-mask::sesame"; echo sesame'
    expect(await job.runScript({ run, shell: 'sh' })).toMatchObject({ outputs: { a: '1' }, log: '***\n' })
  })

  test('run in any program that shell: names', async () => {
    const own = new Job({ path: [join(process.execPath, '..')] })
    try {
      const result = await own.runScript({ run: 'console.log(1 + 1)', shell: 'node {0}' })
      expect(result.stdout).toBe('2\n')
    } finally {
      own.dispose()
    }
  })
})

test('lines are cut the same wherever the chunks end', () => {
  const text = 'a\r\nb\rc\n\n€d\r'
  const bytes = Buffer.from(text)
  for (let at = 0; at <= bytes.length; at++) {
    const lines: string[] = []
    const splitter = new LineSplitter(line => lines.push(line))
    const passed = splitter.push(bytes.subarray(0, at)) + splitter.push(bytes.subarray(at)) + splitter.end()
    expect(lines).toEqual(['a', 'b', 'c', '', '€d'])
    expect(passed).toBe(text)
  }
})

describe('findLeaks', () => {
  const secret = `pa ss/wö?"<&'rd`
  const base64 = (text: string) => Buffer.from(text).toString('base64')

  test.each([
    ['as it is', secret],
    ['in base64', base64(secret)],
    ['in base64 behind one byte', base64(`x${secret}`)],
    ['in base64 behind two bytes', base64(`xy${secret}z`)],
    ['in base64 behind an id', base64(`some-id:${secret}`)],
    ['in base64url', Buffer.from(`~~${secret}`).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).replace(/%../g, code => code.toLowerCase())],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['JSON-escaped', JSON.stringify({ secret })],
    ['XML-escaped', 'pa ss/wö?&quot;&lt;&amp;&apos;rd'],
  ])('finds a secret %s, and does not repeat it', (_, text) => {
    const leaks = findLeaks(`before ${text} after`, ['not-there', secret])
    expect(leaks).not.toEqual([])
    for (const leak of leaks) {
      expect(leak).toMatch(/^secret 2: found /)
      expect(leak).not.toContain(secret)
    }
  })

  test('finds the trimmed form, and single lines', () => {
    expect(findLeaks('xsesamex', [' sesame\n'])).toEqual(['secret 1: found trimmed'])
    expect(findLeaks('second line', ['first line\nsecond line'])).toEqual(['secret 1, its line 2: found as it is'])
  })

  test('finds parts of a JWT, and the refresh token inside', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const [payload, signature] = [part({ refresh_token: 'renews-it' }), 'c2lnbmF0dXJl']
    const jwt = `${part({ alg: 'ES384' })}.${payload}.${signature}`
    expect(findLeaks(signature, [jwt])).toEqual(['secret 1, its signature: found as it is'])
    expect(findLeaks(payload, [jwt])).toContain('secret 1, its payload: found as it is')
    expect(findLeaks('renews-it', [jwt])).toEqual(['secret 1, its refresh_token: found as it is'])
    expect(findLeaks(part({ alg: 'ES384' }), [jwt])).toEqual([])
  })

  test('finds nothing in harmless text, and ignores what is too short to tell', () => {
    expect(findLeaks('a perfectly calm log', [secret, 'calm', ''])).toEqual([])
  })
})
