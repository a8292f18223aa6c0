import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { Job } from '../../sandbox/runner/job.ts'
import { run } from '../../sandbox/runner/process.ts'
import { defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'

/** The built action: small enough to read, nothing in it that a run does not need, and complete. */

const root = fileURLToPath(new URL('../..', import.meta.url))
const dist = `${root}dist/`
const bundle = readFileSync(`${dist}index.js`, 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'bundle-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The most that a reviewer shall have to read, in bytes. */
const LIMIT = 200_000

/** All modules that the bundle names in `require(...)`, however it is written. */
const required = [...bundle.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(match => String(match[1]))

/** The files that went into the bundle, by ncc's own comments. */
const bundledFiles = [...bundle.matchAll(/^;\/\/ CONCATENATED MODULE: (.+)$/gm)].map(match => String(match[1]))

/** The packages among them. */
const bundledPackages = new Set(
  bundledFiles.map(file => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]).filter(name => name !== undefined),
)

test('dist holds these files and no others', () => {
  expect(readdirSync(dist).sort()).toEqual(['index.js', 'licenses.txt', 'package.json'])
})

test(`dist/index.js is at most ${LIMIT} bytes, and has lines that people can read`, () => {
  expect(statSync(`${dist}index.js`).size).toBeLessThanOrEqual(LIMIT)
  const lines = bundle.split('\n')
  expect(lines.length).toBeGreaterThan(2000)
  expect(lines.filter(line => line.length > 600)).toEqual([])
  // One character beyond Latin 1, and Node keeps twice the bytes and reads them more slowly.
  expect(bundle.match(/[^\t\n -~]/g)).toBeNull()
})

test('dist/package.json says that index.js is CommonJS, whatever the package.json above it says', () => {
  expect(JSON.parse(readFileSync(`${dist}package.json`, 'utf8'))).toEqual({ type: 'commonjs' })
})

describe('what is in the bundle', () => {
  test('is the stub of undici, and nothing of the real one', () => {
    expect(bundle.match(/undici is left out of this bundle \(see [\w/.]+\)/g)).toEqual([
      'undici is left out of this bundle (see stubs/undici/index.js)',
    ])
    expect(bundledFiles).toContain('./stubs/undici/index.js')
    // Error codes, symbols, classes and files of the real package.
    const traces = [
      'UND_ERR',
      'undici.globalDispatcher',
      'UndiciError',
      'BalancedPool',
      'RetryAgent',
      'MockAgent',
      'llhttp',
      'FinalizationRegistry',
      'node_modules/undici',
      'lib/dispatcher',
      'node:diagnostics_channel',
    ]
    expect(traces.filter(trace => bundle.includes(trace))).toEqual([])
  })

  test('is the stub of tunnel, and nothing of the real one', () => {
    expect(bundledFiles).toContain('./stubs/tunnel/index.js')
    expect(['TunnelingAgent', 'making CONNECT request'].filter(trace => bundle.includes(trace))).toEqual([])
  })

  test('starts no program', () => {
    expect(required.filter(name => /child_process|worker_threads|cluster/.test(name))).toEqual([])
    // The second is a class of the real @actions/exec, and the third a function of @actions/io, which comes with it.
    expect(['child_process', 'ToolRunner', 'rmRF'].filter(trace => bundle.includes(trace))).toEqual([])
    expect(bundledFiles.filter(file => /actions\/(exec|io)\//.test(file))).toEqual([])
  })

  test("needs Node's own modules only", () => {
    expect(required.length).toBeGreaterThan(5)
    const foreign = required.filter(name => !builtinModules.includes(name.replace(/^node:/, '')))
    expect(foreign).toEqual([])
    // ncc's words for a module that it did not find; it ends with 0 all the same.
    expect(bundle.match(/Cannot find module|webpackMissingModule|MODULE_NOT_FOUND/g)).toBeNull()
  })

  test('takes code from no other place: no eval, no import() at run time', () => {
    expect(bundle.match(/\beval\(|\bnew Function\(|\bimport\(|\bprocess\.binding\b|\bimportScripts\(/g)).toBeNull()
  })

  test('names no folder of the machine that built it', () => {
    expect(bundle.includes(root)).toBe(false)
    expect(bundle.match(/\/(home|Users|root|work)\/\w+/g)).toBeNull()
  })

  test('is covered by the licences file, package by package', () => {
    const licenses = readFileSync(`${dist}licenses.txt`, 'utf8').replaceAll('\r\n', '\n')
    expect([...bundledPackages]).toEqual(expect.arrayContaining(['@actions/core', '@actions/http-client', 'jose']))
    for (const name of bundledPackages) {
      const entry = new RegExp(`(^|\\n\\n)${name}\\n(MIT|Apache-2\\.0|ISC|BSD-[23]-Clause)\\n`)
      expect({ name, covered: entry.test(licenses) }).toEqual({ name, covered: true })
    }
    expect(licenses).not.toContain(root)
  })
})

test('a copy of dist alone does its work in an empty folder', async () => {
  const home = join(folder, 'alone')
  mkdirSync(join(home, 'dist'), { recursive: true })
  for (const file of ['index.js', 'package.json']) copyFileSync(dist + file, join(home, 'dist', file))
  const server = await startItsYouOnline()
  const job = new Job({ workspace: home })
  try {
    const result = await job.runAction({
      main: join(home, 'dist', 'index.js'),
      with: {
        'app-id': defaultUserKey.applicationId,
        secret: defaultUserKey.secret,
        scope: 'user:name',
        'base-url': server.url,
        'public-key': server.publicKeyPem,
        'env-var': 'JWT',
        summary: 'true',
      },
    })
    expect(result).toMatchObject({ exitCode: 0, stderr: '', errors: [], outputs: { identity: 'deployer' } })
    expect(result.env['JWT']).toBe(result.outputs['jwt'])
    expect(result.summary).toContain('<td>verified</td>')
    // A run leaves nothing behind but the runner's own files.
    expect(readdirSync(home)).toEqual(['dist'])
    expect(readdirSync(join(home, 'dist')).sort()).toEqual(['index.js', 'package.json'])
  } finally {
    job.dispose()
    await server.close()
  }
})

test('nothing changes the bundle after ncc: a reviewer can compare it with the packages', () => {
  const build = readFileSync(`${root}scripts/build.ts`, 'utf8')
  const afterNcc = build.slice(build.indexOf("run('@vercel/ncc"))
  expect(afterNcc).toContain('dist/package.json')
  expect(afterNcc).not.toMatch(/index\.js|replace|import/)
})

describe('the Node that runs these tests', () => {
  test('is Node 24, as on the runner', () => {
    expect(process.versions.node).toMatch(/^24\./)
  })

  test('is one that npm brought, on the systems that have it', async () => {
    const brought = [`node-linux-${process.arch}`, `node-win-${process.arch}`].some(name =>
      existsSync(`${root}node_modules/${name}`),
    )
    const file = `${root}node_modules/.bin/node${process.platform === 'win32' ? '.cmd' : ''}`
    expect(existsSync(file)).toBe(brought)
    if (!brought || process.platform === 'win32') return
    const { stdout } = await run({
      file,
      arguments: ['--version'],
      directory: folder,
      environment: {},
      onLine: () => {},
      timeoutSeconds: 60,
    }).done
    expect(stdout).toMatch(/^v24\./)
  })
})
