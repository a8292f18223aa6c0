/** `npm run try`: a real API key is tried without a push, and nothing of it is shown. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { run } from '../../sandbox/runner/process.ts'
import { defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'

const folder = temporaryFolder()
const keyFile = join(folder, 'public.pem')
const server = await startItsYouOnline()
afterAll(() => server.close())
writeFileSync(keyFile, server.publicKeyPem)

const { applicationId, secret } = defaultUserKey
const start = (environment: Record<string, string>, ...options: string[]) =>
  run({
    file: process.execPath,
    arguments: [`${root}scripts/try.ts`, '--base-url', server.url, '--public-key-file', keyFile, ...options],
    directory: folder,
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
    onLine: () => {},
    timeoutSeconds: 60,
  }).done

test('a good key: the log, the outputs by name, and what to do next', async () => {
  const { exitCode, stdout } = await start({ APP_ID: applicationId, SECRET: secret }, '--scope', 'user:name')
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
  expect(stdout).toContain('docs/troubleshooting.md#err_credentials_rejected')
  expect(stdout).not.toContain('BBBBBBBB')
})

const key = { APP_ID: 'a', SECRET: 'b' }
test.each<[args: string[], environment: Record<string, string>, says: RegExp]>([
  [[], {}, /^Set APP_ID and SECRET in the environment.*\n$/],
  [['--what'], key, /^Unknown option '--what'.*\n$/],
  [['--public-key-file', 'not-there.pem'], key, /^Cannot read --public-key-file \(ENOENT\).*\n$/],
])('%j with %j is told in one line', async (args, environment, says) => {
  expect(await start(environment, ...args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) })
})
