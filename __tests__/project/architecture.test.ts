/** ARCHITECTURE.md is true: who may import whom, who touches the world, and where the tests are. */

import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from '@jest/globals'
import { filesIn, readText, root } from '../support/pages.ts'

const sources = filesIn('src')

/** The files that a file imports. Packages are left out. */
function importsOf(file: string, code = readText(file)): string[] {
  const names = code.matchAll(/(?:\bfrom|\bimport|\brequire\()\s*\(?'(\.[^']+)'/g)
  return [...names].map(([, name = '']) => posix.join(posix.dirname(file), name))
}

test.each([
  ['sandbox', ['__tests__', 'scripts', 'src']],
  ['scripts', ['__tests__']],
  ['src', ['__tests__', 'sandbox', 'scripts']],
])('%s imports nothing from %j', (folder, forbidden) => {
  const scripts = filesIn(folder).filter(file => /\.[cm]?[jt]s$/.test(file))
  const imports = scripts.flatMap(file => importsOf(file).map(target => `${target}, by ${file}`))
  // Otherwise the pattern above no longer finds imports.
  expect(imports).not.toEqual([])
  expect(imports.filter(target => forbidden.includes(target.split('/')[0] ?? ''))).toEqual([])
})

/** The floors of the house, as the page has them. */
const floors = [...readText('ARCHITECTURE.md').matchAll(/^\d\. (.+?):/gm)].map(([, names = '']) =>
  [...names.matchAll(/`([\w-]+)(?:\.ts|\/)`/g)].map(match => match[1] ?? ''),
)
/** `src/http/retry.ts` is in the room `http`; `src/main.ts` is one of its own. */
const roomOf = (file: string) => file.split('/')[1]?.replace('.ts', '') ?? ''
const floorOf = (file: string) => floors.findIndex(floor => floor.includes(roomOf(file)))

/** Comments would be mistaken for code. */
const codeOf = (file: string) =>
  readText(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')

test('each file of src is in a room of the page, and each room of the page is there', () => {
  expect(floors.flat().sort()).toEqual([...new Set(sources.map(roomOf))].sort())
})

test.each(sources)('%s imports only from floors below, or from its own room', file => {
  // A type leaves nothing in the program.
  const code = codeOf(file).replaceAll(/^import type [^']*'[^']*'/gm, '')
  const others = importsOf(file, code).filter(other => roomOf(other) !== roomOf(file))
  expect(others.filter(other => floorOf(other) <= floorOf(file))).toEqual([])
})

const outermost = /^src\/(main|process|runner|node-version)\.ts$/
test.each(sources.filter(file => !outermost.test(file)))(
  '%s touches neither the toolkit, the clock nor chance',
  file => {
    // The proxy and the extra CA are in the environment, which the two files that connect read themselves.
    const allowed = /^src\/http\/(request|attempts)\.ts$/.test(file) ? 'process.env' : ''
    const world =
      /\bprocess\.(env\b)?|\bglobalThis\b|@actions\/core|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bconsole\b|node:fs/g
    expect((codeOf(file).match(world) ?? []).filter(use => use !== allowed)).toEqual([])
  },
)

test('main.ts is one screen, and no file of src is longer than a reader likes', () => {
  const lengths = sources.map(file => ({ file, length: readText(file).split('\n').length - 1 }))
  expect(lengths.filter(({ file, length }) => length > (file === 'src/main.ts' ? 60 : 200))).toEqual([])
})

test('each file of __tests__/unit has the name and the place of a file of src', () => {
  const tested = filesIn('__tests__/unit').map(file => file.replace('__tests__/unit', 'src').replace('.test.ts', '.ts'))
  expect(tested).not.toEqual([])
  expect(tested.filter(file => !existsSync(root + file))).toEqual([])
})
