/** docs/troubleshooting.md has one section for each error code, under the anchor that the log links to. */

import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { codes } from '../../src/errors/error.ts'
import { pageOf } from '../../src/errors/page.ts'
import { warnings } from '../../src/warnings.ts'

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const [, ...sections] = page.split(/^## /m)
const headings = sections.map(section => section.slice(0, section.indexOf('\n')))
const sectionsOfCodes = sections.filter(section => section.startsWith('ERR_'))

test('the codes have sections, and the sections have codes, in the same order', () => {
  expect(headings.filter(heading => heading.startsWith('ERR_'))).toEqual(codes)
})

test.each(codes)('the link of %s leads to its section', code => {
  const env = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_ACTION_REPOSITORY: 'your-org/ovc-jwt-action',
    GITHUB_ACTION_REF: 'v1',
  }
  // GitHub makes a heading's anchor from its letters in lower case, digits and underscores.
  expect(code).toMatch(/^[A-Z0-9_]+$/)
  expect(pageOf(code, env)).toMatch(new RegExp(`/docs/troubleshooting\\.md#${code.toLowerCase()}$`))
})

test.each(sectionsOfCodes)('a section says in plain words what happened: %s', section => {
  expect(section).toMatch(/^ERR_\w+\n\n\*\*[A-Z`][^*]+\*\*/)
})

test('each warning has a paragraph', () => {
  const section = sections[headings.indexOf('Warnings')] ?? ''
  // Two warnings about a lifetime share a paragraph.
  expect(section.match(/^- \*\*/gm)).toHaveLength(Object.keys(warnings).length - 1)
})
