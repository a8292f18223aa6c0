/** Names that come from a server or an input and are shown in the log. */

import { describe, expect, test } from '@jest/globals'
import { isAudienceName, isName, isScopeName, shownName } from '../../src/names.ts'

const good = [
  ...["josé_o'néil_1", 'cloud potatoes', 'jane', 'a', 'O’Neil', 'l·l', 'a+b@example.org', 'my.org-1_x'],
  ...['Ünïcödé', '名前', 'नाम', 'שם', 'اسم', 'e\u0301', '٣', 'x'.repeat(150), '𠀀'.repeat(150)],
]
test.each(good)('%s is a name', text => {
  expect(isName(text)).toBe(true)
  expect(isScopeName(`user:${[...text].slice(0, 145).join('').trimEnd()}`)).toBe(true)
  expect(isAudienceName(text)).toBe(true)
})

const bad = [
  ...['', ' ', ' a', 'a ', 'a  b', 'x'.repeat(151), 'a\tb', 'a\nb', 'a,b'],
  ...[...'$`"\\;|<>&%#{}()[]*?!~^='].map(character => `a${character}b`),
  // Invisible: zero width, Hangul fillers, Braille blank, bidi marks, soft hyphen, variation selectors, a lone surrogate.
  ...[
    'a\u200bb',
    'a\u115fb',
    'a\u3164b',
    'a\uffa0b',
    'a\u2800b',
    'a\u202eb',
    'a\u200fb',
    'a\u00adb',
    'a\ufe0fb',
    'a\ud800b',
  ],
  ...['a\u00a0b', 'a\u3000b', '1²', 'a\u034fb', '😀'],
]
test.each(bad)('%j is not a name', text => {
  expect(isName(text)).toBe(false)
  expect(isScopeName(text)).toBe(false)
  expect(isAudienceName(text)).toBe(false)
})

describe('a colon and a slash', () => {
  test.each([
    ['a:b', false, true, true],
    ['a/b', false, false, true],
    ['https://api.example:8443/x', false, false, true],
  ])('%s', (text, name, scope, audience) => {
    expect([isName(text), isScopeName(text), isAudienceName(text)]).toEqual([name, scope, audience])
  })
})

test('a name with a space is shown in quotes', () => {
  expect(['jane', 'cloud potatoes'].map(shownName)).toEqual(['jane', '"cloud potatoes"'])
})
