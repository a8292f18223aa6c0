import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

/** Prints the notes of a release, cut from CHANGELOG.md. The release workflow calls it with its tag. */

const help = `Prints what CHANGELOG.md says about a version, for the page of its release.

Usage: node scripts/release-notes.ts <tag>

  <tag>   v and the version of package.json, such as v1.0.0
  --help  show this text

Exit code: 0, or 1 when the tag is not that of package.json or the changelog has nothing about it.
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

/** @returns the exit code */
function main(): number {
  const { positionals, values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h', default: false } },
    allowPositionals: true,
  })
  const [tag] = positionals
  if (values.help || tag === undefined) {
    process.stdout.write(help)
    return values.help ? 0 : 1
  }
  const { version } = JSON.parse(read('package.json')) as { version: string }
  if (tag !== `v${version}`) {
    process.stderr.write(`The tag is ${tag}, and the version in package.json is ${version}: they have to agree.\n`)
    return 1
  }
  const notes = notesOf(version, read('CHANGELOG.md'))
  if (notes === undefined) {
    process.stderr.write(`CHANGELOG.md has no heading "## [${version}] - <date>" with notes below it.\n`)
    return 1
  }
  process.stdout.write(`${notes}\n`)
  return 0
}

process.exitCode = main()
