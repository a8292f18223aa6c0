/** docs/troubleshooting.md has one section for each error code, under the anchor that the log links to. */

import { expect, test } from '@jest/globals'
import { codes } from '../../src/errors/error.ts'
import { warnings } from '../../src/warnings.ts'
import { readText } from '../support/pages.ts'

const [, ...sections] = readText('docs/troubleshooting.md').split(/^## /m)
const ofCodes = sections.filter(section => section.startsWith('ERR_'))

test('the codes have sections, and the sections have codes, in the same order', () => {
  expect(ofCodes.map(section => section.split('\n')[0])).toEqual(codes)
})

test('a code in lower case is the anchor of its section', () => {
  // GitHub makes a heading's anchor from its letters in lower case, digits and underscores.
  expect(codes.filter(code => !/^[A-Z0-9_]+$/.test(code))).toEqual([])
})

test.each(ofCodes)('a section says in plain words what happened: %s', section => {
  expect(section).toMatch(/^ERR_\w+\n\n\*\*[A-Z`][^*]+\*\*/)
})

test('each warning has a paragraph', () => {
  const section = sections.find(text => text.startsWith('Warnings\n'))
  // Two warnings about a lifetime share a paragraph.
  expect(section?.match(/^- \*\*/gm)).toHaveLength(Object.keys(warnings).length - 1)
})
