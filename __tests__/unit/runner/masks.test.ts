/** What is masked, shown by what stays readable in the sandbox's model of GitHub's masker. */

import { describe, expect, test } from '@jest/globals'
import { Masker } from '../../../sandbox/runner/masker.ts'
import { secretsOfJwt, secretsOfRun, secretsOfToken } from '../../../src/runner/masks.ts'
import { signJwt } from '../../support/forge.ts'
import { rowsOf } from '../../support/rows.ts'

/** Does not repeat itself. */
const filler = Array.from({ length: 20_000 }, (_, at) => ((at * 7919 + 104_729) % 46_649).toString(36)).join('')

/** A JWT of exactly this many characters, or up to two more: 36 are its header, 128 its signature. */
function jwtOf(length: number): string {
  const start = '{"azp":"app-1234","iss":"itsyouonline","refresh_token":"a-refresh-token-1","x":"'
  const bytes = Math.ceil(((length - 36 - 128 - 2) * 3) / 4)
  return signJwt(`${start}${filler.slice(0, bytes - start.length - 2)}"}`)
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('base64')
const wrap = (text: string, columns: number) => text.replace(new RegExp(`.{${columns}}`, 'g'), '$&\n')

/** What a later step may print of a text: as shells and their usual tools do. */
const printed: [form: string, print: (text: string) => string][] = [
  ['echo', text => text],
  ['env', text => `JWT=${text}`],
  ['set -x', text => `+ curl -H 'authorization: bearer ${text}' https://example.com`],
  ['printf %q', text => text.replace(/[^\w.-]/g, '\\$&')],
  ['fold -w 80', text => wrap(text, 80)],
  ['base64 at 76 columns', text => wrap(base64(`${text}\n`), 76)],
  ['base64 at 76 columns, without a newline', text => wrap(base64(text), 76)],
  ['base64 -w0', text => base64(`${text}\n`)],
  ['base64 -w0, without a newline', text => base64(text)],
  ['openssl base64', text => wrap(base64(`${text}\n`), 64)],
  ['base64url', text => base64url(text)],
  ['base64 of JSON', text => base64(`{"token":"${text}"}`)],
  ['base64 of a header', text => base64(`jwt: ${text}\n`)],
  ['base64 of a bearer', text => base64(`bearer ${text}`)],
  ['pwsh -EncodedCommand', text => utf16(`echo ${text}`)],
  ['base64 of UTF-16', text => utf16(text)],
  ['base64 of UTF-16 behind 1', text => utf16(`x${text}`)],
  ['base64 of UTF-16 behind 2', text => utf16(`xx${text}`)],
  ['cut -d. -f2-', text => text.split('.').slice(1).join('.')],
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].flatMap((by): [string, (text: string) => string][] => [
    [`without its first ${by}`, text => text.slice(by)],
    [`without its last ${by}`, text => text.slice(0, -by)],
    [`base64 at 76 columns behind ${by}`, text => wrap(base64('x'.repeat(by) + text), 76)],
    [`base64 at 64 columns behind ${by}`, text => wrap(base64('x'.repeat(by) + text), 64)],
  ]),
]

function masked(masks: Iterable<string>, text: string): string {
  const masker = new Masker()
  for (const mask of masks) masker.add(mask)
  return masker.apply(text)
}

/** The length of the longest run of readable characters, without what stands before the secret: it is public. */
function readable(masks: Iterable<string>, text: string, publicCharacters: number): number {
  const runs = masked(masks, text).split(/[\s*]+/)
  return Math.max(...runs.map(run => (text.startsWith(run) ? run.slice(publicCharacters) : run).length))
}

// Longer JWTs get fewer masks than they need for base64 of a larger text that is broken into lines.
describe.each([300, 401, 500, 702, 1100, 1500, 2001, 2800])('a JWT of %i characters', length => {
  const jwt = jwtOf(length)
  const [header = '', payload, signature] = jwt.split('.')

  test.each(printed.filter(([form]) => length < 1700 || !form.includes('columns behind')))(
    'is hidden in the form %s',
    (_form, print) => {
      const text = print(jwt).replace(' https://example.com', '')
      const ofAnother = print(`${header}.${'~'.repeat(jwt.length - header.length - 1)}`)
      const publicCharacters = [...text].findIndex((character, at) => character !== ofAnother[at])
      expect(readable(secretsOfJwt(jwt), text, publicCharacters)).toBeLessThanOrEqual(24)
    },
  )

  test('gets masks of at least 8 characters, once each, in an order that suits every runner', () => {
    const masks = secretsOfJwt(jwt)
    expect(masks.slice(0, 4)).toEqual([signature, payload, jwt, 'a-refresh-token-1'])
    expect(Math.min(...masks.map(mask => mask.length))).toBeGreaterThanOrEqual(8)
    expect(new Set(masks).size).toBe(masks.length)
    expect(masks.filter(mask => mask.includes('='))).toEqual([]) // Padded base64 is not found inside other text.
  })
})

