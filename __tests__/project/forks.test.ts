/** The condition that skips forks: true for each run that gets secrets, and for no other. */

import { expect, test } from '@jest/globals'
import { blocksOf, readText } from '../support/pages.ts'
import { isTrue } from '../support/workflow/expressions.ts'

/** As GitHub reads it, also where YAML breaks the line. */
const conditions = blocksOf(readText('docs/troubleshooting.md')).flatMap(({ text }) => {
  const [, condition = ''] = /^ *if: (?:>-\n)?(.*(?:\n +(?:\|\||&&).*)*)/m.exec(text) ?? []
  return condition.includes('head.repo') ? [condition] : []
})

const repository = 'your-org/my-repository'
const pull = (repo: unknown) => ({ pull_request: { head: { repo } } })
const cases: [name: string, event: unknown, getsSecrets: boolean][] = [
  ['a push', {}, true],
  ['a branch of the repository', pull({ full_name: repository, fork: false }), true],
  ['a branch of a repository that is itself a fork', pull({ full_name: repository, fork: true }), true],
  ['a fork', pull({ full_name: 'someone/my-repository', fork: true }), false],
  ['a fork that was deleted', pull(null), false],
]

test('the page has one', () => expect(conditions).toHaveLength(1))

test.each(cases)('%s', (_name, event, getsSecrets) => {
  const github = { repository, actor: 'someone', event }
  expect(isTrue(`${conditions[0]}`, { github }, 'success')).toBe(getsSecrets)
})
