/** Which room may import from which, and that each test of a source file stands where the file does. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Paths from the root, with slashes. */
const filesOf = (folder: string) =>
  readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
    .map(file => `${folder}/${file.replaceAll('\\', '/')}`)
    .filter(file => /\.[cm]?[jt]s$/.test(file))

/** The files that a file imports, from the root. Packages are left out. */
function importsOf(file: string): string[] {
  const names = readFileSync(root + file, 'utf8').matchAll(/(?:\bfrom|\bimport|\brequire\()\s*\(?'(\.[^']+)'/g)
  return [...names].map(([, name = '']) => posix.join(posix.dirname(file), name))
}

const rooms = [
  { room: 'sandbox', forbidden: ['__tests__', 'scripts', 'src'] },
  { room: 'scripts', forbidden: ['__tests__'] },
  { room: 'src', forbidden: ['__tests__', 'sandbox', 'scripts'] },
]

test.each(rooms)('$room imports nothing from $forbidden', ({ room, forbidden }) => {
  const edges = filesOf(room).flatMap(file => importsOf(file).map(target => ({ file, target })))
  // Otherwise the pattern above no longer finds imports.
  expect(edges.length).toBeGreaterThan(0)
  expect(edges.filter(({ target }) => forbidden.includes(target.split('/')[0] ?? ''))).toEqual([])
})

test('each file of __tests__/unit has the name and the place of a file of src', () => {
  const sources = filesOf('__tests__/unit').map(file =>
    file.replace('__tests__/unit', 'src').replace('.test.ts', '.ts'),
  )
  expect(sources.length).toBeGreaterThan(0)
  expect(sources.filter(file => !existsSync(root + file))).toEqual([])
})
