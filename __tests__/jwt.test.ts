import { describe, expect, test } from '@jest/globals'
import { hasJwtForm, readClaims } from '../src/jwt.ts'

/** The form of a JWT, and its claims before anybody trusts them. */

/** A JWT with this text as its payload. */
function withPayload(json: string | Buffer): string {
  return `e30.${Buffer.from(json).toString('base64url')}.sig`
}
const claimsOf = (json: string) => readClaims(withPayload(json))

describe('hasJwtForm', () => {
  test.each(['a.b.c', 'a-_9.b.c', 'a.b.'])('takes %j', text => {
    expect(hasJwtForm(text)).toBe(true)
  })

  test.each([
    '',
    'a',
    'a.b',
    'a.b.c.d',
    '.b.c',
    'a..c',
    '..',
    'a.b=.c',
    'a+.b.c',
    'a/.b.c',
    ' a.b.c',
    'a.b.c\n',
    'a.b\n.c',
    'a.b.c\r',
    'é.b.c',
    'a b.c.d',
  ])('refuses %j', text => {
    expect(hasJwtForm(text)).toBe(false)
  })
})

describe('readClaims', () => {
  test.each<[json: string, claims: unknown]>([
    ['{}', {}],
    ['{"a":1}', { a: 1 }],
    [' {\t"a" : [ ] , "b"\n:{ } } ', { a: [], b: {} }],
    ['{"a":{"a":{"a":1}},"b":{"a":2}}', { a: { a: { a: 1 } }, b: { a: 2 } }],
    ['{"scope":["a","a","b:c"],"list":[{"x":1},{"x":1}]}', { scope: ['a', 'a', 'b:c'], list: [{ x: 1 }, { x: 1 }] }],
    ['{"a":"\\"b\\":1","c":"d:e"}', { a: '"b":1', c: 'd:e' }],
    ['{"a":"x\\\\","b":1}', { a: 'x\\', b: 1 }],
    ['{"":1,"\\"":2,":":3}', { '': 1, '"': 2, ':': 3 }],
    ['{"":{"":1}}', { '': { '': 1 } }],
    ['{"a":null,"b":true,"c":-1.5e3,"d":""}', { a: null, b: true, c: -1500, d: '' }],
    ['{"1":1,"0":2}', { 0: 2, 1: 1 }],
    ['{"é":1,"e\u0301":2}', { é: 1, 'e\u0301': 2 }],
    ['{"a\u2028b":1}', { 'a\u2028b': 1 }],
    ['{"constructor":1,"toString":2,"hasOwnProperty":3}', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
  ])('reads %s', (json, claims) => {
    expect(claimsOf(json)).toEqual(claims)
  })

  test.each([
    '{"exp":1,"exp":2}',
    '{"exp":1,"exp":1}',
    '{"exp":1,"a":{},"exp":2}',
    '{"exp":1,"\\u0065xp":2}',
    '{"a":1,"\\u0061":2,"b":3}',
    '{"":1,"":2}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[[{"b":1,"c":2,"b":3}]]}',
    '{"a":{"":1,"":2}}',
    '{"__proto__":1,"__proto__":2}',
    '{"a":1,"a":{"b":1}}',
    '{"a":{"b":1},"a":1}',
    '{"a":1 , "a"\n\t:2}',
    '{"\\"":1,"\\u0022":2}',
    '{"0":1,"0":2}',
  ])('refuses %s, which two readers could read differently', json => {
    expect(claimsOf(json)).toBeUndefined()
  })

  test('reads __proto__ as a claim like any other, which changes no object', () => {
    const claims = claimsOf('{"__proto__":{"iss":"x"},"a":1}')
    expect(Object.keys(claims ?? {})).toEqual(['__proto__', 'a'])
    expect(claims?.['iss']).toBeUndefined()
    expect(Object.getPrototypeOf(claims)).toBe(Object.prototype)
  })

  test.each(['', 'null', '1', '"a"', '[]', '[{"a":1}]', '{', '{"a":1}x', "{'a':1}", '{"a":1,}', '{a:1}', '\ufeff{}'])(
    'refuses %j, which is no JSON object',
    json => {
      expect(claimsOf(json)).toBeUndefined()
    },
  )

  test.each(['', '.', 'a', 'a.b', 'a.%%%.c', 'a.\0.c'])('refuses %j, which is no JWT', jwt => {
    expect(readClaims(jwt)).toBeUndefined()
  })

  test('ends for payloads of any size and depth', () => {
    expect(claimsOf(`{"a":"${'\\\\'.repeat(500_000)}"}`)).toEqual({ a: '\\'.repeat(500_000) })
    expect(claimsOf(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toBeUndefined()
    expect(claimsOf('"'.repeat(1_000_000))).toBeUndefined()
    expect(claimsOf(`{${Array.from({ length: 50_000 }, (_, at) => `"${at}":1`).join()}}`)).toHaveProperty('49999')
  })
})
