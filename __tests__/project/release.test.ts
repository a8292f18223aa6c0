/** The scripts of the release workflow, run as they stand there. */

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { temporaryFolder } from '../support/folder.ts'
import { readText, root } from '../support/pages.ts'
import { describeExample } from '../support/tools.ts'

const parent = temporaryFolder()
const { check, release } = parse(readText('.github/workflows/release.yml')).jobs
const majorTag = parse(readText('.github/workflows/major-tag.yml')).jobs['major-tag']

/** Runs a step's script in a folder with these files; `gh` and `git` may be among them. @returns its exit code, and the files of the runner */
function run(
  job: { steps: { name?: string; run?: string }[] },
  name: RegExp,
  files: Record<string, string>,
  tag = 'v1.1.0',
) {
  const script = job.steps.find(step => name.test(step.name ?? ''))?.run
  if (script === undefined) throw new Error(`no step ${name}`)
  const folder = mkdtempSync(join(parent, 'release-'))
  const all = { output: '', summary: '', calls: '', bundle: '{"bundle":true}\n', gh: '', ...files }
  for (const [file, text] of Object.entries(all)) writeFileSync(join(folder, file), text)
  for (const program of ['gh', 'git'].filter(name => name in all)) chmodSync(join(folder, program), 0o755)
  symlinkSync(join(root, 'scripts'), join(folder, 'scripts'))
  const env = {
    PATH: `${folder}:${process.env['PATH']}`,
    GITHUB_REF_NAME: tag,
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    RUNNER_TEMP: folder,
    TAG: tag,
    NOTES: 'The notes.',
    BUNDLE: join(folder, 'bundle'),
  }
  const { status } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { cwd: folder, env })
  const read = (file: string) => readFileSync(join(folder, file), 'utf8')
  return { status, output: read('output'), summary: read('summary'), calls: read('calls') }
}

describeExample('the notes', () => {
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
  const notes = (text: string, tag?: string) => run(check, /^CHANGELOG/, { 'CHANGELOG.md': text }, tag)

  test.each([
    ['v1.1.0', '### Added\n\n- A thing.'],
    ['v1.0.0', '- The first.'],
  ])('of %s are what stands below its heading, without the link definitions', (tag, text) => {
    const output = `notes<<END_OF_NOTES\n\n${text}\n\nEND_OF_NOTES\n`
    expect(notes(changelog, tag)).toMatchObject({ status: 0, output })
  })

  test('contain a heading inside a code block', () => {
    const code = '```md\n## [1.0.0]\n```'
    const output = expect.stringContaining(`- A thing.\n\n${code}\n`)
    expect(notes(changelog.replace('- A thing.', `$&\n\n${code}`))).toMatchObject({ status: 0, output })
  })

  test("of this repository's version can be released", () => {
    const { version } = JSON.parse(readText('package.json'))
    expect(notes(readText('CHANGELOG.md'), `v${version}`)).toMatchObject({ status: 0 })
  })

  test.each([
    ['text under "Unreleased"', changelog.replace('[Unreleased]\n', '[Unreleased]\n\n- Not in the release.\n')],
    ['no heading for the version', changelog.replace('[1.1.0] -', '[1.10.0] -')],
    ['nothing below the heading', changelog.replace(/### Added.*thing\./s, '')],
  ])('%s stops the release', (_name, text) => {
    expect(notes(text)).toMatchObject({ status: 1, output: '' })
  })
})

describeExample('a release', () => {
  /** Stands in for GitHub's program: says what there is, and writes down what it was told to do. */
  const gh = (view: string, ...released: string[]) => `#!/bin/sh
[ "$2" = view ] && { ${view}; exit; }
[ "$2" = list ] && {
  case $* in *--exclude-pre-releases*) ;; *) echo v1.99.0 ;; esac # One that is marked as a pre-release.
  echo list >> "$RUNNER_TEMP/calls"
  printf '${released.map(name => `${name}\\n`).join('')}'
  exit
}
echo "$*" | sed "s#$RUNNER_TEMP/##" >> "$RUNNER_TEMP/calls"
`
  const create = 'release create v1.1.0 --draft --verify-tag --title v1.1.0 --notes The notes.\n'
  const publish = `release upload v1.1.0 ovc-jwt-action-v1.1.0.intoto.jsonl --clobber\nlist\nrelease edit v1.1.0 --draft=false --latest=true\n`

  test.each([
    ['that does not exist is a draft until it has the attestation', 'exit 1', create + publish],
    ['that is still a draft after a failed attempt is published', 'echo true', publish],
    ['that is published is left alone', 'echo false', 'list\n'],
  ])('%s', (_name, view, calls) => {
    expect(run(release, /^Publish/, { gh: gh(view, 'v1.0.0') })).toMatchObject({ status: 0, calls })
  })

  test.each([
    ['the first one', [], true],
    ['above what is released', ['v1.1.0-rc.1', 'v1.0.10', 'v2.0.0-rc.1'], true],
    ['a fix of an older version', ['v1.2.0', 'v1.0.0'], false],
    ['below a version of two digits', ['v1.10.0', 'v1.9.0'], false],
  ])('that is %s: %j, latest: %p', (_name, released, latest) => {
    const { calls } = run(release, /^Publish/, { gh: gh('echo true', ...released) })
    expect(calls).toContain(`--latest=${latest}`)
  })

  test('is not published where the list of releases cannot be read', () => {
    const { status, calls } = run(release, /^Publish/, { gh: gh('echo true').replace('printf', 'exit 4; printf') })
    expect({ status, calls }).toEqual({ status: 4, calls: expect.not.stringContaining('edit') })
  })

  /** Stands in for git: `v1` is a commit behind, and tags whose patch version is 9 do not exist. */
  const git = '#!/bin/sh\ncase "$*" in */v1^*) echo old ;; *.9^*) exit 128 ;; *) echo new ;; esac\n'

  test.each([
    ['v1.1.0', 0, '    git push --force origin new:refs/tags/v1\n'],
    ['v1.1.9', 1, undefined],
  ])('says how users of @v1, and not of @v2, get %s, or fails', (tag, status, command) => {
    const ended = run(release, /^Say how/, { git, releases: `v1.0.0\n${tag}\nv2.0.0\n` }, tag)
    expect([ended.status, ended.summary.split('\n\n')[1]]).toEqual([status, command])
  })

  test('that is marked as a pre-release does not move v1', () => {
    const git = '#!/bin/sh\ncase "$*" in *v1.99.0*) exit 1 ;; *) echo same ;; esac\n'
    expect(run(majorTag, /^Compare/, { gh: gh('exit 1', 'v1.0.0'), git })).toMatchObject({ status: 0 })
  })
})
