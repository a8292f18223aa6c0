import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { defaultUserKey, startItsYouOnline } from '../sandbox/itsyouonline.ts'
import { run } from '../sandbox/process.ts'
import { Job } from '../sandbox/runner.ts'
import { makeCertificate } from './support/certificates.ts'
import { answer, startFaultyServer } from './support/faulty-server.ts'

/** The built action: small enough to read, nothing in it that a run does not need, and complete. */

const root = fileURLToPath(new URL('..', import.meta.url))
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
    // `tunnel` is CommonJS, which ncc's comments do not name.
    for (const name of [...bundledPackages, 'tunnel']) {
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

describe('what a run loads of Node', () => {
  /** Runs the action, and lists Node's modules in the order in which it loaded them. */
  async function loadedBy(inputs: Record<string, string>, env: Record<string, string> = {}) {
    const hook = join(folder, 'hook.cjs')
    const list = join(folder, 'list')
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeFileSync(process.env.LIST, process.moduleLoadList.join('\\n')))`,
    )
    const job = new Job()
    try {
      const result = await job.runAction({
        main: `${dist}index.js`,
        nodeArguments: ['--require', hook],
        env: { LIST: list, ...env },
        with: { 'app-id': defaultUserKey.applicationId, secret: defaultUserKey.secret, ...inputs },
      })
      const loaded = [...readFileSync(list, 'utf8').matchAll(/^NativeModule (.+)$/gm)].map(match => String(match[1]))
      return { result, loaded }
    } finally {
      job.dispose()
    }
  }
  const forNothing = ['assert', 'child_process', 'internal/fs/promises', 'readline']

  test('is no TLS over http, nor anything else that it does not use', async () => {
    const server = await startItsYouOnline()
    try {
      const { result, loaded } = await loadedBy({ 'base-url': server.url, 'public-key': server.publicKeyPem })
      expect(result).toMatchObject({ exitCode: 0, stderr: '', outputs: { identity: 'deployer' } })
      expect(loaded).toEqual(expect.arrayContaining(['http', 'net', 'internal/crypto/webcrypto']))
      expect([...forNothing, 'tls', 'https', 'crypto'].filter(name => loaded.includes(name))).toEqual([])
    } finally {
      await server.close()
    }
  })

  test('is TLS before any package over https: from then on Node reads its root certificates on another thread', async () => {
    const certificate = await makeCertificate()
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, certificate.cert)
    const server = await startFaultyServer({ behaviours: [answer(200, '<html>')], tls: certificate })
    try {
      const url = `https://127.0.0.1:${server.port}`
      const { result, loaded } = await loadedBy({ 'base-url': url }, { NODE_EXTRA_CA_CERTS: ca })
      expect(result).toMatchObject({ exitCode: 1, stderr: '', errors: [expect.stringContaining('an HTML page')] })
      // `os` is the first module that a package asks for.
      expect(loaded.indexOf('tls')).toBeGreaterThan(0)
      expect(loaded.indexOf('os')).toBeGreaterThan(loaded.indexOf('tls'))
      expect(forNothing.filter(name => loaded.includes(name))).toEqual([])
    } finally {
      await server.close()
    }
  })

  test('is no table of Unicode, which V8 reads for each regular expression with \\p that it finds in the file', () => {
    expect(bundle.match(/^(?!\s*(\/\/|\*)).*\/[^/\n]*\\p\{[^/\n]*\/[a-z]*[uv].*$/gm)).toBeNull()
    // Cut out by scripts/on-demand.ts, and nothing must call it.
    expect(bundle).not.toContain('encodeJsonUnencodedPayload')
  })
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
