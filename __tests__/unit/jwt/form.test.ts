/** The form of a JWT, and the claims in it. */

import { expect, test } from '@jest/globals'
import { hasIssuedForm, hasJwtForm, readClaims, readHeader } from '../../../src/jwt/form.ts'
import { claims, signJwt, unsigned } from '../../support/forge.ts'

const good = signJwt(claims())

test.each([
  ['a JWT', good, true, true],
  ['an unsigned JWT', `${unsigned(claims(), { alg: 'none' })}.`, true, false],
  ['HS256 over a signature of that length', signJwt(claims(), { header: { alg: 'HS256' } }), true, false],
  ['the algorithm in lower case', signJwt(claims(), { header: { alg: 'es384' } }), true, false],
  ['a signature that is cut', good.slice(0, -1), true, false],
  ['a signature that is too long', `${good}A`, true, false],
  ['a header that is not JSON', `eA.${good.split('.').slice(1).join('.')}`, true, false],
  ['numbers with dots', '1.2.3', true, false],
  ['a host name', 'www.example.com', true, false],
  ['two parts', good.split('.').slice(0, 2).join('.'), false, false],
  ['four parts', `${good}.a`, false, false],
  ['no payload', good.replace(/\.[^.]*\./, '..'), false, false],
  ['padding', `${good}=`, false, false],
  ['a line break', `${good}\n`, false, false],
  ['a letter of another alphabet', `е${good}`, false, false],
])('%s', (_name, text, isJwt, isIssued) => {
  expect(hasJwtForm(text)).toBe(isJwt)
  expect(hasIssuedForm(text)).toBe(isIssued)
})

test('the header and the claims are read', () => {
  expect(readHeader(good)).toEqual({ alg: 'ES384', typ: 'JWT' })
  expect(readClaims(good)).toMatchObject({ azp: 'app-1234' })
  // What is not a JWT has neither.
  expect([readHeader(''), readClaims('')]).toEqual([{}, undefined])
})

test.each(['', 'x', '[1]', 'null', '"text"', '1', '{"a":1'])('claims that are %j are none', payload => {
  expect(readClaims(signJwt(payload))).toBeUndefined()
})
