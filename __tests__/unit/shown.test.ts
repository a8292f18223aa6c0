/** Text and names from servers and inputs, on their way into a line of the log. */

import { expect, test } from '@jest/globals'
import * as shown from '../../src/shown.ts'

test.each(['', 'plain', 'é名前', '::error::x', '##', '[x]', ' '])('%j has nothing invisible, and is quoted', value => {
  expect(shown.hasInvisible(value)).toBe(false)
  expect(shown.quoteOrDescribe(value)).toBe(`is "${value}", which is not valid`)
})

const described = 'is too long or contains invalid characters'

test.each([...'\n\r\t\u0000\u007f\u0085\u2028\u2029\u202e\u200b\ufeff\u3164\u2800\u115f\ufe0f', '\ud800'])(
  '%j is invisible, and is not quoted',
  character => {
    expect(shown.hasInvisible(`a${character}b`)).toBe(true)
    expect(shown.quoteOrDescribe(`a${character}b`)).toBe(described)
  },
)

const kinds = [shown.isName, shown.isScopeName, shown.isAudienceName]

test.each([
  ...["josé_o'néil_1", 'cloud potatoes', 'cloud  potatoes', 'jane', 'a', 'O’Neil', 'l·l', 'a+b@example.org'],
  ...['my.org-1_x', 'Ünïcödé', '名前', 'नाम', 'שם', 'اسم', 'e\u0301', `a${'\u0301'.repeat(4)}`, '٣', 'x'.repeat(150)],
  // Family names need Han beyond the Basic Multilingual Plane.
  ...['𠮷田', '𠀀'.repeat(150), '\u{323af}'],
])('%s is a name', text => expect(kinds.map(isKind => isKind(text))).toEqual([true, true, true]))

test.each([
  ...['', ' ', ' a', 'a ', 'é ', 'x'.repeat(165), 'é'.repeat(165), 'a\tb', 'a\nb', 'a\n', 'a,b', '1²', '😀'],
  ...[...'$`"\\;|<>&%#{}()[]*?!~^='].map(character => `a${character}b`),
  // Invisible: zero width, Hangul fillers, Braille blank, bidi marks, soft hyphen, variation selectors, a lone surrogate.
  ...[...'\u200b\u115f\u3164\uffa0\u2800\u202e\u200f\u00ad\ufe0f\ud800'].map(character => `a${character}b`),
  ...['a\u00a0b', 'a\u3000b', 'a\u034fb', 'a\u2d7fb'],
  // Marks that would be written over the text before, or strike it out.
  ...['\u0336a', `a${'\u0336'.repeat(5)}`],
  // Letters and marks beyond the Basic Multilingual Plane, of which some have no ink.
  ...['\u{13441}', '\u{13442}', '\u{16fe4}', '\u{16ff0}', '\u{1d400}', '\u{e0100}'].map(character => `a${character}b`),
])('%j is not a name', text => expect(kinds.map(isKind => isKind(text))).toEqual([false, false, false]))

test.each([
  ['a:b', false, true, true],
  ['é:b', false, true, true],
  ['a/b', false, false, true],
  ['https://api.example:8443/x', false, false, true],
  [`user:memberof:${'x'.repeat(150)}`, false, true, false],
  ['x'.repeat(151), false, true, false],
  ['𠀀'.repeat(151), false, true, false],
])('%s is a name: %s, a scope: %s, an audience: %s', (text, ...expected) => {
  expect(kinds.map(isKind => isKind(text))).toEqual(expected)
})

test('a name with a space is shown in quotes', () => {
  expect(['jane', 'cloud potatoes'].map(shown.shownName)).toEqual(['jane', '"cloud potatoes"'])
})

test('a list of more than six names is shortened', () => {
  const names = Array.from({ length: 8 }, (_, at) => `n${at}`)
  expect(shown.listInQuotes(['a', 'b'])).toBe('"a", "b"')
  expect(shown.listInQuotes(names.slice(0, 6))).toMatch(/^"n0", "n1", .*, "n5"$/)
  expect(shown.listInQuotes(names)).toMatch(/^"n0", .*, "n5" and 2 more$/)
})

test('a value is quoted where it is short and no command', () => {
  expect(shown.quoteOrDescribe('x'.repeat(80))).toBe(`is "${'x'.repeat(80)}", which is not valid`)
  expect(shown.quoteOrDescribe('x'.repeat(81))).toBe(described)
  // The runner's old command syntax.
  expect(shown.quoteOrDescribe('a ##[error]b')).toBe(described)
})

test('markup becomes text', () => {
  expect(shown.escapeHtml(`<a href="x">&'`)).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;')
})

test.each<[text: string, secrets: string[], shares: boolean]>([
  ['https://x.example/12345678', ['ab12345678cd'], true],
  ['https://x.example/1234567', ['ab12345678cd'], false],
  ['https://ABC-def.GH.example', ['zabcDEF_ghz'], true],
  ['https://x.example/Short', ['shORt'], true],
  ['https://x.example/hort', ['short'], false],
  ['https://x.example/lastpart', ['other', 'LastPart'], true],
  ['https://x.example/begins-here', ['beginshe..................'], true],
  ['https://x.example', ['', '---'], false],
  ['https://x.example', [], false],
])('%s shares text with %j: %s', (text, secrets, shares) => expect(shown.sharesText(text, secrets)).toBe(shares))
