/** Text that comes from outside and goes into a line of the log. */

import { expect, test } from '@jest/globals'
import {
  distance,
  escapeHtml,
  hasInvisible,
  inWords,
  isLoopback,
  isPrintable,
  quoteOrDescribe,
} from '../../src/text.ts'

test.each(['', 'plain', 'é名前', '::error::x', '##', '[x]', ' '])('%j can be printed', text => {
  expect(isPrintable(text)).toBe(true)
  expect(hasInvisible(text)).toBe(false)
})

test.each(['\n', 'a\rb', '\t', '\u0000', '\u007f', '\u0085', '\u2028', '\u2029', '\u202e', '\u200b', '\ufeff'])(
  '%j cannot be printed, and is invisible',
  text => {
    expect(isPrintable(text)).toBe(false)
    expect(hasInvisible(text)).toBe(true)
  },
)

test('the old command syntax cannot be printed, but is seen', () => {
  expect(isPrintable('a ##[error]b')).toBe(false)
  expect(hasInvisible('a ##[error]b')).toBe(false)
})

test.each(['\u3164', '\u2800', '\u115f', '\ud800'])('%j is invisible, too', text =>
  expect(hasInvisible(text)).toBe(true),
)

test('a value is quoted where it is short and can be printed', () => {
  expect(quoteOrDescribe('x'.repeat(80))).toBe(`is "${'x'.repeat(80)}"`)
  expect(quoteOrDescribe('x'.repeat(81))).toBe('is too long or contains invalid characters')
  expect(quoteOrDescribe('a\nb')).toBe('is too long or contains invalid characters')
})

test('HTML is text', () => expect(escapeHtml(`<a href="x">&'`)).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;'))

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [89, '1 min'],
  [90, '2 min'],
  [3599, '1 h'],
  [5400, '1 h 30 min'],
  [86_400, '24 h'],
])('%d s are %s', (seconds, words) => expect(inWords(seconds)).toBe(words))

test.each([
  ['localhost', true],
  ['localhost.', true],
  ['127.0.0.1', true],
  ['127.255.1.2', true],
  ['[::1]', true],
  ['127.0.0.1.example.org', false],
  ['127.1', false],
  ['xlocalhost', false],
  ['[::2]', false],
])('%s is loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected))

test.each([
  ['', '', 0],
  ['name', 'name', 0],
  ['', 'abc', 3],
  ['abc', '', 3],
  ['name', 'nme', 1],
  ['nme', 'name', 1],
  ['name', 'nama', 1],
  ['nmae', 'name', 1],
  ['eman', 'name', 3],
  ['memberof', 'member', 2],
  ['abcd', 'badc', 2],
  // The two letters of a swap are next to each other.
  ['axb', 'bxa', 2],
  ['xa', 'ay', 2],
  ['ax', 'ya', 2],
])('from %j to %j is a distance of %d', (a, b, expected) => expect(distance(a, b)).toBe(expected))
