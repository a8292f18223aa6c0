/** The conditions that skip forks: true for each run that gets secrets, and for no other. */

import { expect, test } from '@jest/globals'
import { blocksOf, readText } from '../support/pages.ts'
import { isTrue } from '../support/workflow/expressions.ts'

/** As GitHub reads them, also where YAML breaks the line. */
const conditions = ['examples/skip-forks.yml', 'docs/troubleshooting.md'].flatMap(page =>
  [page.endsWith('.md') ? blocksOf(readText(page)) : { text: readText(page) }].flat().flatMap(({ text }) => {
    const [, condition = ''] = /^ *if: (?:>-\n)?(.*(?:\n +(?:\|\||&&).*)*)/m.exec(text) ?? []
    return condition.includes('head.repo') ? [[page, condition] as const] : []
  }),
)

const repository = 'your-org/my-repository'
const pull = (repo: unknown) => ({ pull_request: { head: { repo } } })
const cases: [name: string, event: unknown, getsSecrets: boolean][] = [
  ['a push', {}, true],
  ['a branch of the repository', pull({ full_name: repository, fork: false }), true],
  ['a branch of a repository that is itself a fork', pull({ full_name: repository, fork: true }), true],
  ['a fork', pull({ full_name: 'someone/my-repository', fork: true }), false],
  ['a fork that was deleted', pull(null), false],
]

test('there are two', () => expect(conditions).toHaveLength(2))

test.each(conditions.flatMap(([page, condition]) => cases.map(run => [page, ...run, condition] as const)))(
  '%s: %s',
  (_page, _name, event, getsSecrets, condition) => {
    const github = { repository, actor: 'someone', event }
    expect(isTrue(condition, { github }, 'success')).toBe(getsSecrets)
  },
)
