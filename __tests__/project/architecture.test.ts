/** The rules of ARCHITECTURE.md: who may import whom, what touches the world, and where the tests are. */

import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from '@jest/globals'
import { filesIn, readText, root } from '../support/pages.ts'

const sources = filesIn('src')

/** Comments would be mistaken for code. */
const codeOf = (file: string) =>
  readText(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')

/** The files that a file imports. Packages are left out. */
function importsOf(file: string, code = codeOf(file)): string[] {
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

const layers = [
  ['main'],
  ['runner'],
  ['report'],
  ['token-endpoint', 'destinations'],
  ['jwt', 'http'],
  ['inputs'],
  ['errors'],
  ['address', 'shown'],
]
/** `src/http/retry.ts` is in the module `http`; `src/main.ts` is one of its own. */
const moduleOf = (file: string) => file.split('/')[1]?.replace('.ts', '') ?? ''
const layerOf = (file: string) => layers.findIndex(layer => layer.includes(moduleOf(file)))

test('each file of src is in a module, and each module is there', () => {
  expect(layers.flat().sort()).toEqual([...new Set(sources.map(moduleOf))].sort())
})

test('ARCHITECTURE.md lists the layers, from the top', () => {
  const listed = [...readText('ARCHITECTURE.md').matchAll(/^\d\. (.+?):/gm)].map(([, names = '']) =>
    [...names.matchAll(/`([\w-]+)(?:\.ts|\/)`/g)].map(([, name]) => name),
  )
  // The page has other lists, which name no modules.
  expect(listed.filter(names => names.length)).toEqual(layers)
})

test.each(sources)('%s imports only from layers below, types too, or from its own module', file => {
  const others = importsOf(file).filter(other => moduleOf(other) !== moduleOf(file))
  expect(others.filter(other => layerOf(other) <= layerOf(file))).toEqual([])
})

test('no file imports itself through others', () => {
  // A type leaves nothing in the program.
  const direct = (file: string) => importsOf(file, codeOf(file).replaceAll(/^import type [^']*'[^']*'/gm, ''))
  const reached = (from: string[], seen: string[] = []): string[] =>
    from.length
      ? reached(
          from.flatMap(direct).filter(file => !seen.includes(file)),
          [...seen, ...from],
        )
      : seen
  expect(sources.filter(file => reached(direct(file)).includes(file))).toEqual([])
})

test.each(sources.filter(file => !/^src\/(main\.ts|runner\/)/.test(file)))(
  '%s touches neither the toolkit, the environment, files, the clock nor chance',
  file => {
    const world =
      /\bprocess\.\w+|\bglobalThis\b|@actions\/core|\bDate\.now\(|\bnew Date\(\)|\bperformance\b|\bMath\.random\(|\bconsole\b|node:fs/g
    expect(codeOf(file).match(world)).toBeNull()
  },
)

test('no file of src has a literal with \\p, which V8 would read at the start, used or not', () => {
  expect(sources.filter(file => /[^\\]\\p\{/.test(readText(file)))).toEqual([])
})

test('main.ts is one screen, and no file of src is longer than a reader likes', () => {
  const lengths = sources.map(file => ({ file, length: readText(file).split('\n').length - 1 }))
  expect(lengths.filter(({ file, length }) => length > (file === 'src/main.ts' ? 60 : 200))).toEqual([])
})

test('each file of __tests__/unit has the name and the place of a file of src', () => {
  const tested = filesIn('__tests__/unit').map(file => file.replace('__tests__/unit', 'src').replace('.test.ts', '.ts'))
  expect(tested).not.toEqual([])
  expect(tested.filter(file => !existsSync(root + file))).toEqual([])
})