test.each([
  [500, 70, 85],
  [1600, 230, 256],
  [2000, 150, 256],
  [60_000, 200, 256],
])('a JWT of %i characters gets %i to %i masks', (length, least, most) => {
  const { length: masks } = secretsOfJwt(jwtOf(length))
  expect(masks).toBeGreaterThanOrEqual(least)
  expect(masks).toBeLessThanOrEqual(most)
})

describe('only what has the form of this server is masked as a JWT', () => {
  const jwt = jwtOf(400)
  const [header = '', ...others] = jwt.split('.')

  test.each([
    ['numbers with dots', '1.2.3'],
    ['a host name', 'www.example.com'],
    ['a signature that is too short', jwt.slice(0, -1)],
    ['a signature that is too long', `${jwt}A`],
    ['padding', `${jwt}=`],
    ['a fourth part', `${jwt}.a`],
    ['a line before it', `a\n${jwt}`],
    ['another algorithm', signJwt({}, { header: { alg: 'HS256' } })],
    ['the algorithm in lower case', signJwt({}, { header: { alg: 'es384' } })],
    ['a header that is null', ['bnVsbA', ...others].join('.')],
    ['a header that is not JSON', ['eA', ...others].join('.')],
  ])('not %s', (_name, text) => expect(secretsOfJwt(text)).toEqual([]))

  test('but whatever its payload is', () => {
    const text = [header, 'eA', others[1]].join('.')
    expect(secretsOfJwt(text).slice(0, 2)).toEqual([others[1], text])
  })
})

test.each([
  ['of 15 characters', 'fifteen-15-here', false],
  ['of 16 characters', 'sixteen_16-here1', true],
  ['of words', 'the word that is masked', false],
  ['of two lines', 'a-refresh-token-1\na', false],
  ['that is a number', 1234567812345678, false],
])('a refresh token %s', (_name, refreshToken, isMasked) => {
  expect(secretsOfJwt(signJwt({ refresh_token: refreshToken })).includes(String(refreshToken))).toBe(isMasked)
})

const run = (inputs: Record<string, string>, env: Record<string, string> = {}) =>
  secretsOfRun({ get: name => inputs[name], env, event: () => undefined })

describe('the secret', () => {
  const secrets = ['k9Jx-2fQ_7tLmZ4vRw8yBn3cHd6p', `Wq8_Wq8_Wq8_${filler.slice(0, 40)}`]
  const ids = ['a', 'ab', 'abc', 'my-org', 'n0BRpyWVDlCtrUMqzQ1mPAjbvVtA', 'o'.repeat(45)]
  const rows = secrets.flatMap(secret => ids.map((id): [string, string] => [id, secret]))

  test.each(rows)('is hidden in base64 of %s:%s', (id, secret) => {
    for (const end of ['', '\n']) {
      for (const columns of [1000, 76, 64]) {
        const text = wrap(base64(`${id}:${secret}${end}`), columns)
        const before = wrap(base64(`${id}:`), columns).replace(/.{0,2}=*$/, '').length
        const rest = `${text.slice(0, before)}\n${text.slice(before)}`
        expect(readable(run({ secret }), rest, before)).toBeLessThanOrEqual(12)
      }
    }
  })

  test('is masked as it is, as the request contains it, and in base64url where that differs', () => {
    const secret = '~~~??? >>>???~~~'
    expect(run({ secret }).slice(0, 2)).toEqual([secret, '%7E%7E%7E%3F%3F%3F+%3E%3E%3E%3F%3F%3F%7E%7E%7E'])
    expect(masked(run({ secret }), base64url(`ab:${secret}`)).length).toBeLessThanOrEqual(4 + 3 + 4)
  })

  test.each(['', 'x', 'xx'])('is hidden in base64 of UTF-16 behind "%s"', before => {
    const [secret = ''] = secrets
    const text = utf16(`${before}${secret}`)
    expect(readable(run({ secret }), text, utf16(before).replace(/.?=*$/, '').length)).toBeLessThanOrEqual(4)
  })

  test('is masked however short it is; an empty one is not', () => {
    expect(run({ secret: 'a' })).toEqual(['a'])
    expect([run({ secret: ' ' }), run({})]).toEqual([[], []])
  })

  test('above 512 characters, which is an error, is masked only as a whole', () => {
    expect(run({ secret: filler.slice(0, 512) }).length).toBeGreaterThan(100)
    expect(run({ secret: ` ${filler.slice(0, 513)}\n` })).toEqual([filler.slice(0, 513)])
  })
})

test('the JWT to be renewed is masked like an issued one, and whole in any other form', () => {
  const jwt = jwtOf(400)
  for (const text of [` ${jwt}\n`, `Bearer ${jwt}`]) {
    expect(new Set(run({ jwt: text }))).toEqual(new Set(secretsOfJwt(jwt)))
  }
  expect(run({ jwt: 'not-a-jwt' })).toEqual(['not-a-jwt'])
  expect(run({ jwt: 'a.b.c' })).toEqual([])
})

