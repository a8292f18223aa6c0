/** The picture of the README shows what the built action shows. */

import { expect } from '@jest/globals'
import { drawPicture } from '../../scripts/picture.ts'
import { readText } from '../support/pages.ts'
import { testWithTools } from '../support/tools.ts'

testWithTools('it is up to date; if not, run "npm run picture", look at the picture, and commit it', async () => {
  expect(readText('docs/images/log-and-summary.svg')).toBe(await drawPicture())
})
