/** The files of the runner: without them, and where they cannot be written. */

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { run } from '../../sandbox/runner/process.ts'
import { startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { folder, inputsFor, main } from '../support/action.ts'

/** Starts the action without the runner in miniature, which would always give it its files. */
async function runWithFiles(files: Record<string, string>, inputs: Record<string, string> = {}) {
  const server = await startItsYouOnline()
  try {
    const given = Object.entries({ ...inputsFor(server), 'env-var': 'JWT', ...inputs })
    const environment = Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
    const exit = await run({
      file: process.execPath,
      arguments: [main],
      directory: folder,
      environment: { PATH: process.env['PATH'] ?? '', ...environment, ...files },
      onLine: () => {},
      timeoutSeconds: 60,
    }).done
    return { ...exit, lines: exit.stdout.split(/\r?\n/), requests: server.requests }
  } finally {
    await server.close()
  }
}

const file = (name: string) => join(mkdtempSync(join(folder, 'files-')), name)
const written = (name: string) => {
  const path = file(name)
  writeFileSync(path, '')
  return path
}

const missing = (variable: string) =>
  `::error::${variable} does not name a file that can be written, so the JWT could not be set: run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act). [ERR_RUNNER_FILES]`

// On Windows, opening a folder for writing may succeed.
const folders = process.platform === 'win32' ? [] : [folder]
test.concurrent.each([undefined, '', file('not there'), ...folders])(
  'GITHUB_OUTPUT=%j: one error, and nothing else is printed: a mask would print the secret',
  async path => {
    const { lines, stderr, exitCode, requests } = await runWithFiles(path === undefined ? {} : { GITHUB_OUTPUT: path })
    expect(lines).toEqual([missing('GITHUB_OUTPUT'), ''])
    expect({ stderr, exitCode, requests }).toEqual({ stderr: '', exitCode: 1, requests: [] })
  },
)

test.concurrent.each([
  ['GITHUB_ENV', {}],
  ['GITHUB_STEP_SUMMARY', { GITHUB_ENV: written('env') }],
])('no %s: an error before any request', async (variable, others) => {
  const output = written('output')
  const { lines, requests } = await runWithFiles({ GITHUB_OUTPUT: output, ...others }, { summary: 'true' })
  expect(lines.filter(line => !line.startsWith('::add-mask::'))).toEqual([missing(variable), ''])
  expect(requests).toEqual([])
  expect(readFileSync(output, 'utf8')).toBe('')
})

// Linux has a file that behaves as on a full disk: it opens, and each write fails with ENOSPC.
const onLinux = process.platform === 'linux' ? test.concurrent : test.skip

onLinux('a full disk is an error that says so, and that a part may be there', async () => {
  const { lines, stderr, exitCode } = await runWithFiles({ GITHUB_OUTPUT: '/dev/null', GITHUB_ENV: '/dev/full' })
  expect(lines.filter(line => !line.startsWith('::add-mask::'))).toEqual([
    "::error::Could not finish writing the outputs (ENOSPC), so later steps may have a part of them: check whether the runner's disk is full, and run the job again. [ERR_OUTPUTS_INCOMPLETE]",
    '',
  ])
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 })
})

onLinux('a summary that cannot be written is a warning: the JWT is set', async () => {
  const path = written('output')
  const files = { GITHUB_OUTPUT: path, GITHUB_ENV: '/dev/null', GITHUB_STEP_SUMMARY: '/dev/full' }
  const { stdout, exitCode } = await runWithFiles(files, { summary: 'true' })
  expect(stdout).toMatch(/^::warning::The summary could not be written, but the JWT is set: /m)
  expect(exitCode).toBe(0)
  expect(readFileSync(path, 'utf8')).toContain('jwt<<')
})

// Root may write any file but those of the kernel that are for reading.
const readOnly = '/sys/kernel/uevent_seqnum'
const asOther = existsSync(readOnly) ? test.concurrent : test.skip
asOther('a file that the step may not write: names the code, and the user of the container', async () => {
  const { lines } = await runWithFiles({ GITHUB_OUTPUT: readOnly })
  expect(lines).toEqual([
    expect.stringMatching(
      /^::error::The file in GITHUB_OUTPUT cannot be written \((EACCES|EROFS|EPERM)\), .*"options: --user root" .*\[ERR_RUNNER_FILES_DENIED\]$/,
    ),
    '',
  ])
})
