/** The README's one command, as a person types it. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { readArguments } from '../../sandbox/arguments.ts'
import { makeCertificate } from '../../sandbox/servers/certificates.ts'

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url))

type Run = { child: ChildProcess; text: { stdout: string; stderr: string }; ended: Promise<number | null> }

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [main, ...args])
  const text = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      text[stream] += chunk.replaceAll('\r\n', '\n')
    })
  }
  return { child, text, ended: once(child, 'close').then(([exitCode]) => exitCode) }
}

async function waitFor({ child, text, ended }: Run, pattern: RegExp): Promise<void> {
  while (!pattern.test(text.stdout)) {
    const end = await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), ended])
    if (!Array.isArray(end)) throw new Error(`ended with ${end}: ${text.stdout}${text.stderr}`)
  }
}

test.each([
  [['--port', 'x'], '--port takes a number from 0 to 65533, not "x".'],
  [['--port', '65534'], '--port takes a number from 0 to 65533, not "65534".'],
  [['--port'], "Option '--port <value>' argument missing. --help lists the options."],
  [['--sevre'], "Unknown option '--sevre'. --help lists the options."],
  [['serve'], "Unexpected argument 'serve'. --help lists the options."],
  [['--credentials-file', 'x.json'], '--credentials-file needs --serve.'],
  [['--tls-key', 'key.pem'], '--tls-certificate and --tls-key need each other.'],
  [['--tls-certificate', 'key.pem'], '--tls-certificate and --tls-key need each other.'],
  [['--tls-certificate', '/no/such', '--tls-key', '/no/such'], 'Cannot read /no/such (ENOENT).'],
])('%j are wrong arguments', (args, message) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})

test('arguments have defaults', () => {
  expect(readArguments(['-h'])).toMatchObject({ port: 0, serve: false, help: true, tls: undefined })
  expect(readArguments(['--port', '65533'])).toMatchObject({ port: 65_533, help: false, credentialsFile: undefined })
})

test('--help lists the options, and starts nothing', async () => {
  const { text, ended } = start('--help')
  expect([await ended, text.stderr]).toEqual([0, ''])
  expect(text.stdout).toMatch(/Usage: npm run sandbox -- .*--serve.*\n[^▶]*$/)
})

test('a port in use is told in one sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  try {
    const { text, ended } = start('--port', `${port}`)
    expect(await ended).toBe(1)
    expect(text).toEqual({ stdout: '', stderr: `Port ${port} is in use: choose another with --port.\n` })
  } finally {
    server.close()
  }
})

// Windows has no signals to send: there, Ctrl-C comes from the console.
const signalTest = process.platform === 'win32' ? test.skip : test

signalTest('the job passes, masked; then the servers stay up, over https, with a file for programs', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  const file = (name: string) => join(folder, name)
  const { cert, key } = await makeCertificate()
  writeFileSync(file('cert.pem'), cert)
  writeFileSync(file('key.pem'), key)
  const tls = ['--tls-certificate', file('cert.pem'), '--tls-key', file('key.pem')]
  const { child, text, ended } = start('--serve', '--credentials-file', file('credentials.json'), ...tls)
  try {
    await waitFor({ child, text, ended }, /-----END PUBLIC KEY-----\n\n?$/)
    expect(text.stdout).toContain('▶ Run your-org/ovc-jwt-action@v1\n  with:\n')
    expect(text.stdout).toMatch(/^ {4}secret: \*\*\*$/m)
    expect(text.stdout).toMatch(/^ {4}JWT: \*\*\*$/m)
    expect(text.stdout).toContain('cloudspaces/create: id 1\nThe JWT that was used: ***\n')
    expect(text.stdout).toMatch(/^ {2}outputs.jwt +\*\*\*\n(.*\n)* {2}outputs.identity +deployer$/m)
    expect(text.stdout).toContain('200 accounts/list  deployer@itsyouonline')
    expect(text.stdout).toContain('No form of the secret or of the JWT is in the log.')
    expect(text.stdout).not.toMatch(/eyJ[\w-]+\./)

    const credentials = JSON.parse(readFileSync(file('credentials.json'), 'utf8'))
    expect(credentials).toEqual({
      'base-url': expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      'public-key': expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
      'app-id': expect.any(String),
      secret: expect.any(String),
      username: 'deployer',
      organization: 'my-org',
      'organization-secret': expect.any(String),
      'openvcloud-url': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      'ays-url': expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    })
    expect(text.stdout).toContain(credentials['base-url'])
    expect(statSync(file('credentials.json')).mode & 0o777).toBe(0o600)
    const openvcloud = `${credentials['openvcloud-url']}/restmachine/cloudapi/locations/list`
    expect(await (await fetch(openvcloud, { method: 'POST' })).json()).toMatchObject([{ name: 'my-location' }])
    expect((await fetch(`${credentials['ays-url']}/ays/repository`)).status).toBe(401)

    child.kill('SIGTERM')
    expect([await ended, text.stderr]).toEqual([0, ''])
    expect(existsSync(file('credentials.json'))).toBe(false)
    await expect(fetch(openvcloud, { method: 'POST' })).rejects.toThrow()
  } finally {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  }
})

signalTest('SIGINT ends it while the job still runs', async () => {
  const run = start()
  await waitFor(run, /▶ Run/)
  run.child.kill('SIGINT')
  // 1 for a job that was cut short, 0 for a job that was faster than the signal.
  expect([0, 1]).toContain(await run.ended)
  expect(run.text.stderr).toBe('')
})
