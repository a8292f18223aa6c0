/** What the runner in miniature reads from a step, as `actions/runner` does: commands, masks, files; and leaks in a log. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { makeStepFiles, readStepFiles, type StepFiles } from '../../sandbox/runner/files.ts'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { StepLog } from '../../sandbox/runner/log.ts'
import { Masker } from '../../sandbox/runner/masker.ts'
import { LineSplitter } from '../../sandbox/runner/process.ts'

function read(lines: string[], debug = false): StepLog {
  const log = new StepLog(new Masker(), debug)
  for (const line of lines) log.read('stdout', line)
  return log
}

/** Reads the files of a step that wrote this text into each of those named. */
function readFiles(text: string, ...variables: (keyof StepFiles)[]) {
  const folder = mkdtempSync(join(tmpdir(), 'files-'))
  const files = makeStepFiles(folder)
  for (const variable of variables) writeFileSync(files[variable], text)
  const log = read([])
  const contents = readStepFiles(files, log)
  rmSync(folder, { recursive: true })
  return { ...contents, errors: log.errors, failed: log.failed }
}

const title = { title: 'T', file: 'a,b' }
const first = { command: 'error', properties: title, message: 'bad\nthing 100% %0A', stream: 'stdout', line: 1 }
const second = { command: 'notice', properties: {}, message: 'n', stream: 'stdout', line: 3 }
const twoCommands = ['hello', '::error title=T,file=a%2Cb::bad%0Athing 100%25 %250A', 'bye', '  ::notice::n']
const twoShown = 'hello\nError: bad\nthing 100% %0A\nbye\nNotice: n\n'
const older = expect.objectContaining({ command: 'error', properties: { a: '1', b: 'x;y' }, message: 'bad]' })
const noCommands = ['text ::error::x', '::no-such-command::x', '::error', '##[error', '::constructor::x']
const stopped = ['::stop-commands::a-token', '::error::text', '::a-token::', '::error::real']
const stoppedShown = '::stop-commands::***\n::error::text\n::***::\nError: real\n'

test.each<[string, lines: string[], state: object]>([
  ['have properties and a message, unescaped', twoCommands, { commands: [first, second], text: twoShown }],
  [
    'may stand anywhere in the older form',
    ['x ##[error a=1;b=x%3By]bad%5D'],
    { commands: [older], text: 'Error: bad]\n' },
  ],
  ['in the middle, or unknown, are text', noCommands, { commands: [], text: `${noCommands.join('\n')}\n` }],
  ['are text while they are stopped', stopped, { text: stoppedShown, errors: ['real'] }],
  ['annotate', ['::error::e', '::warning::w'], { errors: ['e'], warnings: ['w'], failed: false }],
  ['cut a long message', [`::error::${'x'.repeat(5000)}`], { errors: ['x'.repeat(4096)] }],
  ['group lines', ['::group::Title', 'inside', '::endgroup::'], { text: '▼ Title\ninside\n' }],
  ['for debugging are not shown', ['::debug::d'], { text: '' }],
  [
    'may set outputs, whose names have no case',
    ['::set-output name=a::1', '::set-output name=A::2'],
    { text: '', outputs: { a: '2' } },
  ],
  [
    'annotate ten times at most',
    Array(11).fill('::notice::n'),
    { notices: Array(10).fill('n'), text: 'Notice: n\n'.repeat(11) },
  ],
  ['are shown while echo is on', ['::echo::on', '::echo::off', '::group::x'], { text: '::echo::off\n▼ x\n' }],
  ['mask what comes later', ['sesame', '::add-mask::sesame', 'open sesame'], { text: 'sesame\nopen ***\n' }],
  ['mask lines, too', ['::add-mask::a%0Ab', 'a, b'], { text: '***, ***\n', masks: ['a\nb'] }],
  ['mask as one what touches', ['::add-mask::ab', '::add-mask::bc', 'abc abbc'], { text: '*** ***\n' }],
  ['mask no empty text', ['::add-mask:: '], { text: expect.stringContaining("Warning: Can't add secret mask") }],
])('commands %s', (_, lines, state) => {
  expect(read(lines)).toMatchObject(state)
})

