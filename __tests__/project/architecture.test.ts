/** ARCHITECTURE.md is true: who may import whom, and who touches the world. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8').replaceAll('\r\n', '\n')
const sources = readdirSync(`${root}src`, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile())
  .map(entry => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').split('/src/').pop() ?? '')

/** The floors of the house, as the page has them: a file imports only from floors below its own, or from its own room. */
const floors = [...read('ARCHITECTURE.md').matchAll(/^\d\. (.+?):/gm)].map(([, names = '']) =>
  [...names.matchAll(/`([\w-]+)(?:\.ts|\/)`/g)].map(match => match[1] ?? ''),
)
/** `http/retry.ts` is in the room `http`; `main.ts` is one of its own. */
const roomOf = (file: string) => file.replace(/\.ts$/, '').split('/')[0] ?? ''
const floorOf = (file: string) => floors.findIndex(floor => floor.includes(roomOf(file)))

/** Comments and texts would be mistaken for code. */
const codeOf = (file: string) =>
  read(`src/${file}`)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')

const importsOf = (file: string) =>
  [...codeOf(file).matchAll(/\bfrom '(\.[^']+)'|\bimport '(\.[^']+)'/g)].map(match =>
    posix.normalize(`${dirname(file)}/${match[1] ?? match[2]}`),
  )

test('each file of src is in a room of the page, and each room of the page is there', () => {
  const rooms = [...new Set(sources.map(roomOf))].sort()
  expect(floors.flat().sort()).toEqual(rooms)
})

test.each(sources)('src/%s imports only from floors below, or from its own room', file => {
  const wrong = importsOf(file).filter(
    other => roomOf(other) !== roomOf(file) && floorOf(other) <= floorOf(file) && !isType(file, other),
  )
  expect(wrong).toEqual([])
})

/** A type leaves nothing in the program. */
function isType(file: string, other: string): boolean {
  const name = other.split('/').pop()
  return new RegExp(`import type [^'\\n]*'[^'\\n]*${name}'`).test(codeOf(file))
}

const world = ['main.ts', 'process.ts', 'runner.ts', 'node-version.ts']
test.each(sources.filter(file => !world.includes(file)))(
  'src/%s touches neither the toolkit, the clock nor chance',
  file => {
    // The proxy and the extra CA are in the environment, which the two files that connect read themselves.
    const allowed = /^http\/(request|attempts)\.ts$/.test(file) ? /\bprocess\.env\b/g : /$^/g
    const touched = codeOf(file)
      .replaceAll(allowed, '')
      .match(
        /\bprocess\.|\bglobalThis\b|@actions\/core|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bconsole\b|node:fs/g,
      )
    expect(touched).toBeNull()
  },
)

test('main.ts is one screen, and no file of src is longer than a reader likes', () => {
  const lengths = sources.map(file => [file, read(`src/${file}`).split('\n').length - 1] as const)
  expect(lengths.find(([file]) => file === 'main.ts')?.[1]).toBeLessThanOrEqual(60)
  expect(lengths.filter(([, length]) => length > 200)).toEqual([])
})
