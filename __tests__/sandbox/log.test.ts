/** What the runner in miniature reads from a step, as `actions/runner` does: commands, masks, files; and leaks in a log. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { parseInputs } from '../../sandbox/runner/action-file.ts'
import { makeStepFiles, readStepFiles } from '../../sandbox/runner/files.ts'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { StepLog } from '../../sandbox/runner/log.ts'
import { Masker } from '../../sandbox/runner/masker.ts'
import { LineSplitter } from '../../sandbox/runner/process.ts'

function read(lines: string[], { masker = new Masker(), debug = false } = {}): StepLog {
  const log = new StepLog(masker, debug)
  for (const line of lines) log.read('stdout', line)
  return log
}

/** Reads the files of a step that wrote this text into each of those named. */
function readFiles(text: string, ...variables: ('GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_STATE' | 'GITHUB_PATH')[]) {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  try {
    const files = makeStepFiles(folder)
    for (const variable of variables) writeFileSync(files[variable], text)
    const log = read([])
    return { ...readStepFiles(files, log), errors: log.errors, failed: log.failed }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the inputs of an action.yml', () => {
  test('are read with or without quotes and comments', () => {
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

  test('with a default of several lines are not guessed', () => {
    expect(() => parseInputs('inputs:\n  a:\n    default: |\n      x\n')).toThrow("the default of input 'a'")
  })
})

describe('commands', () => {
  test('have properties and a message, unescaped with %25 last', () => {
    const log = read(['hello', '::error title=T,file=a%2Cb::bad%0Athing 100%25 %250A', 'bye', '  ::notice::n'])
    const first = { command: 'error', properties: { title: 'T', file: 'a,b' }, message: 'bad\nthing 100% %0A' }
    expect(log.commands).toEqual([
      { ...first, stream: 'stdout', line: 1 },
      { command: 'notice', properties: {}, message: 'n', stream: 'stdout', line: 3 },
    ])
    expect(log.text).toBe('hello\nError: bad\nthing 100% %0A\nbye\nNotice: n\n')
  })

  test('in the older form are found anywhere in a line', () => {
    const { commands, text } = read(['oops ##[error a=1;b=x%3By]bad%5D'])
    expect(commands).toMatchObject([{ command: 'error', properties: { a: '1', b: 'x;y' }, message: 'bad]' }])
    expect(text).toBe('Error: bad]\n')
  })

  test('in the middle of a line, or of an unknown name, are text', () => {
    const lines = ['text ::error::x', '::no-such-command::x', '::error', '##[error', '::toString::x']
    const { commands, text } = read(lines)
    expect(commands).toEqual([])
    expect(text).toBe(lines.map(line => `${line}\n`).join(''))
  })

  const notStopped = { failed: true, warnings: ['w'] }
  test.each([
    [['::error::e', '::warning::w'], 'Error: e\nWarning: w\n', { errors: ['e'], warnings: ['w'], failed: false }],
    [['::group::Title', 'inside', '::endgroup::'], '▼ Title\ninside\n', {}],
    [['::debug::d'], '', {}],
    [
      ['::stop-commands::a-token', '::error::text', '::a-token::', '::error::real'],
      '::stop-commands::***\n::error::text\n::***::\nError: real\n',
      { errors: ['real'] },
    ],
    [['::set-output name=a::1'], '', { outputs: { a: '1' } }],
    [['::add-mask:: '], "Warning: Can't add secret mask for empty string in ##[add-mask] command.\n", {}],
    // Refused: the step fails, whatever its exit code.
    ...['::set-output::1', '::set-env name=A::1', '::add-path::/x'].map(line => [[line], /^Error: /, { failed: true }]),
    ...['', 'error', 'pause-logging'].map(token => [[`::stop-commands::${token}`, '::warning::w'], /w\n$/, notStopped]),
  ] as [string[], string | RegExp, object][])('%j are obeyed', (lines, text, state) => {
    const log = read(lines)
    expect(log.text).toEqual(typeof text === 'string' ? text : expect.stringMatching(text))
    expect(log).toMatchObject(state)
  })

  test('for debugging show only with RUNNER_DEBUG', () => {
    expect(read(['::debug::d'], { debug: true }).text).toBe('##[debug]d\n')
  })

  test('with a message above 4096 characters are cut', () => {
    expect(read([`::error::${'x'.repeat(5000)}`]).errors[0]).toHaveLength(4096)
  })
})

describe('masks', () => {
  const secret = `se"s'a<me>&+ü€!(*)\t1`
  const bytes = Buffer.from(secret)
  const value = 'a??>>~~ b'

  test.each([
    ['hide what comes later', ['sesame', '::add-mask::sesame', 'open sesame'], 'sesame\nopen ***\n'],
    ['cover each line, trimmed', ['::add-mask:: line 1%0D%0A 100%25 ', 'a line 1, a 100%.'], 'a ***, a ***.\n'],
    ['that overlap or touch become one', ['::add-mask::abcd', '::add-mask::cdef', 'abcdef abcdcdef'], '*** ***\n'],
    ...[
      bytes.toString('base64'),
      bytes.subarray(1).toString('base64'),
      bytes.subarray(2).toString('base64'),
      JSON.stringify(secret).slice(1, -1),
      'se%22s%27a%3Cme%3E%26%2B%C3%BC%E2%82%AC%21%28%2A%29%091',
      'se&quot;s&apos;a&lt;me&gt;&amp;+ü€!(*)\t1',
      secret.replaceAll('"', '\\"'),
      secret.replaceAll("'", "''"),
    ].map(form => [`hide the form ${form}`, [`::add-mask::${secret.replaceAll('%', '%25')}`, `<${form}>`], '<***>\n']),
    // base64url, hex, form-encoding with +, and a part.
    ...[
      ...['base64url', 'hex'].map(encoding => Buffer.from(value).toString(encoding as 'hex')),
      'a%3F%3F%3E%3E~~+b',
      '??>>~~',
    ].map(form => [`do not hide the form ${form}`, [`::add-mask::${value}`, form], `${form}\n`]),
  ] as [string, string[], string][])('%s', (_, lines, text) => {
    expect(read(lines).text).toBe(text)
  })

  test('are kept as they were given, and with their lines', () => {
    const masker = new Masker()
    const { masks } = read(['::add-mask::a%0Ab'], { masker })
    expect([masks, masker.values]).toEqual([['a\nb'], ['a\nb', 'a', 'b']])
  })
})

describe('the files of a step', () => {
  test('take name=value and heredocs', () => {
    const text = 'a=1\n\nb=x=y<<z\nc<<EOF\none\n\ntwo=2\nEOF\nd<<E\nE\ne=\n'
    const { outputs, outputFile, env, failed } = readFiles(text, 'GITHUB_OUTPUT')
    expect(outputs).toEqual({ a: '1', b: 'x=y<<z', c: 'one\n\ntwo=2', d: '', e: '' })
    expect([outputFile, env, failed]).toEqual([text, {}, false])
  })

  test.each([
    ['abc', "Invalid format 'abc'"],
    ['=abc', "Invalid format '=abc'. Name must not be empty"],
    ['a<<', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
    ['a<<EOF\nb', "Invalid value. Matching delimiter not found 'EOF'"],
  ])('with %j fail the step, but what stands before it counts', (text, message) => {
    const result = readFiles(`first=1\n${text}`, 'GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE')
    const unable = (kind: string) => [`Unable to process file command '${kind}' successfully.`, message]
    const errors = ['env', 'output', 'state'].flatMap(unable)
    expect(result).toMatchObject({ errors, failed: true, env: { first: '1' }, outputs: { first: '1' } })
  })

  test('do not take NODE_OPTIONS, and the step goes on', () => {
    const errors = ["Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."]
    const result = readFiles('node_options=--version\nA=1\n', 'GITHUB_ENV')
    expect(result).toMatchObject({ errors, failed: false, env: { A: '1' } })
  })

  test('list folders for PATH', () => {
    expect(readFiles('/a\n\n/b\r\n', 'GITHUB_PATH').path).toEqual(['/a', '/b'])
  })
})

test('lines are cut the same wherever the chunks end, and a lone carriage return cuts, too', () => {
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

  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const [header, payload, signature] = [part({ alg: 'ES384' }), part({ refresh_token: 'renews-it' }), 'c2lnbmF0dXJl']
  const jwt = `${header}.${payload}.${signature}`

  test.each([
    ['xsesamex', ' sesame\n', ['secret 1: found trimmed']],
    ['second line', 'first line\nsecond line', ['secret 1, its line 2: found as it is']],
    [signature, jwt, ['secret 1, its signature: found as it is']],
    ['renews-it', jwt, ['secret 1, its refresh_token: found as it is']],
    [header, jwt, []],
    // Too short to tell.
    ['a perfectly calm log', 'calm', []],
    ['a perfectly calm log', '', []],
  ])('finds in %j the parts of %j', (text, of, finds) => {
    expect(findLeaks(text, [of])).toEqual(finds)
  })

  test('finds the payload of a JWT, and in it the refresh token', () => {
    const base64 = 'secret 1, its refresh_token: found in base64, 0 bytes into a longer text'
    expect(findLeaks(payload, [jwt])).toEqual(['secret 1, its payload: found as it is', base64])
  })
})
