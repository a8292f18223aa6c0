import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'

/** Every relative link, every anchor and every path in the pages leads somewhere. Links to the web are not followed. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const generated = new Set(['node_modules', 'dist', 'lib', 'coverage', '.git'])

function pagesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (generated.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return pagesIn(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

const pages = pagesIn(root).map(path => relative(root, path).replaceAll('\\', '/'))
const read = (page: string) => readFileSync(join(root, page), 'utf8').replaceAll('\r\n', '\n')

/** A page without its code blocks: what looks like a link or a heading there is neither. */
const proseOf = (page: string) => read(page).replaceAll(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '')

/** Links in `[text](target)`, `[name]: target` and `href="target"` form. Code in backticks is not a link. */
function linksOf(page: string): string[] {
  const prose = proseOf(page).replaceAll(/(`+)[^`]+?\1/g, 'code')
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const definitions = [...prose.matchAll(/^ {0,3}\[[^\]]+\]: +<?(\S+?)>?$/gm)]
  const html = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)]
  return [...inline, ...definitions, ...html].map(match => match[1] ?? '')
}

/**
 * The anchors of a page by GitHub's rules: lower case, spaces as dashes, everything else but letters, digits, `-` and `_`
 * dropped; a repeated one gets `-1`, `-2` and so on.
 */
function anchorsOf(page: string): Set<string> {
  const prose = proseOf(page)
  const anchors = new Set([...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(match => match[1] ?? ''))
  const counts = new Map<string, number>()
  for (const [, heading = ''] of prose.matchAll(/^ {0,3}#{1,6} +(.+?) *#*$/gm)) {
    const words = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/&(lt|gt|amp|quot);/g, '')
      .replaceAll(/(?<!\w)_([^_]+)_(?!\w)/g, '$1')
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const count = counts.get(slug) ?? 0
    counts.set(slug, count + 1)
    anchors.add(count === 0 ? slug : `${slug}-${count}`)
  }
  return anchors
}

/** What is wrong with a link; undefined where nothing is. */
function faultOf(page: string, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path)).replaceAll('\\', '/')
  if (target.startsWith('..')) return `${link} leads out of the repository`
  if (!existsSync(join(root, target))) return `${link} leads to nothing`
  if (anchor === undefined) return undefined
  if (!target.endsWith('.md')) return statSync(join(root, target)).isFile() ? undefined : `${link} is not a page`
  return anchorsOf(target).has(anchor) ? undefined : `${link} has no such heading`
}

/** Paths of this repository in backticks. `lib` is built, and `<...>`, `*` and spaces make a pattern or a command of it. */
function pathsOf(page: string): string[] {
  const code = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(match => match[1] ?? '')
  const folders = /^(\.ci|\.github|__tests__|dist|docs|examples|sandbox|scripts|src|stubs)\//
  return code.filter(text => folders.test(text) && !/[<>*\s{}$]|\.\.\./.test(text))
}

test('there are pages', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'docs/troubleshooting.md', 'docs/self-hosted.md', 'docs/consumers.md']),
  )
})

describe.each(pages)('%s', page => {
  test('its links lead somewhere', () => {
    expect(linksOf(page).flatMap(link => faultOf(page, link) ?? [])).toEqual([])
  })

  test('the paths that it names exist', () => {
    expect(pathsOf(page).filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  test('the npm scripts that it names exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const named = [...read(page).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(match => match[1] ?? '')
    expect(named.filter(name => !(name in scripts))).toEqual([])
  })
})

test('the links from the forms and templates to this repository lead somewhere', () => {
  const folder = '.github/ISSUE_TEMPLATE'
  const text = readdirSync(join(root, folder)).map(name => readFileSync(join(root, folder, name), 'utf8'))
  const links = [...text.join('\n').matchAll(/your-org\/ovc-jwt-action\/blob\/main\/([^\s)#]+)/g)]
  expect(links.length).toBeGreaterThan(0)
  expect(links.map(match => match[1] ?? '').filter(path => !existsSync(join(root, path)))).toEqual([])
})
