/** Prints the notes of a release, taken from CHANGELOG.md. The release workflow calls it with its tag. */

import { readFileSync } from 'node:fs'
import { ExplainedError, runCommand } from '../sandbox/command-line.ts'

const help = `Prints what CHANGELOG.md says about a version, for the page of its release.

Usage: node scripts/release-notes.ts <tag>

  <tag>   v and the version in package.json, such as v1.0.0
  --help  show this text

Exit code: 0; 1 when the tag is not the version in package.json or the changelog has no notes about
it; 2 for wrong arguments.
`

function read(file: string): string {
  return readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
}

/**
 * The text between the heading of a version and the next one, with the link definitions at the end of the file left out.
 *
 * @returns undefined where there is no such heading, no date in it, or nothing below it
 */
function notesOf(version: string, changelog: string): string | undefined {
  const sections = changelog.replaceAll('\r\n', '\n').split(/^## /m)
  const section = sections.find(text => text.startsWith(`[${version}] - `) || text.startsWith(`${version} - `))
  if (!section || !/^\S+ - \d{4}-\d{2}-\d{2}\n/.test(section)) return undefined
  const notes = section
    .slice(section.indexOf('\n'))
    .replace(/^\[[^\]]+\]: \S+$/gm, '')
    .trim()
  return notes || undefined
}

await runCommand(async () => {
  const [tag, ...rest] = process.argv.slice(2)
  if (tag === '--help' || tag === '-h') {
    process.stdout.write(help)
    return 0
  }
  if (tag === undefined || tag.startsWith('-') || rest.length > 0) {
    throw new ExplainedError('Give one tag, such as v1.0.0. --help shows how.', 2)
  }
  const { version } = JSON.parse(read('package.json')) as { version: string }
  if (tag !== `v${version}`) {
    throw new ExplainedError(`The tag is ${tag}, but the version in package.json is ${version}. They must agree.`, 1)
  }
  const notes = notesOf(version, read('CHANGELOG.md'))
  if (notes === undefined) {
    throw new ExplainedError(`CHANGELOG.md has no heading "## [${version}] - <date>" with notes below it.`, 1)
  }
  process.stdout.write(`${notes}\n`)
  return 0
})
