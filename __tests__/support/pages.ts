/** The files of this repository, and the code blocks and anchors in its pages. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param file its path from the root of the repository */
export function readText(file: string): string {
  return readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
}

/** All files in a folder and in those below it: paths from the root, with slashes. */
export function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}

const others = /^(node_modules|dist|lib|coverage|\.git)$/
export const pages = readdirSync(root, { withFileTypes: true })
  .filter(({ name }) => !others.test(name))
  .flatMap(entry => (entry.isDirectory() ? filesIn(entry.name) : [entry.name]))
  .filter(file => file.endsWith('.md'))

/** The code blocks of a page, without their indentation. `line` is that of the first line of text, from 1. */
export function blocksOf(page: string): { language: string; text: string; line: number }[] {
  return [...page.matchAll(/^( *)```(\w+)[^\n]*\n([\s\S]*?)^\1``` *$/gm)].map(
    ([, indent = '', language = '', text = ''], index, all) => ({
      language: language.toLowerCase(),
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: page.slice(0, all[index]?.index).split('\n').length + 1,
    }),
  )
}

/** A page without its code blocks: what looks like a link or a heading there is neither. */
export function proseOf(page: string): string {
  return page.replaceAll(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, '')
}

/**
 * The anchors of a page: those that GitHub makes of headings (without links and emphasis, none of them repeated), and those
 * that it writes itself.
 */
export function anchorsOf(page: string): string[] {
  return [...proseOf(page).matchAll(/^ {0,3}#{1,6} +(.+)$|<a id="([^"]+)"><\/a>/gm)].map(([, heading = '', id]) => {
    const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, '')
    return id ?? words.replaceAll(' ', '-')
  })
}
