import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { makeCertificate } from '../support/certificates.ts'

/** The README's one command, as somebody types it. */

const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url))

type Run = { child: ChildProcess; output: () => string; errors: () => string; ended: Promise<number | null> }

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [main, ...args])
  let [output, errors] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const ended = once(child, 'close').then(([exitCode]) => exitCode)
  return { child, output: () => output, errors: () => errors, ended }
}

async function runToEnd(...args: string[]) {
  const run = start(...args)
  const exitCode = await run.ended
  return { exitCode, output: run.output(), errors: run.errors() }
}

async function waitFor(run: Run, pattern: RegExp): Promise<string> {
  while (!pattern.test(run.output())) {
    const ended = await Promise.race([once(run.child.stdout as NodeJS.ReadableStream, 'data'), run.ended])
    if (!Array.isArray(ended)) throw new Error(`ended with ${ended}: ${run.output()}${run.errors()}`)
  }
  return run.output()
}

test('the job passes, and its log shows *** where the mask worked', async () => {
  const { exitCode, output, errors } = await runToEnd()
  expect(errors).toBe('')
  expect(exitCode).toBe(0)
  expect(output).toContain('▶ Run your-org/ovc-jwt-action@v1\n  with:\n')
  expect(output).toMatch(/^ {4}secret: \*\*\*$/m)
  expect(output).toMatch(/^ {4}JWT: \*\*\*$/m)
  expect(output).toContain('cloudspaces/create: id 1\nThe JWT that was used: ***\n')
  expect(output).toMatch(/^ {2}outputs.jwt +\*\*\*$/m)
  expect(output).toMatch(/^ {2}outputs.identity +deployer$/m)
  expect(output).toContain('200 accounts/list  deployer@itsyouonline')
  expect(output).toContain('No form of the secret or of the JWT is in the log.')
  expect(output).not.toMatch(/eyJ[\w-]+\./)
})

test('--help says what there is, and starts nothing', async () => {
  for (const flag of ['--help', '-h']) {
    const { exitCode, output, errors } = await runToEnd(flag)
    expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' })
    expect(output).toMatch(/Usage: npm run sandbox -- \[--port <number>\] \[--serve\] \[--credentials-file <file>\]/)
  }
})

test.each([
  [['--port', 'x'], '--port takes a number from 0 to 65533, not "x".'],
  [['--port', '65534'], '--port takes a number from 0 to 65533, not "65534".'],
  [['--port'], "Option '--port <value>' argument missing. --help shows what there is."],
  [['--sevre'], "Unknown option '--sevre'. --help shows what there is."],
  [['--credentials-file', 'x.json'], '--credentials-file needs --serve.'],
  [['--tls-key', 'key.pem'], '--tls-certificate and --tls-key need each other.'],
  [['--tls-certificate', '/no/such', '--tls-key', '/no/such'], '/no/such cannot be read (ENOENT).'],
  [['serve'], "Unexpected argument 'serve'. --help shows what there is."],
])('%j is answered with one sentence', async (args, sentence) => {
  expect(await runToEnd(...args)).toEqual({ exitCode: 2, output: '', errors: `${sentence}\n` })
})

test('a port in use is answered with one sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  try {
    const result = await runToEnd('--port', `${port}`)
    expect(result).toEqual({
      exitCode: 1,
      output: '',
      errors: `Port ${port} is in use: choose another with --port.\n`,
    })
  } finally {
    server.close()
  }
})

// Windows has no signals to send: there, Ctrl-C comes from the console.
const describeSignals = process.platform === 'win32' ? describe.skip : describe

describeSignals('--serve', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('keeps the servers up until %s, and stops cleanly', async signal => {
    const run = start('--serve')
    try {
      const output = await waitFor(run, /-----END PUBLIC KEY-----\n\n?$/)
      const find = (pattern: RegExp) => pattern.exec(output)?.[1] ?? ''
      const url = find(/ItsYou\.online +(http\S+)/)
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        response_type: 'id_token',
        client_id: find(/app-id {2}(\S+)/),
        client_secret: find(/secret {2}(\S+)/),
      })
      const jwt = await (await fetch(`${url}/v1/oauth/access_token`, { method: 'POST', body })).text()

      const openvcloud = `${find(/OpenvCloud +(http\S+)/)}/restmachine/cloudapi/cloudspaces/list`
      const response = await fetch(openvcloud, { method: 'POST', headers: { authorization: `bearer ${jwt}` } })
      expect(await response.json()).toMatchObject([{ name: 'from-ci' }])
      expect((await fetch(`${find(/AYS +(http\S+)/)}/ays/repository`, { method: 'POST' })).status).toBe(401)

      run.child.kill(signal)
      expect(await run.ended).toBe(0)
      expect(run.errors()).toBe('')
      await expect(fetch(url)).rejects.toThrow()
    } finally {
      run.child.kill('SIGKILL')
    }
  })

  test('--credentials-file and --tls-certificate: a program learns where it has to go, over https', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
    const file = (name: string) => join(folder, name)
    const { cert, key } = await makeCertificate()
    writeFileSync(file('cert.pem'), cert)
    writeFileSync(file('key.pem'), key)
    const tls = ['--tls-certificate', file('cert.pem'), '--tls-key', file('key.pem')]
    const run = start('--serve', '--credentials-file', file('credentials.json'), ...tls)
    try {
      const output = await waitFor(run, /-----END PUBLIC KEY-----\n\n?$/)
      expect(output).toContain('No form of the secret or of the JWT is in the log.')
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
      expect(output).toContain(credentials['base-url'])
      expect(statSync(file('credentials.json')).mode & 0o777).toBe(0o600)

      run.child.kill('SIGTERM')
      expect(await run.ended).toBe(0)
      expect(run.errors()).toBe('')
      expect(existsSync(file('credentials.json'))).toBe(false)
    } finally {
      run.child.kill('SIGKILL')
      rmSync(folder, { recursive: true })
    }
  })

  test('can be stopped while the job still runs', async () => {
    const run = start()
    await waitFor(run, /▶ Run/)
    run.child.kill('SIGINT')
    // 1 for a job that was cut short; 0 in case it was faster than the signal.
    expect([0, 1]).toContain(await run.ended)
    expect(run.errors()).toBe('')
  })
})
