/** The built action: small enough to read, nothing in it that a run does not need, and complete. */

import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Job } from '../../sandbox/runner/job.ts'
import { inputsFor, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { temporaryFolder } from '../support/folder.ts'
import { filesIn, readText, root } from '../support/pages.ts'

const bundle = readText('dist/index.js')
/** The files that went into the bundle, by ncc's own comments. */
const files = [...bundle.matchAll(/^;\/\/ CONCATENATED MODULE: (.+)$/gm)].map(([, file = '']) => file)

test('dist has only these files, and says that index.js is CommonJS, whatever the package.json above it says', () => {
  expect(filesIn('dist').sort()).toEqual(['dist/index.js', 'dist/licenses.txt', 'dist/package.json'])
  expect(JSON.parse(readText('dist/package.json'))).toEqual({ type: 'commonjs' })
})

test('dist/index.js is at most 205,000 bytes, quick to parse, and has lines that people can read', () => {
  // With one character beyond Latin 1 Node keeps twice the bytes.
  expect(bundle.match(/[^\t\n -~]/g)).toBeNull()
  expect(bundle.length).toBeLessThanOrEqual(205_000)
  const lines = bundle.split('\n')
  expect(lines.length).toBeGreaterThan(2000)
  expect(lines.filter(line => line.length > 600)).toEqual([])
})

describe('what is in the bundle', () => {
  // Error codes, symbols, classes, sentences and files. The real @actions/exec brings @actions/io.
  test.each([
    ['undici', ['UND_ERR', 'undici.globalDispatcher', 'BalancedPool', 'MockAgent', 'llhttp', 'node_modules/undici']],
    ['tunnel', ['TunnelingAgent', 'making CONNECT request', 'node_modules/tunnel']],
    ['@actions/exec', ['ToolRunner', 'rmRF', 'actions/exec/', 'actions/io/']],
  ])('is nothing of the real %s', (_name, traces) => {
    expect(traces.filter(trace => bundle.includes(trace))).toEqual([])
  })

  test("needs Node's own modules only", () => {
    const required = [...bundle.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(([, name = '']) => name)
    expect(required.length).toBeGreaterThan(5)
    expect(required.filter(name => !builtinModules.includes(name.replace(/^node:/, '')))).toEqual([])
    // ncc's words for a module that it did not find; it ends with 0 all the same.
    expect(bundle.match(/Cannot find module|webpackMissingModule|MODULE_NOT_FOUND/g)).toBeNull()
  })

  test('starts no program, and takes code from no other place: no eval, no import() at run time', () => {
    expect(bundle.match(/child_process|worker_threads|\bcluster\b/g)).toBeNull()
    expect(bundle.match(/\beval\(|\bnew Function\(|\bimport\(|\bprocess\.binding\b|\bimportScripts\(/g)).toBeNull()
  })

  test('names no folder of the machine that built it', () => {
    for (const text of [bundle, readText('dist/licenses.txt')]) expect(text).not.toContain(root)
    expect(bundle.match(/\/(home|Users|root|work)\/\w+/g)).toBeNull()
  })

  test('is covered by the licences file, package by package, which says what is a stub', () => {
    const packages = new Set(files.flatMap(file => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []))
    expect([...packages]).toEqual(expect.arrayContaining(['@actions/core', '@actions/http-client', 'jose']))
    expect(files).toEqual(expect.arrayContaining(['./stubs/undici/index.js', './stubs/tunnel/index.js']))
    const licenses = readText('dist/licenses.txt')
    const isCovered = (name: string) =>
      new RegExp(`(^|\\n\\n)${name}\\n(MIT|Apache-2\\.0|ISC|BSD-[23]-Clause)\\n`).test(licenses)
    expect([...packages].filter(name => !isCovered(name))).toEqual([])
    for (const stub of ['undici', 'tunnel'])
      expect(licenses).toContain(`A stub of a few lines that stands in for ${stub}`)
  })
})

const home = temporaryFolder()

test('a copy of dist alone does its work in an empty folder', async () => {
  mkdirSync(join(home, 'dist'))
  for (const file of ['dist/index.js', 'dist/package.json']) copyFileSync(root + file, join(home, file))
  const server = await startItsYouOnline()
  const job = new Job({ workspace: home })
  try {
    const inputs = { ...inputsFor(server), 'env-var': 'JWT', summary: 'true' }
    const result = await job.runAction({ main: join(home, 'dist/index.js'), with: inputs })
    expect(result).toMatchObject({ exitCode: 0, stderr: '', errors: [], outputs: { identity: 'deployer' } })
    expect(result.env['JWT']).toBe(result.outputs['jwt'])
    expect(result.summary).toContain('<td>deployer ')
    // A run leaves nothing behind but the runner's own files.
    const left = readdirSync(home, { recursive: true, encoding: 'utf8' }).map(file => file.replace('\\', '/'))
    expect(left.sort()).toEqual(['dist', 'dist/index.js', 'dist/package.json'])
  } finally {
    job.dispose()
    await server.close()
  }
})

test('nothing changes the bundle after ncc: a reviewer can compare it with the packages', () => {
  const [, afterNcc] = readText('scripts/build.ts').split("run('@vercel/ncc")
  expect(afterNcc).toContain('dist/package.json')
  expect(afterNcc).not.toMatch(/index\.js|replace|import/)
})

test('the Node that runs these tests is Node 24, as on the runner, and npm brought it where it can', () => {
  expect(process.versions.node).toMatch(/^24\./)
  const systems = [`node-linux-${process.arch}`, `node-win-${process.arch}`]
  const isBrought = systems.some(name => existsSync(`${root}node_modules/${name}`))
  const file = `${root}node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`
  expect(existsSync(file)).toBe(isBrought)
  if (isBrought && process.platform !== 'win32') expect(`${execFileSync(file, ['--version'])}`).toMatch(/^v24\./)
})
