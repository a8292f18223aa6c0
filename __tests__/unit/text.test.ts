/** Text that comes from outside and goes into a line of the log. */

import { expect, test } from '@jest/globals'
import * as text from '../../src/text.ts'
import { rowsOf } from '../support/rows.ts'

test.each(['', 'plain', 'é名前', '::error::x', '##', '[x]', ' '])('%j can be printed', value => {
  expect(text.isPrintable(value)).toBe(true)
  expect(text.hasInvisible(value)).toBe(false)
})

test.each(['\n', 'a\rb', '\t', '\u0000', '\u007f', '\u0085', '\u2028', '\u2029', '\u202e', '\u200b', '\ufeff'])(
  '%j cannot be printed, and is invisible',
  value => {
    expect(text.isPrintable(value)).toBe(false)
    expect(text.hasInvisible(value)).toBe(true)
  },
)

test('the old command syntax cannot be printed, but is seen', () => {
  expect(text.isPrintable('a ##[error]b')).toBe(false)
  expect(text.hasInvisible('a ##[error]b')).toBe(false)
})

test.each(['\u3164', '\u2800', '\u115f', '\ud800'])('%j is invisible, too', value => {
  expect(text.hasInvisible(value)).toBe(true)
})

test('a value is quoted where it is short and can be printed', () => {
  expect(text.quoteOrDescribe('x'.repeat(80))).toBe(`is "${'x'.repeat(80)}"`)
  expect(text.quoteOrDescribe('x'.repeat(81))).toBe('is too long or contains invalid characters')
  expect(text.quoteOrDescribe('a\nb')).toBe('is too long or contains invalid characters')
})

test('HTML is text', () => expect(text.escapeHtml(`<a href="x">&'`)).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;'))

test('seconds in words', () => {
  const words = ['0 s', '59 s', '1 min', '1 min', '2 min', '1 h', '1 h 30 min', '24 h']
  expect([0, 59, 60, 89, 90, 3599, 5400, 86_400].map(text.inWords)).toEqual(words)
})

test.each(['localhost', 'localhost.', '127.0.0.1', '127.255.1.2', '[::1]'])('%s is loopback', host => {
  expect(text.isLoopback(host)).toBe(true)
})

test.each(['127.0.0.1.example.org', '127.1', 'xlocalhost', '[::2]'])('%s is not loopback', host => {
  expect(text.isLoopback(host)).toBe(false)
})

test.each(
  rowsOf({
    0: ['-', 'name-name'],
    1: ['name-nme', 'nme-name', 'name-nama', 'nmae-name'],
    // The two letters of a swap are next to each other.
    2: ['memberof-member', 'abcd-badc', 'axb-bxa', 'xa-ay', 'ax-ya'],
    3: ['-abc', 'abc-', 'eman-name'],
  }),
)('the distance of %s is %s', (words, expected) => {
  const [a = '', b = ''] = words.split('-')
  expect(text.distance(a, b)).toBe(Number(expected))
})
