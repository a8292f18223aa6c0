/** Which Node can run this action. */

import { expect, test } from '@jest/globals'
import { whyTooOld } from '../../src/node-version.ts'

test.each(['v20.18.0', 'v21.0.0', 'v24.21.0', 'v100.0.0'])('%s can', version => {
  expect(whyTooOld(version)).toBeUndefined()
})

test.each(['v18.20.8', 'v20.9.0', 'v20.17.9', 'v0.12.18'])('%s is too old', version => {
  const says = `needs Node 20.18 or newer and was started with ${version}: use a job image or a runner with a newer Node`
  expect(whyTooOld(version)).toMatch(new RegExp(`^This action ${says}.*\\[ERR_NODE_VERSION\\]$`))
})
