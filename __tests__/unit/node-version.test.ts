/** Which Node can run this action. */

import { expect, test } from '@jest/globals'
import { whyTooOld } from '../../src/node-version.ts'

test.each(['v20.18.0', 'v20.20.2', 'v21.0.0', 'v22.2.0', 'v24.0.0', 'v24.21.0', 'v26.1.0', 'v100.0.0'])(
  '%s can',
  version => {
    expect(whyTooOld(version)).toBeUndefined()
  },
)

test.each(['v16.20.2', 'v18.20.8', 'v20.0.0', 'v20.9.0', 'v20.17.9', 'v0.12.18'])('%s is too old', version => {
  expect(whyTooOld(version)).toBe(
    `This action needs Node 20.18 or newer and was started with ${version}: use a job image or a runner with a newer Node. GitHub's own runner brings Node 24. [ERR_NODE_VERSION]`,
  )
})
