import { describe, expect, test } from '@jest/globals'
import { describe as describeValue, escapeHtml, isPrintable } from '../src/text.ts'

/** Text from outside, on its way into a line of the log. */

describe('isPrintable', () => {
  test.each([
    '',
    'user:name',
    'a b ~!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}',
    '# #[ ##(',
    'Zoë 日本 \u{1f511}',
    'e\u0301',
    '::error::x',
    '%0A',
    '\u00a0',
  ])('takes %j', text => {
    expect(isPrintable(text)).toBe(true)
  })

  test.each([
    ['a null', '\0'],
    ['a tab', '\t'],
    ['a newline', '\n'],
    ['a carriage return', '\r'],
    ['an escape', '\u001b[31m'],
    ['DEL', '\u007f'],
    ['NEL', '\u0085'],
    ['C1', '\u009b31m'],
    ['a line separator', '\u2028'],
    ['a paragraph separator', '\u2029'],
    ['a zero-width space', '\u200b'],
    ['a right-to-left override', '\u202e'],
    ['an isolate', '\u2066'],
    ['a byte order mark', '\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a tag character', '\u{e0041}'],
  ])('refuses %s, alone and inside', (_name, text) => {
    expect([isPrintable(text), isPrintable(`a${text}b`), isPrintable(`日${text}`)]).toEqual([false, false, false])
  })

  test('refuses the start of an old command wherever it is', () => {
    for (const text of ['##[', 'x ##[error]y', '日##[']) expect(isPrintable(text)).toBe(false)
  })

  test('refuses each character below the blank', () => {
    for (let code = 0; code < 32; code++) expect(isPrintable(String.fromCharCode(code))).toBe(false)
  })
})

describe('describe', () => {
  test('quotes a short and harmless value', () => {
    expect(describeValue('25h')).toBe('is "25h"')
    expect(describeValue('x'.repeat(80))).toBe(`is "${'x'.repeat(80)}"`)
  })

  test('never repeats any other', () => {
    for (const value of ['x'.repeat(81), 'a\nb', '\u202e', '##[x]']) {
      expect(describeValue(value)).toBe('holds characters or a length that cannot be right')
    }
  })
})

describe('escapeHtml', () => {
  test('leaves nothing that HTML reads as more than text', () => {
    expect(escapeHtml('<a href="x" id=\'y\'>&amp;</a>')).toBe(
      '&#60;a href=&#34;x&#34; id=&#39;y&#39;&#62;&#38;amp;&#60;/a&#62;',
    )
    expect(escapeHtml('Zoë, user:name')).toBe('Zoë, user:name')
  })
})
