/** Where an error is explained: the page of the version that runs. */

import { expect, test } from '@jest/globals'
import { pageOf } from '../../../src/runner/process.ts'

const action = { GITHUB_ACTION_REPOSITORY: 'your-org/ovc-jwt-action', GITHUB_ACTION_REF: 'v1' }
const env = { GITHUB_SERVER_URL: 'https://github.com', ...action }

const commit = '0123456789abcdef0123456789abcdef01234567'
test.each(['v1', 'main', 'releases/v1', commit])('in the version %s that runs', ref => {
  const page = `https://github.com/your-org/ovc-jwt-action/blob/${ref}/docs/troubleshooting.md#err_scope_not_granted`
  expect(pageOf('ERR_SCOPE_NOT_GRANTED', { ...env, GITHUB_ACTION_REF: ref })).toBe(page)
})

test.each<[changes: Record<string, string | undefined>]>([
  [{ GITHUB_SERVER_URL: undefined }],
  [{ GITHUB_SERVER_URL: 'https://ghe.example' }],
  [{ GITHUB_ACTION_REPOSITORY: '' }],
  [{ GITHUB_ACTION_REPOSITORY: 'a' }],
  [{ GITHUB_ACTION_REPOSITORY: 'a/b/c' }],
  [{ GITHUB_ACTION_REPOSITORY: 'a/b\n::error::x' }],
  [{ GITHUB_ACTION_REF: undefined }],
  [{ GITHUB_ACTION_REF: 'v1 x' }],
  [{ GITHUB_ACTION_REF: 'v1\n::error::x' }],
  [{ GITHUB_ACTION_REF: 'x'.repeat(201) }],
])('nowhere for %j', changes => expect(pageOf('ERR_TIMEOUT', { ...env, ...changes })).toBeUndefined())
