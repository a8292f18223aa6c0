/** The README's one command, as a person types it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { readArguments } from '../../sandbox/arguments.ts'
import { makeCertificate } from '../../sandbox/servers/certificates.ts'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'
import { testOnPosix } from '../support/tools.ts'

const folder = temporaryFolder()

function start(...args: string[]) {
  const child = spawn(process.execPath, [`${root}sandbox/main.ts`, ...args])
  const printed = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  return { child, ended: printed.then(([[exitCode], stdout, stderr]) => ({ exitCode, stdout, stderr })) }
}

test.each([
  [['--port', 'x'], '--port takes a number from 0 to 65533, not "x".'],
  [['--port', '65534'], '--port takes a number from 0 to 65533, not "65534".'],
  [['--port'], "Option '--port <value>' argument missing. --help lists the options."],
  [['--sevre'], "Unknown option '--sevre'. --help lists the options."],
  [['--credentials-file', 'x.json'], '--credentials-file needs --serve.'],
  [['--tls-key', 'key.pem'], '--tls-certificate and --tls-key need each other.'],
  [['--tls-certificate', 'key.pem'], '--tls-certificate and --tls-key need each other.'],
  [['--tls-certificate', '/no/such', '--tls-key', '/no/such'], 'Cannot read /no/such (ENOENT).'],
])('%j are wrong arguments', (args, message) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})

test('--help lists the options, and starts nothing', async () => {
  const stdout = expect.stringMatching(/Usage: npm run sandbox -- .*--serve.*\n[^▶]*$/)
  expect(await start('--help').ended).toEqual({ exitCode: 0, stdout, stderr: '' })
})

test('a port in use is told in one sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const end = await start('--port', `${port}`).ended
  server.close()
  const stderr = `Port ${port} is in use: choose another with --port.\n`
  expect(end).toEqual({ exitCode: 1, stdout: '', stderr })
})

testOnPosix('the job passes, masked; then the servers stay up, over https, with a file for programs', async () => {
  const file = join(folder, 'credentials.json')
  const pem = await makeCertificate()
  for (const part of ['cert', 'key'] as const) writeFileSync(join(folder, part), pem[part])
  const tls = ['--tls-certificate', join(folder, 'cert'), '--tls-key', join(folder, 'key')]
  const { child, ended } = start('--serve', '--credentials-file', file, ...tls)
  try {
    while (!existsSync(file) && child.exitCode === null) await setTimeout(50)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const credentials = JSON.parse(readFileSync(file, 'utf8'))
    const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)
    const key = expect.any(String)
    expect(credentials).toEqual({
      'base-url': expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      'public-key': expect.stringMatching(/^-----BEGIN PUBLIC KEY-----\n/),
      ...{ 'app-id': key, secret: key, username: 'deployer', organization: 'my-org', 'organization-secret': key },
      ...{ 'openvcloud-url': url, 'ays-url': url },
    })
    const openvcloud = `${credentials['openvcloud-url']}/restmachine/cloudapi/accounts/list`
    expect((await fetch(openvcloud, { method: 'POST' })).status).toBe(401)
    expect((await fetch(`${credentials['ays-url']}/ays/repository`)).status).toBe(401)

    child.kill('SIGTERM')
    const { stdout, ...end } = await ended
    expect(end).toEqual({ exitCode: 0, stderr: '' })
    expect(existsSync(file)).toBe(false)
    await expect(fetch(openvcloud, { method: 'POST' })).rejects.toThrow()

    expect(stdout).toMatch(/^▶ Run your-org\/ovc-jwt-action@v1\n {2}with:\n(.*\n)* {4}secret: \*\*\*\n/)
    expect(stdout).toMatch(/^ {4}JWT: \*\*\*$/m)
    expect(stdout).toContain('cloudspaces/create: id 1\nThe JWT that was used: ***\n')
    expect(stdout).toMatch(/^ {2}outputs.jwt +\*\*\*\n(.*\n)* {2}outputs.identity +deployer$/m)
    expect(stdout).toContain('200 accounts/list  deployer@itsyouonline')
    expect(stdout).toContain('No form of the secret or of the JWT is in the log.')
    expect(stdout).not.toMatch(/eyJ[\w-]+\./)
    expect(stdout).toContain(credentials['base-url'])
    expect(stdout).toMatch(/-----END PUBLIC KEY-----\n+$/)
  } finally {
    child.kill('SIGKILL')
  }
})

testOnPosix('SIGINT ends it while the job still runs', async () => {
  const { child, ended } = start()
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  // 1 for a job that was cut short, 0 for a job that was faster than the signal.
  const { exitCode, stderr } = await ended
  expect([0, 1]).toContain(exitCode)
  expect(stderr).toBe('')
})
