/** Why a credential is empty, as far as the event tells. */

import { expect, test } from '@jest/globals'
import { whyEmpty } from '../../../src/inputs/empty.ts'

const repository = (full_name?: string, fork?: boolean) => ({ repo: { full_name, fork } })
const pull = (head: unknown, base: unknown = repository('your-org/app')) => ({ pull_request: { head, base } })

const target = { GITHUB_EVENT_NAME: 'pull_request_target' }

test.each<[name: string, event: unknown, env: Record<string, string>, reason: RegExp | undefined]>([
  ['Dependabot by its event', { sender: { login: 'dependabot[bot]' } }, {}, /^Dependabot started this run/],
  ['Dependabot by its actor', {}, { GITHUB_ACTOR: 'dependabot[bot]' }, /^Dependabot started this run/],
  ['a fork', pull(repository('someone/app', true)), {}, /^this is a pull request from a fork/],
  ['a fork that was deleted', pull({ repo: null }), {}, /^this is a pull request from a fork/],
  ['a fork in a payload without names', pull(repository(undefined, true), repository()), {}, /^this is a pull request/],
  ["a fork, with its base's rights", pull(repository('a/b', true)), target, undefined],
  ['a branch of the repository', pull(repository('your-org/app')), {}, undefined],
  ['a branch of a repository that is itself a fork', pull(repository('your-org/app', true)), {}, undefined],
  ['a payload without names', pull(repository(), repository()), {}, undefined],
  ['a push', { ref: 'refs/heads/main' }, {}, undefined],
  ['no event', undefined, {}, undefined],
  ['null', null, {}, undefined],
  ['a payload with null inside', { pull_request: null, sender: null }, {}, undefined],
  ['another event', 'text', {}, undefined],
  ['a list', [1], {}, undefined],
])('%s', (_name, event, env, reason) => {
  const found = whyEmpty(env, event)
  const code = reason?.source.includes('Dependabot') ? 'ERR_SECRETS_DEPENDABOT' : 'ERR_SECRETS_FORK'
  if (reason) expect(found).toEqual({ code, reason: expect.stringMatching(reason) })
  else expect(found).toBeUndefined()
})