test.each(
  rowsOf({
    'ci:hunter22 hunter22': [
      ...['http://ci:hunter22@proxy.example:3128', ' http://ci:hunter22@proxy.example:3128'],
      // As they are pasted by mistake: with quotation marks, a part too much or too few, a name before.
      ...[
        '"http://ci:hunter22@proxy.example"',
        '<http://ci:hunter22@proxy.example>',
        'http//ci:hunter22@proxy.example',
      ],
      ...['http://http://ci:hunter22@proxy.example', 'https_proxy=http://ci:hunter22@proxy.example'],
      ...['http:/ci:hunter22@proxy.example:3128', 'http:\\\\ci:hunter22@proxy.example:3128'],
      ...['ci:hunter22@proxy.example:3128', 'ci:hunter22@proxy.example:port', 'http://ci:hunter22@proxy.example:port'],
    ],
    'ci:p%40ssword ci:p@ssword p%40ssword p@ssword': ['http://ci:p%40ssword@proxy.example'],
    'ci:p%ssword p%ssword': ['http://ci:p%ssword@proxy.example'],
    'ci:hunter22 hunter22 ci:hun\tter22 hun\tter22': [
      'http://ci:hun\tter22@proxy.example',
      'ci:hun\tter22@proxy.example',
    ],
    hunter22: ['http://:hunter22@proxy.example'],
    'ci:abc': ['http://ci:abc@proxy.example'],
    '': ['http://proxy.example/a:hunter22@b', 'http://ci@proxy.example', 'http://proxy.example:3128', ''],
  }),
)('of the proxy %j, these are masked: %j', (url, masks) => {
  for (const name of ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY']) {
    expect(run({}, { [name]: url })).toEqual(masks.split(' ').filter(Boolean))
  }
})

test('a proxy that repeats itself takes no time', () => {
  expect(run({}, { https_proxy: `${'a://'.repeat(5000)}ci:hunter22@x` })).toEqual(['ci:hunter22', 'hunter22'])
})

test('a secret is masked in lower case, too: advice about a scope may contain it so', () => {
  expect(run({ secret: 'Abcdefgh12345678' })).toContain('abcdefgh12345678')
  // A word of the log, and lines that the runner would mask one by one.
  for (const secret of ['Production', 'A secret of\nseveral Lines']) {
    expect(run({ secret })).not.toContain(secret.toLowerCase())
  }
})

test('a JWT that was verified is masked whatever its header looks like', () => {
  // jose reads a header that begins with a byte order mark.
  const [, payload, signature] = jwtOf(401).split('.')
  const header = Buffer.from('\ufeff{"alg":"ES384"}').toString('base64url')
  const jwt = `${header}.${payload}.${signature}`
  expect(secretsOfJwt(jwt)).toEqual([])
  expect(secretsOfToken({ jwt, refreshToken: undefined }).slice(0, 3)).toEqual([signature, payload, jwt])
})

describe('the pieces', () => {
  const cutBy3 = (text: string) => text.slice(0, text.length - (text.length % 3))

  test('of a JWT begin in its header, and its end is in two more', () => {
    const jwt = jwtOf(401)
    const text = jwt.slice(jwt.indexOf('.') - 2)
    const masks = secretsOfJwt(jwt)
    expect(masks).toEqual(expect.arrayContaining([text.slice(0, 21), text.slice(21, 42)]))
    for (const length of [21, 12]) {
      expect(masks).toContain(cutBy3(text).slice(-length))
      expect(masks).toContain(base64(cutBy3(text.slice(1)).slice(-length)))
    }
  })

  test('of a long JWT are plain, and its base64 is in lines', () => {
    const jwt = jwtOf(2000)
    const text = jwt.slice(jwt.indexOf('.') - 2)
    const whole = cutBy3(jwt)
    const lines = [whole.slice(57, 114), whole.slice(48, 96), whole.slice(whole.length - (whole.length % 57))]
    const masks = [text.slice(24, 48), text.slice(-24), ...lines.map(base64)]
    expect(secretsOfJwt(jwt)).toEqual(expect.arrayContaining(masks))
  })

  test('of a very long JWT are longer', () => {
    const jwt = jwtOf(6000)
    const text = jwt.slice(jwt.indexOf('.') - 2)
    const size = Math.ceil(text.length / 200)
    expect(size).toBeGreaterThan(24)
    expect(secretsOfJwt(jwt)).toContain(text.slice(size, 2 * size))
    expect(secretsOfJwt(jwt)).not.toContain(text.slice(24, 48))
  })

  test('of a secret are nine bytes, in base64', () => {
    const pieces = ['abcdefghi', 'stuvwxyzA', 'bcdefghij', 'tuvwxyzAB']
    const masks = run({ secret: 'abcdefghijklmnopqrstuvwxyzAB' })
    expect(masks).toEqual(expect.arrayContaining(pieces.map(base64)))
  })
})