test.each(['::set-output::1', '::set-env name=A::1', '::add-path::/x', '::echo::', '::echo::yes'])(
  '%s is refused and fails the step, and later commands are obeyed',
  line => {
    const errors = [`Unable to process command '${line}' successfully.`, expect.any(String)]
    expect(read([line, '::warning::w'])).toMatchObject({ errors, warnings: ['w'], failed: true })
  },
)

test.each(['', 'error', 'stop-commands', 'pause-logging', 'Add-Mask'])('the stop token %j ends the reading', token => {
  const errors = [expect.stringMatching(/^You cannot use a endToken .* environment variable to `true`\.$/)]
  const log = read([`::stop-commands::${token}`, '::add-mask::sesame', 'sesame', '::error::x'])
  expect(log).toMatchObject({ errors, masks: [], failed: true, text: `Error: ${log.errors[0]}\n` })
})

const echoed = [
  '::add-mask::sesame',
  '::debug::a%0Asesame',
  '::set-output name=a::sesame',
  '::endgroup::',
  '::notice::n',
]
const shown = '::add-mask::***\n##[debug]a\n##[debug]***\n::set-output name=a::***\n::endgroup::\nNotice: n\n'
test.each([
  ['are shown', echoed, shown],
  [
    'are not shown after ::echo::off',
    ['::echo::off', ...echoed.slice(2)],
    "::echo::off\n##[debug]Setting echo command value to 'off'\nNotice: n\n",
  ],
])('with debug logging, commands %s', (_, lines, text) => {
  expect(read(lines, true).text).toBe(text)
})

const secret = `se"s'a<me>&+ü€!(*)\t1`
const masked = [
  ...[0, 1, 2].map(skipped => Buffer.from(secret).subarray(skipped).toString('base64')),
  JSON.stringify(secret).slice(1, -1),
  'se%22s%27a%3Cme%3E%26%2B%C3%BC%E2%82%AC%21%28%2A%29%091',
  'se&quot;s&apos;a&lt;me&gt;&amp;+ü€!(*)\t1',
  secret.replaceAll('"', '\\"'),
  secret.replaceAll("'", "''"),
]
const value = 'a??>>~~ b'
const notMasked = [Buffer.from(value).toString('base64url'), Buffer.from(value).toString('hex'), '??>>~~']
test.each([
  ...masked.map(form => [secret, `<${form}>`, '<***>']),
  ...[...notMasked, 'a%3F%3F%3E%3E~~+b'].map(form => [value, form, form]),
  [' line 1%0D%0A 100%25 ', 'a line 1, a 100%.', 'a ***, a ***.'],
  // White space is what .NET takes for it.
  ['\u0085a\u0085%0A\uFEFFb', 'a, b, \uFEFFb', '***, b, ***'],
])('the mask %j makes of %j %j', (mask, line, shown) => {
  expect(read([`::add-mask::${mask}`, line]).text).toBe(`${shown}\n`)
})

const file = 'a=1\n\nb=x=y<<z\nc<<EOF\none\n\ntwo=2\nEOF\nd<<E\nE\ne=\n'
const outputs = { a: '1', b: 'x=y<<z', c: 'one\n\ntwo=2', d: '', e: '' }
const noOptions = ["Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."]
const tooLong = [
  '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1024k. For more information see: https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary',
]
test.each<[keyof StepFiles, string, text: string, result: object]>([
  ['GITHUB_OUTPUT', 'name=value and heredocs', file, { outputs, outputFile: file, env: {}, errors: [] }],
  ['GITHUB_OUTPUT', 'names in any case', 'Jwt=1\nJWT=2\nend<<E\nE', { outputs: { Jwt: '2', end: '' } }],
  ['GITHUB_STATE', 'an empty name', '=abc\n', { errors: [] }],
  ['GITHUB_ENV', 'all but NODE_OPTIONS', 'node_options=-v\nA=1\n', { env: { A: '1' }, errors: noOptions }],
  ['GITHUB_PATH', 'folders', '/a\n\n/b\r\n/c\r/d', { path: ['/a', '/b', '/c', '/d'] }],
  ['GITHUB_STEP_SUMMARY', '1,048,576 bytes', 'x'.repeat(1_048_576), { errors: [] }],
  ['GITHUB_STEP_SUMMARY', 'not one byte more', 'x'.repeat(1_048_577), { errors: tooLong }],
])('%s takes %s, and the step goes on', (variable, _, text, result) => {
  expect(readFiles(text, variable)).toMatchObject({ ...result, failed: false })
})

