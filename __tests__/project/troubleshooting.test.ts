/** docs/troubleshooting.md has one place for each error code, under the anchor that the log links to. */

import { expect, test } from '@jest/globals'
import { sentences } from '../../src/errors/sentences.ts'
import { anchorsOf, readText } from '../support/pages.ts'

const page = readText('docs/troubleshooting.md')

test('each code has one place, whose anchor is the code in lower case', () => {
  const anchors = anchorsOf(page).filter(anchor => anchor.startsWith('err_'))
  const codes = Object.keys(sentences).map(code => code.toLowerCase())
  expect(anchors.toSorted()).toEqual(codes.toSorted())
})

test('a heading or row has the anchors of the codes in it', () => {
  const places = page.split('\n').filter(line => /^#| \| /.test(line) && line.includes('ERR_'))
  const codes = places.map(line => line.match(/ERR_\w+/g)?.map(code => code.toLowerCase()))
  expect(places.map(anchorsOf)).toEqual(codes)
})
