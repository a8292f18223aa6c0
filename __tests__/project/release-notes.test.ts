/** The release workflow's script: it stops a release whose tag, version and notes do not agree. */

import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'release-notes-'))
for (const file of ['scripts/release-notes.ts', 'sandbox/command-line.ts']) cpSync(join(root, file), join(folder, file))
afterAll(() => rmSync(folder, { recursive: true }))

const readRoot = (file: string) => readFileSync(join(root, file), 'utf8')

function notes(changelog: string, tag: string, version = '1.1.0') {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', version }))
  writeFileSync(join(folder, 'CHANGELOG.md'), changelog)
  const script = join(folder, 'scripts/release-notes.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, tag], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

const changelog = `# Changelog

## [Unreleased]

## [1.1.0] - 2026-12-01

### Added

- A thing.

## [1.0.0] - 2026-11-24

- The first.

[Unreleased]: https://example.com/compare
[1.1.0]: https://example.com/1.1.0
`

test.each([
  ['up to the next heading', changelog, 'v1.1.0', '### Added\n\n- A thing.\n'],
  ['without the link definitions', changelog, 'v1.0.0', '- The first.\n'],
  ['with line ends of Windows', changelog.replaceAll('\n', '\r\n'), 'v1.1.0', '### Added\n\n- A thing.\n'],
])('the notes are the text below the heading, %s', (_name, text, tag, stdout) => {
  expect(notes(text, tag, tag.slice(1))).toEqual({ status: 0, stdout, stderr: '' })
})

test('a tag that is not the version of package.json is refused', () => {
  expect(notes(changelog, 'v1.2.0')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'The tag is v1.2.0, but the version in package.json is 1.1.0. They must agree.\n',
  })
})

test.each([
  ['no heading', '# Changelog\n'],
  ['a heading without a date', '# Changelog\n\n## [1.1.0]\n\n- A thing.\n'],
  ['nothing below the heading', '# Changelog\n\n## [1.1.0] - 2026-12-01\n\n## [1.0.0] - 2026-11-24\n\n- The first.\n'],
])('%s is refused', (_name, text) => {
  const stderr = 'CHANGELOG.md has no heading "## [1.1.0] - <date>" with notes below it.\n'
  expect(notes(text, 'v1.1.0')).toEqual({ status: 1, stdout: '', stderr })
})

test('the changelog of this repository has notes for the version of package.json', () => {
  const { version } = JSON.parse(readRoot('package.json'))
  expect(notes(readRoot('CHANGELOG.md'), `v${version}`, version)).toMatchObject({ status: 0, stderr: '' })
})
