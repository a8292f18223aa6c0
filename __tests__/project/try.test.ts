/** `npm run try`: a real API key is tried without pushing, and nothing of it is shown. */

import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { html, listen, plain } from '../../sandbox/servers/http.ts'
import { defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { runCommand } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testOnPosix } from '../support/tools.ts'

const folder = temporaryFolder()
const keyFile = join(folder, 'public.pem')
let isDown = false
const server = await startItsYouOnline({ proxy: () => (isDown ? { status: 503 } : undefined) })
afterAll(() => server.close())
writeFileSync(keyFile, server.publicKeyPem)

const { applicationId, secret } = defaultUserKey
const goodKey = { APP_ID: applicationId, SECRET: secret }
const start = (env: Record<string, string>, options: string[] = [], others: Parameters<typeof runCommand>[2] = {}) => {
  const args = ['--base-url', server.url, '--public-key-file', keyFile, ...options]
  return runCommand('scripts/try.ts', args, { env, ...others })
}

const firstAttempt = /^Attempt 1 failed/m

test('a good key: the log while the action runs, the outputs by name, and what to do next', async () => {
  isDown = true
  const onLine = (_stream: string, line: string) => {
    if (firstAttempt.test(line)) isDown = false
  }
  const { exitCode, stdout } = await start(goodKey, ['--scope', 'user:name'], { onLine })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Identity: deployer')
  expect(stdout).toMatch(/^ {2}outputs\.jwt +\*\*\*$/m)
  expect(stdout).toContain('Store the application id as the variable OVC_APP_ID')
  expect(findLeaks(stdout, [secret])).toEqual([])
  expect(stdout).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
})

test('a wrong key: the error, and where it is explained', async () => {
  const { exitCode, stdout } = await start({ APP_ID: applicationId, SECRET: 'B'.repeat(28) })
  expect(exitCode).toBe(1)
  expect(stdout).toContain('[ERR_CREDENTIALS_REJECTED]')
  expect(stdout).toContain('No JWT was set. What to do: docs/troubleshooting.md#err_credentials_rejected')
  expect(stdout).not.toContain('BBBBBBBB')
})

test.each([
  ['--ovc-url', html(401, 'Unauthorized'), 'err_ovc_refused'],
  ['--ays-url', plain(401, 'Unauthorized'), 'err_ays_refused'],
  ['--ovc-url', html(200, 'Not JSON'), 'err_not_openvcloud'],
  ['--ays-url', html(200, 'Not JSON'), 'err_not_ays'],
])('the key works where the server of %s answers %j', async (option, reply, anchor) => {
  const refusing = await listen({ record() {} }, () => reply)
  const { exitCode, stdout } = await start(goodKey, ['--scope', 'user:memberof:my-org', option, refusing.origin])
  await refusing.close()
  const says = `\nThe key works, but --ovc-url or --ays-url does not. What to do: docs/troubleshooting.md#${anchor}\n`
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.stringContaining(says) })
})

testOnPosix.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s leaves no folder behind', async name => {
  isDown = true
  const temporary = mkdtempSync(join(folder, 'tmp-'))
  const signal = { name, afterOutput: firstAttempt }
  const exit = await start({ ...goodKey, TMPDIR: temporary }, [], { signal })
  isDown = false
  expect(exit).toMatchObject({ exitCode: 130, stderr: '' })
  expect(readdirSync(temporary)).toEqual([])
})

const key = { APP_ID: 'a', SECRET: 'b' }
test.each<[args: string[], environment: Record<string, string>, says: RegExp]>([
  [[], {}, /^Set APP_ID and SECRET in the environment.*\n$/],
  [['--what'], key, /^Unknown option '--what'.*\n$/],
  [['--public-key-file', 'not-there.pem'], key, /^Cannot read --public-key-file \(ENOENT\).*\n$/],
])('%j with %j is told in one line', async (args, environment, says) => {
  expect(await start(environment, args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) })
})
