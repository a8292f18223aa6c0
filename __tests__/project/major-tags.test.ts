/** The check that is red while a tag such as `v1` is not at the highest release: which ones count, and how to move it. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'
import { testWithTools } from '../support/tools.ts'

const parent = temporaryFolder()

/** The command that moves the tag of its major version to a version; nothing for none. */
function moveTo(version: string, cwd: string) {
  if (version === '') return ''
  const commit = `${execFileSync('git', ['rev-parse', `refs/tags/${version}^{commit}`], { cwd })}`.trim()
  return `git push --force origin ${commit}:refs/tags/${version.split('.')[0]}\n`
}

/** A repository in which each tag has a commit of its own; `a=b` is at the commit of b, and `branch:a` is a branch. */
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
    else if (name.startsWith('branch:')) git('branch', name.replace('branch:', ''), commit)
    else git('tag', name, `${commit}^{commit}`)
  }
  return cwd
}

/** @param released the tags of the releases, as the workflows list them: the newest first */
function check(cwd: string, released: readonly string[]) {
  const input = released
    .map(tag => `${tag}\n`)
    .reverse()
    .join('')
  const options = { cwd, input, encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync('bash', [`${root}scripts/major-tags.sh`], options)
  return { status, stdout, stderr }
}

const strays = 'v1.11.0-rc.1 v1.10.0.1 v1.010.1 vv1.99.0 x/v1.98.0 1.97.0 v1.96 v1.95.0x nightly'.split(' ')

testWithTools.each<[name: string, tags: string[], moved: string]>([
  ['no version yet', ['nightly', 'v1.0.0-rc.1'], ''],
  ['v1 at the highest version', ['v1.9.0', 'v1.10.0', ...strays, 'v1=v1.10.0'], ''],
  ['v1 at an older version', ['v1.9.0', 'v1.10.0', ...strays, 'v1=v1.9.0'], 'v1.10.0'],
  ['v1 at a pre-release', ['v1.10.0', ...strays, 'v1=v1.11.0-rc.1'], 'v1.10.0'],
  ['no v1', ['v1.9.0', ...strays], 'v1.9.0'],
  ['a fix of an older version after a newer one', ['v1.1.0', 'v1.0.1', 'v1=v1.1.0'], ''],
  ['one of two majors behind', ['v1.2.0', 'v2.0.0', 'v2.0.1', 'v1=v1.2.0', 'v2=v2.0.0'], 'v2.0.1'],
  ['a major of two digits', ['v1.2.0', 'v10.0.0', 'v1=v1.2.0', 'v10=v10.0.0'], ''],
])('%s', (_name, tags, moved) => {
  const released = tags.filter(tag => !tag.includes('='))
  const cwd = repositoryWith(tags)
  expect(check(cwd, released)).toEqual({ status: moved === '' ? 0 : 1, stdout: moveTo(moved, cwd), stderr: '' })
})

testWithTools.each<[name: string, tags: string[], released: string[], moved: string]>([
  ['a tag that was never released', ['v1.0.0', 'v1.0.9', 'v2.0.0', 'v1=v1.0.0'], ['v1.0.0'], ''],
  ['a release below such a tag', ['v1.0.0', 'v1.0.1', 'v1.0.9', 'v1=v1.0.0'], ['v1.0.0', 'v1.0.1'], 'v1.0.1'],
  ['a branch in place of a deleted v1', ['v1.0.0', 'branch:v1=v1.0.0'], ['v1.0.0'], 'v1.0.0'],
])('%s', (_name, tags, released, moved) => {
  const cwd = repositoryWith(tags)
  expect(check(cwd, released)).toMatchObject({ status: moved === '' ? 0 : 1, stdout: moveTo(moved, cwd) })
})

testWithTools(
  'a release whose tag is gone is named, also where a branch has its name, and hides no other major',
  () => {
    const cwd = repositoryWith(['v1.0.0', 'branch:v2.0.1=v1.0.0', 'v2=v1.0.0'])
    const stderr = 'v2.0.1 is released, but its tag is gone.\n'
    expect(check(cwd, ['v1.0.0', 'v2.0.1'])).toEqual({ status: 2, stdout: moveTo('v1.0.0', cwd), stderr })
  },
)

testWithTools('a tag v1 without any release is an error: the list may be lost', () => {
  const { status, stdout, stderr } = check(repositoryWith(['v1.0.0', 'v1=v1.0.0']), [])
  expect([status, stdout, stderr]).toEqual([2, '', expect.stringMatching(/no release/)])
})

testWithTools('the command that it prints makes it green', () => {
  const origin = repositoryWith(['v1.9.0', 'v1.10.0', 'v1=v1.9.0'])
  const clone = join(parent, 'clone')
  execFileSync('git', ['clone', '--quiet', origin, clone], { stdio: 'pipe' })
  const released = ['v1.9.0', 'v1.10.0']
  execFileSync('bash', ['-c', check(clone, released).stdout], { cwd: clone, stdio: 'pipe' })
  expect(check(origin, released)).toEqual({ status: 0, stdout: '', stderr: '' })
})
