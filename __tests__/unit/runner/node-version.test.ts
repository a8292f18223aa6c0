/** Which Node can run this action. */

import { expect, test } from '@jest/globals'
import { tooOld } from '../../../src/runner/node-version.ts'

test.each(['v20.18.0', 'v21.0.0', 'v24.21.0', 'v100.0.0'])('%s can', version => {
  expect(tooOld(version)).toBeUndefined()
})

test.each(['v18.20.8', 'v20.9.0', 'v20.17.9', 'v0.12.18'])('%s is too old', version => {
  const message = expect.stringMatching(new RegExp(`Node 20\\.18 or newer .* ${version}:`))
  expect(tooOld(version)).toMatchObject({ code: 'ERR_NODE_VERSION', message })
})
