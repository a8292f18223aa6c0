import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { failures } from '../src/errors.ts'
import { readInputs } from '../src/inputs.ts'
import { verificationKey } from '../src/keys.ts'
import { warnings } from '../src/report.ts'

/** docs/troubleshooting.md has each sentence that the log can show, word for word, with <placeholders>. */

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const page = read('docs/troubleshooting.md')

/** A placeholder where the function takes a number. */
const n = (placeholder: string) => placeholder as unknown as number

/** For each function its arguments, once for each form that its sentence can take. A new function without a row fails. */
type Rows<T extends Record<string, (...args: never[]) => unknown>> = { [name in keyof T]: Parameters<T[name]>[] }

const server = '<server>'

const failureRows: Rows<typeof failures> = {
  // What is wrong with an input, and why, is below: these two sentences come from other files.
  requiredInputEmpty: [],
  inputInvalid: [],
  inputsExclusive: [[['<input>']], [['<input>', '<input>']]],
  jwtInputNotRefreshable: [[]],
  jwtInputInvalid: [['<what is wrong>']],
  tlsVerificationOff: [[]],
  runnerFileMissing: [['<variable>']],
  notHandedOn: [['<code>']],
  unreachable: [[server, '<code>']],
  timedOut: [[server, n('<seconds>'), n('<number>')]],
  waitTooLong: [[server, 'status <status>', n('<seconds>'), n('<seconds>')]],
  tlsFailed: [[server, '<code>']],
  tlsNotSpoken: [[server, '<code>']],
  certificateExpired: [[server, '<code>']],
  certificateForOtherHost: [[server, '<code>']],
  proxyInvalid: [[]],
  proxyFailed: [['<cause>']],
  redirected: [[server, '<host>']],
  badRequest: [[server]],
  scopeRefused: [
    [server, ['<scope>']],
    [server, []],
  ],
  refreshRefused: [[server]],
  refreshBadRequest: [[server]],
  notFound: [[server]],
  serverFault: [[server, 'status <status>', n('<number>')]],
  unexpectedStatus: [[server, 'status <status>']],
  brokenAnswer: [[server, '<code>']],
  answerTooLarge: [[server, n('<number>')]],
  notAJwt: [[server, '<something>']],
  jwtInvalid: [[server, '<what is wrong>']],
  jwtExpired: [[server, n('<seconds>')]],
  scopeNotGranted: [
    [['user:memberof:<organization>'], ['user:memberof:<organization>'], []],
    [['<scope>'], ['<scope>', '<scope>'], ['<scope>']],
    [['offline_access'], ['<scope>', 'offline_access'], ['<scope>']],
  ],
  cancelled: [['<signal>']],
  unexpected: [['<kind>']],
}

const warningRows: Rows<typeof warnings> = {
  signatureNotVerified: [[]],
  everythingTheKeyMayDo: [['user:admin'], ['organization:owner']],
  audienceAndOpenvCloud: [[]],
  summaryNotWritten: [[]],
  shortValidity: [[]],
  validityIgnored: [[n('<seconds>'), '<time>']],
  renewable: [[]],
  scopesLost: [[['<scope>']]],
}

function sentencesOf(functions: Record<string, unknown>, rows: Record<string, unknown[][]>): [string, string][] {
  return Object.entries(rows).flatMap(([name, calls]) =>
    calls.map((args): [string, string] => {
      const result = (functions[name] as (...args: unknown[]) => string | Error)(...args)
      return [name, typeof result === 'string' ? result : result.message]
    }),
  )
}

test('each failure and each warning has a row here', () => {
  expect(Object.keys(failureRows).sort()).toEqual(Object.keys(failures).sort())
  expect(Object.keys(warningRows).sort()).toEqual(Object.keys(warnings).sort())
})

test.each(sentencesOf(failures, failureRows))('the page explains the failure %s: %s', (_name, sentence) => {
  expect(page).toContain(`\n${sentence}\n`)
})

test.each(sentencesOf(warnings, warningRows))('the page explains the warning %s: %s', (_name, sentence) => {
  expect(page).toContain(`\n${sentence}\n`)
})

describe('inputs', () => {
  const good = { 'app-id': 'id', secret: 'secret' }
  const fork = { pull_request: { head: { repo: { fork: true } }, base: { repo: {} } } }
  const dependabot = { sender: { login: 'dependabot[bot]' } }

  const rows: [inputs: Record<string, string>, event?: unknown][] = [
    [{ 'app-id': '' }],
    [{ secret: '' }],
    [{ secret: '' }, fork],
    [{ secret: '' }, dependabot],
    [{ 'app-id': 'a\u200Bb' }],
    [{ scope: 'a\u200Bb' }],
    [{ audience: 'a\u200Bb' }],
    [{ validity: '<value>' }],
    [{ timeout: '<value>' }],
    [{ retries: '<value>' }],
    [{ summary: '<value>' }],
    [{ retries: '\u200B' }],
    [{ 'base-url': '' }],
    [{ 'base-url': 'itsyou' }],
    [{ 'base-url': 'https://user@itsyou.online' }],
    [{ 'base-url': 'https://itsyou.online?query' }],
    [{ 'base-url': 'http://itsyou.online' }],
    [{ 'public-key': 'no key' }],
    [{ 'env-var': '<value>' }],
    [{ 'env-var': 'PATH' }],
  ]

  test.each(rows)('the page explains %j', async (inputs, event = {}) => {
    const all: Record<string, string> = { ...good, ...inputs }
    const run = async () => verificationKey(readInputs({ get: name => all[name], env: {}, event: () => event }))
    const message = await run().then(
      () => 'no error',
      (error: Error) => error.message,
    )
    expect(page).toContain(`\n${message.replace('is "PATH"', 'is "<value>"')}\n`)
  })
})

describe('words that other files put into a sentence', () => {
  /** The texts of a file in single or double quotes, backslashes taken away, and what stands between the `${...}` of templates. */
  function textsIn(source: string): string[] {
    const quoted = [...source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)].map(
      match => match[1] ?? match[2],
    )
    const templates = [...source.matchAll(/`([^`]*)`/g)].flatMap(match => (match[1] ?? '').split(/\$\{[^}]*\}/))
    return [...quoted, ...templates].map(text => (text ?? '').replaceAll(/\\(.)/g, '$1'))
  }

  /** The tables' first columns, whose blanks are the formatter's. */
  const firstColumns = [...page.matchAll(/^\| (.*?) +\|/gm)].map(match => match[1] ?? '')

  const lines = (file: string) => read(file).replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')

  test('what can be wrong with a JWT (src/verify.ts)', () => {
    const found = [...lines('src/verify.ts').matchAll(/\binvalid\(\s*(['"])(.*?)\1\s*\)/g)].map(match => match[2] ?? '')
    expect(found.length).toBeGreaterThan(12)
    expect(found.filter(what => !firstColumns.includes(what))).toEqual([])
  })

  test('what else an answer can be than a JWT (src/exchange.ts)', () => {
    const calls = [...lines('src/exchange.ts').matchAll(/notAJwt\(server, .*\)$/gm)].join('\n')
    const found = textsIn(calls)
    expect(found.length).toBeGreaterThan(4)
    expect(found.filter(what => !firstColumns.includes(what))).toEqual([])
  })

  test('the reasons and remedies of inputs (src/inputs.ts)', () => {
    const found = textsIn(lines('src/inputs.ts')).filter(text => text.includes(' ') && text.endsWith('.'))
    expect(found.length).toBeGreaterThan(8)
    for (const sentence of found) expect(page).toContain(sentence)
  })
})
