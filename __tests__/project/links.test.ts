/** Every relative link, every anchor and every path in the pages leads somewhere. Links to the web are not followed. */

import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { anchorsOf, filesIn, pages, proseOf, readText, root } from '../support/pages.ts'

const proseIn = (page: string) => proseOf(readText(page))

/** Links in `[text](target)`, `[name]: target` and `href="target"` form. Code in backticks is not a link. */
function linksOf(page: string): string[] {
  const prose = proseIn(page).replaceAll(/(`+)[^`]+?\1/g, 'code')
  const inline = /\]\(\s*([^)\s]+)/g
  const definitions = /^ {0,3}\[[^\]]+\]: +(\S+)$/gm
  const html = /\b(?:href|src)="([^"]+)"/g
  return [inline, definitions, html].flatMap(form => [...prose.matchAll(form)].map(([, target = '']) => target))
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
  return anchorsOf(readText(target)).includes(anchor) ? undefined : `${link} has no such anchor`
}

/** The file that the README tells its reader to save. */
const readersFile = '.github/workflows/deploy.yml'

/** Paths of this repository in backticks. `lib` is built, and `<...>`, `*` and spaces make a pattern or a command of it. */
function pathsOf(page: string): string[] {
  const code = [...proseIn(page).matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  const folders = /^(\.ci|\.github|__tests__|dist|docs|examples|sandbox|scripts|src|stubs)\//
  const paths = code.flatMap(text => {
    const [whole, before, names, after] = /^(.*)\{([\w,-]+)\}(.*)$/.exec(text) ?? []
    return whole ? (names ?? '').split(',').map(name => `${before}${name}${after}`) : [text]
  })
  return paths.filter(text => folders.test(text) && text !== readersFile && !/[<>*\s{}$]|\.\.\./.test(text))
}

test('there are pages', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/troubleshooting.md', 'examples/README.md']))
})

const { scripts } = JSON.parse(readText('package.json'))

describe.each(pages)('%s', page => {
  test('its links lead somewhere', () => {
    expect(linksOf(page).flatMap(link => faultOf(page, link) ?? [])).toEqual([])
  })

  test('the paths that it names exist', () => {
    expect(pathsOf(page).filter(path => !existsSync(join(root, path)))).toEqual([])
  })

  test('the npm scripts that it names exist', () => {
    const named = [...readText(page).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name)
    expect(named.filter(name => !(name in scripts))).toEqual([])
  })
})

test('the links from the forms and templates to this repository lead somewhere', () => {
  const text = filesIn('.github/ISSUE_TEMPLATE').map(readText).join('\n')
  const links = [...text.matchAll(/your-org\/ovc-jwt-action\/blob\/main\/([^\s)#]+)/g)].map(([, path = '']) => path)
  expect(links).not.toEqual([])
  expect(links.filter(path => !existsSync(join(root, path)))).toEqual([])
})
