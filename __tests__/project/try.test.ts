/** `npm run try`: a real API key is tried without pushing, and nothing of it is shown. */

import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { findLeaks } from '../../sandbox/runner/leaks.ts'
import { run } from '../../sandbox/runner/process.ts'
import { html, listen, plain } from '../../sandbox/servers/http.ts'
import { defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'

const folder = temporaryFolder()
const keyFile = join(folder, 'public.pem')
const server = await startItsYouOnline()
afterAll(() => server.close())
writeFileSync(keyFile, server.publicKeyPem)

const { applicationId, secret } = defaultUserKey
const goodKey = { APP_ID: applicationId, SECRET: secret }
const start = (
  environment: Record<string, string>,
  options: string[] = [],
  others: Partial<Parameters<typeof run>[0]> = {},
) =>
  run({
    file: process.execPath,
    arguments: [`${root}scripts/try.ts`, '--base-url', server.url, '--public-key-file', keyFile, ...options],
    directory: folder,
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
    onLine: () => {},
    timeoutSeconds: 60,
    ...others,
  }).done

test('a good key: the log, the outputs by name, and what to do next', async () => {
  const { exitCode, stdout } = await start(goodKey, ['--scope', 'user:name'])
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
  expect(exitCode).toBe(1)
  expect(stdout).toContain(`
The key works, but --ovc-url or --ays-url does not. What to do: docs/troubleshooting.md#${anchor}
`)
})

const firstAttempt = /^Attempt 1 failed/

test('the log appears while the action runs', async () => {
  let isShown = false
  const waiting = await startItsYouOnline({ proxy: () => (isShown ? undefined : { status: 503 }) })
  writeFileSync(join(folder, 'waiting.pem'), waiting.publicKeyPem)
  const options = ['--base-url', waiting.url, '--public-key-file', 'waiting.pem']
  const { exitCode } = await start(goodKey, options, {
    onLine: (_stream, line) => {
      isShown ||= firstAttempt.test(line)
    },
  })
  await waiting.close()
  expect(exitCode).toBe(0)
})

// Windows knows no signals: Ctrl-C ends the process there.
const testWithSignals = process.platform === 'win32' ? test.skip : test

testWithSignals.each(['SIGINT', 'SIGTERM'] as const)('%s leaves no folder behind', async name => {
  const down = await startItsYouOnline({ proxy: () => ({ status: 503 }) })
  const temporary = mkdtempSync(join(folder, 'tmp-'))
  const environment = { ...goodKey, TMPDIR: temporary }
  const signal = { name, afterOutput: new RegExp(firstAttempt, 'm') }
  const exit = await start(environment, ['--base-url', down.url], { signal })
  await down.close()
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
