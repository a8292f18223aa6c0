/** The release workflow's script: it stops a release whose tag, version and notes do not agree. */

import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { readText, root } from '../support/pages.ts'

const folder = temporaryFolder()
for (const file of ['scripts/release-notes.ts', 'sandbox/command-line.ts']) cpSync(join(root, file), join(folder, file))

function notes(changelog: string, tag: string, version = tag.slice(1)) {
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
  expect(notes(text, tag)).toEqual({ status: 0, stdout, stderr: '' })
})

const disagreement = 'The tag is v1.1.0, but the version in package.json is 1.2.0. They must agree.\n'
const noNotes = 'CHANGELOG.md has no heading "## [1.1.0] - <date>" with notes below it.\n'
test.each([
  ['a tag that is not the version of package.json', changelog, '1.2.0', disagreement],
  ['no heading', '# Changelog\n', '1.1.0', noNotes],
  ['a heading without a date', changelog.replace(' - 2026-12-01', ''), '1.1.0', noNotes],
  ['nothing below the heading', changelog.replace(/### Added.*thing\./s, ''), '1.1.0', noNotes],
])('%s is refused', (_name, text, version, stderr) => {
  expect(notes(text, 'v1.1.0', version)).toEqual({ status: 1, stdout: '', stderr })
})

test('the changelog of this repository has notes for the version of package.json', () => {
  const { version } = JSON.parse(readText('package.json'))
  expect(notes(readText('CHANGELOG.md'), `v${version}`)).toMatchObject({ status: 0, stderr: '' })
})
