import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

/** ARCHITECTURE.md is true: which file may import which, that all are named, and who touches the world. */

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8').replaceAll('\r\n', '\n')
const page = read('ARCHITECTURE.md')

const list = (folder: string) =>
  readdirSync(root + folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').split(`/${folder}/`).pop() ?? '')
const sources = list('src').sort()

/** The rows of the table of src, in its order: the file, and what it imports. */
const rows = [...page.matchAll(/^\| \[src\/([\w-]+\.ts)\]\(src\/\1\) *\|[^|]+\|([^|]*)\|$/gm)].map(
  ([, file = '', imports = '']) => ({
    file,
    imports: [...imports.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? ''),
  }),
)

/** Comments and texts would be mistaken for code. */
function codeOf(file: string): string {
  return read(`src/${file}`)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
}

/** `./http.ts` as `http.ts`, and a file inside a package as the package. */
function importsOf(file: string): string[] {
  const statement = /^(?:import\s+|(?:import|export)\s[\w*{}\s,$]*?\sfrom\s+)'([^']+)'|\bimport\(\s*'([^']+)'/gm
  const names = [...codeOf(file).matchAll(statement)]
  return names.map(match => (match[1] ?? match[2] ?? '').replace(/^\.\//, '').replace(/^(@[^/]+\/[^/]+)\/.*$/, '$1'))
}

test('the table names each file of src, once', () => {
  expect(rows.map(row => row.file).sort()).toEqual(sources)
})

test.each(rows)('src/$file imports what the table says', ({ file, imports }) => {
  expect([...new Set(importsOf(file))].sort()).toEqual([...imports].sort())
})

test('a file imports only from files below it in the table, so that there are no cycles', () => {
  const order = rows.map(row => row.file)
  const upwards = order.flatMap((file, place) =>
    importsOf(file)
      .filter(name => name.endsWith('.ts') && order.indexOf(name) <= place)
      .map(name => `${file} imports ${name}`),
  )
  expect(upwards).toEqual([])
})

// preload.ts is one statement: see below.
const pure = sources.filter(file => !['main.ts', 'preload.ts'].includes(file))

test.each(pure)('src/%s touches neither environment, clock nor chance', file => {
  const touched = codeOf(file).match(
    /\bprocess\b|\bglobalThis\b|@actions\/core|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bconsole\b|\bperformance\b/g,
  )
  expect(touched).toBeNull()
})

test('no file of src is longer than a reader likes', () => {
  const lengths = Object.fromEntries(sources.map(file => [file, read(`src/${file}`).split('\n').length - 1]))
  expect(lengths['main.ts']).toBeLessThanOrEqual(130)
  expect(lengths['preload.ts']).toBeLessThanOrEqual(10)
  expect(Object.entries(lengths).filter(([, length]) => length > 300)).toEqual([])
})

test.each(['sandbox', 'scripts'])('each file of %s has a line', folder => {
  const missing = list(folder).filter(file => !page.includes(`\n| [${folder}/${file}](${folder}/${file}) `))
  expect(missing).toEqual([])
})

test('each folder of tests has a line', () => {
  const folders = readdirSync(`${root}__tests__`, { withFileTypes: true }).filter(entry => entry.isDirectory())
  const names = folders.map(entry => entry.name).filter(name => !name.startsWith('support'))
  expect(names.filter(name => !page.includes(`](__tests__/${name})`))).toEqual([])
})
