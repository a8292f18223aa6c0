/** Names that come from a server or an input and are shown in the log. */

import { expect, test } from '@jest/globals'
import { isAudienceName, isName, isScopeName, shownName } from '../../src/names.ts'

const kinds = [isName, isScopeName, isAudienceName]

test.each([
  ...["josé_o'néil_1", 'cloud potatoes', 'jane', 'a', 'O’Neil', 'l·l', 'a+b@example.org', 'my.org-1_x'],
  ...['Ünïcödé', '名前', 'नाम', 'שם', 'اسم', 'e\u0301', '٣', 'x'.repeat(150), '𠀀'.repeat(150)],
])('%s is a name', text => expect(kinds.map(isKind => isKind(text))).toEqual([true, true, true]))

test.each([
  ...['', ' ', ' a', 'a ', 'a  b', 'x'.repeat(151), 'a\tb', 'a\nb', 'a,b', '1²', '😀'],
  ...[...'$`"\\;|<>&%#{}()[]*?!~^='].map(character => `a${character}b`),
  // Invisible: zero width, Hangul fillers, Braille blank, bidi marks, soft hyphen, variation selectors, a lone surrogate.
  ...[...'\u200b\u115f\u3164\uffa0\u2800\u202e\u200f\u00ad\ufe0f\ud800'].map(character => `a${character}b`),
  ...['a\u00a0b', 'a\u3000b', 'a\u034fb'],
])('%j is not a name', text => expect(kinds.map(isKind => isKind(text))).toEqual([false, false, false]))

test.each([
  ['a:b', false, true, true],
  ['a/b', false, false, true],
  ['https://api.example:8443/x', false, false, true],
])('%s is a name: %s, a scope: %s, an audience: %s', (text, ...expected) => {
  expect(kinds.map(isKind => isKind(text))).toEqual(expected)
})

test('a name with a space is shown in quotes', () => {
  expect(['jane', 'cloud potatoes'].map(shownName)).toEqual(['jane', '"cloud potatoes"'])
})
