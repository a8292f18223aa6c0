/** The picture of the README shows what the built action shows. */

import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { drawPicture } from '../../scripts/support/picture.ts'
import { missingTools } from '../../scripts/support/tools.ts'

const testWithBash = missingTools() === undefined ? test : test.skip

testWithBash(
  'it is up to date; if not, run "node scripts/picture.ts", look at the picture, and commit it',
  async () => {
    const file = readFileSync(new URL('../../docs/images/log-and-summary.svg', import.meta.url), 'utf8').replaceAll(
      '\r\n',
      '\n',
    )
    expect(file).toBe(await drawPicture())
  },
)
