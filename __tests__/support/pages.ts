/** The pages of this repository, and the code blocks in them. */

import { readFileSync } from 'node:fs'

/** @param page its path from the root of the repository */
export function readPage(page: string): string {
  return readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
}

export type Block = { language: string; text: string; line: number }

/** The code blocks of a page, without their indentation. `line` is that of the first line of text, from 1. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(/^( *)```(\w+)[^\n]*\n([\s\S]*?)^\1``` *$/gm)].map(
    ([, indent = '', language = '', text = ''], index, all) => ({
      language: language.toLowerCase(),
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      line: page.slice(0, all[index]?.index).split('\n').length + 1,
    }),
  )
}