test.each<[text: string, message: string, kinds?: string[]]>([
  ['abc', "Invalid format 'abc'"],
  ['a<<', "Invalid format 'a<<'. Name must not be empty and delimiter must not be empty"],
  ['<<a', "Invalid format '<<a'. Name must not be empty and delimiter must not be empty"],
  ['a<<EOF', "Invalid value. Matching delimiter not found 'EOF'"],
  ['a<<EOF\nb\n', "Invalid value. Matching delimiter not found 'EOF'"],
  ['a<<EOF\nb', 'Invalid value. EOF marker missing new line.'],
  ['=abc', "Value cannot be null. (Parameter 'name')", ['env', 'output']],
])(
  'files of a step with %j fail the step, but what stands before it counts',
  (text, message, ...[kinds = ['env', 'state', 'output']]) => {
    const result = readFiles(`first=1\n${text}`, 'GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_STATE')
    const unable = (kind: string) => [`Unable to process file command '${kind}' successfully.`, message]
    const errors = kinds.flatMap(unable)
    expect(result).toMatchObject({ errors, failed: true, env: { first: '1' }, outputs: { first: '1' } })
  },
)

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

const leaked = `pa ss/wö?"<&'rd`
const hexadecimal = Buffer.from(leaked).toString('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const inText = (encoding: string, before: number) => `in ${encoding}, ${before} bytes into a longer text`
test.each([
  ['as it is', leaked],
  [inText('base64', 0), base64(leaked)],
  [inText('base64', 1), base64(`x${leaked}`)],
  [inText('base64', 2), base64(`xy${leaked}z`)],
  [inText('base64url', 2), Buffer.from(`~~${leaked}`).toString('base64url')],
  ['in hex', hexadecimal],
  ['in upper-case hex', hexadecimal.toUpperCase()],
  ['percent-encoded', encodeURIComponent(leaked)],
  ['percent-encoded in lower case', encodeURIComponent(leaked).replace(/%../g, code => code.toLowerCase())],
  ['form-encoded', new URLSearchParams({ leaked }).toString()],
  ['JSON-escaped', JSON.stringify({ leaked })],
  ['XML-escaped', 'pa ss/wö?&quot;&lt;&amp;&apos;rd'],
])('findLeaks finds a secret %s, and does not repeat it', (name, text) => {
  expect(findLeaks(`before ${text} after`, ['not-there', leaked])).toEqual([`secret 2: found ${name}`])
})

const payload = Buffer.from('{"refresh_token":"renews-it"}').toString('base64url')
const jwt = `aGVhZGVy.${payload}.c2lnbmF0dXJl`
const renewal = `its refresh_token: found ${inText('base64', 0)}`
test.each([
  ['xsesamex', ' sesame\n', ['secret 1: found trimmed']],
  ['second line', 'first line\nsecond line', ['secret 1, its line 2: found as it is']],
  [payload, jwt, ['secret 1, its payload: found as it is', `secret 1, ${renewal}`]],
  ['c2lnbmF0dXJl', jwt, ['secret 1, its signature: found as it is']],
  ['renews-it', jwt, ['secret 1, its refresh_token: found as it is']],
  ['aGVhZGVy', jwt, []],
  // Too short to tell.
  ['a perfectly calm log', 'calm', []],
])('findLeaks finds in %j the parts of %j', (text, of, finds) => {
  expect(findLeaks(text, [of])).toEqual(finds)
})
