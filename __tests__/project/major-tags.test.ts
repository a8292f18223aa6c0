/** The check that is red while a tag such as `v1` is not at the highest version: which tags count, and how to move it. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'
import { testWithTools } from '../support/tools.ts'

const parent = temporaryFolder()
const move = (version: string, major = version.split('.')[0]) =>
  `git push --force origin '${version}^{commit}:refs/tags/${major}'\n`

/** A repository in which each tag has a commit of its own; a tag `a=b` is at the commit of the tag b. */
function repositoryWith(tags: readonly string[]) {
  const cwd = mkdtempSync(join(parent, 'tags-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd, stdio: 'pipe' })
  git('init', '--bare', '--quiet')
  const tree = `${git('mktree')}`.trim()
  for (const tag of tags) {
    const [name = '', same] = tag.split('=')
    const commit = same ?? `${git('commit-tree', tree, '-m', name)}`.trim()
    // One is annotated, and so not the commit itself.
    if (name === 'v1.10.0') git('tag', '-m', name, name, commit)
    else git('tag', name, `${commit}^{commit}`)
  }
  return cwd
}

function check(cwd: string) {
  const { status, stdout, stderr } = spawnSync('bash', [`${root}scripts/major-tags.sh`], { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

const strays = 'v1.11.0-rc.1 v1.10.0.1 v1.010.1 vv1.99.0 x/v1.98.0 1.97.0 v1.96 v1.95.0x nightly'.split(' ')

testWithTools.each<[name: string, tags: string[], stdout: string]>([
  ['no version yet', ['nightly', 'v1.0.0-rc.1'], ''],
  ['v1 at the highest version', ['v1.9.0', 'v1.10.0', ...strays, 'v1=v1.10.0'], ''],
  ['v1 at an older version', ['v1.9.0', 'v1.10.0', ...strays, 'v1=v1.9.0'], move('v1.10.0')],
  ['v1 at a pre-release', ['v1.10.0', ...strays, 'v1=v1.11.0-rc.1'], move('v1.10.0')],
  ['no v1', ['v1.9.0', ...strays], move('v1.9.0')],
  ['a fix of an older version after a newer one', ['v1.1.0', 'v1.0.1', 'v1=v1.1.0'], ''],
  ['one of two majors behind', ['v1.2.0', 'v2.0.0', 'v2.0.1', 'v1=v1.2.0', 'v2=v2.0.0'], move('v2.0.1')],
  ['a major of two digits', ['v1.2.0', 'v10.0.0', 'v1=v1.2.0', 'v10=v10.0.0'], ''],
])('%s', (_name, tags, stdout) => {
  expect(check(repositoryWith(tags))).toEqual({ status: stdout === '' ? 0 : 1, stdout, stderr: '' })
})

testWithTools('the command that it prints makes it green', () => {
  const origin = repositoryWith(['v1.9.0', 'v1.10.0', 'v1=v1.9.0'])
  const clone = join(parent, 'clone')
  execFileSync('git', ['clone', '--quiet', origin, clone], { stdio: 'pipe' })
  execFileSync('bash', ['-c', check(clone).stdout], { cwd: clone, stdio: 'pipe' })
  expect(check(origin)).toEqual({ status: 0, stdout: '', stderr: '' })
})
