/** The files of the runner: without them, where they are something else, and where they cannot be written. */

import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { run } from '../../sandbox/runner/process.ts'
import { inputsFor, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { folder, main, preload, runStep, testWhere } from '../support/action.ts'

type Files = { GITHUB_OUTPUT?: string; GITHUB_ENV?: string; GITHUB_STEP_SUMMARY?: string }

/** Starts the action without the runner in miniature, which would always give it its files. */
async function runWith(files: Files, [file = '', ...before]: string[] = [process.execPath]) {
  const server = await startItsYouOnline()
  try {
    const inputs = Object.entries({ ...inputsFor(server), summary: 'true' })
    const environment = Object.fromEntries(inputs.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
    const { stdout, ...exit } = await run({
      file,
      arguments: [...before, main],
      directory: folder,
      environment: { PATH: process.env['PATH'] ?? '', ...environment, ...files },
      onLine: () => {},
      timeoutSeconds: 30,
    }).done
    const lines = stdout.split(/\r?\n/).filter(line => !line.startsWith('::add-mask::'))
    return { ...exit, stdout, lines, requests: server.requests }
  } finally {
    await server.close()
  }
}

const path = (name: string) => join(mkdtempSync(join(folder, 'files-')), name)
const written = (name: string, text = '') => {
  const file = path(name)
  writeFileSync(file, text)
  return file
}

const noFile = (variable: string) => [
  expect.stringMatching(new RegExp(`^::error::${variable} does not name a regular file.*\\[ERR_RUNNER_FILES\\]$`)),
  '',
]
type Case = [file: string | undefined, start?: string[]]
/** What is there, but is not a file: on Windows, opening a folder for writing may succeed. */
function specialFiles(): Case[] {
  const fifo = path('fifo')
  spawnSync('mkfifo', [fifo])
  // A pipe, as in the runner: what Node gives to a child is a socket, which cannot be opened.
  const piped = ['bash', '-o', 'pipefail', '-c', '"$0" "$@" | cat', process.execPath]
  // A log that is a file: the secret would be in it, and then in stdout as cat reads it.
  const redirected = (file: string, log = path('log')): Case => [
    file || log,
    ['bash', '-c', `"$0" "$@" > ${log}; status=$?; cat ${log}; exit $status`, process.execPath],
  ]
  return [
    ...[[folder], [fifo], ['/dev/null'], ['/dev/stdout', piped]].map(
      ([file, start]): Case => [file as string, start as string[]],
    ),
    ...['/dev/stdout', '/proc/self/fd/1', ''].map(file => redirected(file)),
  ]
}
test.concurrent.each<Case>([[undefined], [path('not there')], ...(process.platform === 'win32' ? [] : specialFiles())])(
  'GITHUB_OUTPUT=%j: one error, and nothing else is printed: a mask would print the secret',
  async (file, start) => {
    const { stdout, lines, ...end } = await runWith(file === undefined ? {} : { GITHUB_OUTPUT: file }, start)
    expect(lines).toEqual(noFile('GITHUB_OUTPUT'))
    expect(stdout).toBe(lines.join('\n'))
    expect(end).toMatchObject({ exitCode: 1, stderr: '', requests: [] })
  },
)

test.concurrent.each<[variable: string, Files]>([
  ['GITHUB_ENV', {}],
  ['GITHUB_STEP_SUMMARY', { GITHUB_ENV: written('env') }],
])('no %s: an error before any request', async (variable, files) => {
  const output = written('output')
  const { lines, requests } = await runWith({ GITHUB_OUTPUT: output, ...files })
  expect(lines).toEqual(noFile(variable))
  expect(requests).toEqual([])
  expect(readFileSync(output, 'utf8')).toBe('')
})

test.concurrent('a file that is gone when the JWT is there: nothing is set', async () => {
  const nodeArguments = preload(`
    import http from 'node:http'
    import { rmSync } from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { request } = http
    http.request = (...options) => {
      rmSync(process.env.GITHUB_ENV, { force: true })
      return request(...options)
    }
    syncBuiltinESMExports()`)
  const { run } = await runStep({ nodeArguments })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/^GITHUB_ENV .*\[ERR_RUNNER_FILES\]$/)])
})

// As on a full disk, a file that has reached the limit takes no more.
const limit = 65_536
const limited = ['prlimit', `--fsize=${limit}`, process.execPath]
const full = 'x'.repeat(limit)
const whereLimited = testWhere(spawnSync('prlimit', ['--version']).status === 0, 'prlimit')

whereLimited('a file that takes no more is an error that says so, and that some outputs may be there', async () => {
  const others = { GITHUB_OUTPUT: written('output'), GITHUB_STEP_SUMMARY: written('summary') }
  const { lines, ...end } = await runWith({ ...others, GITHUB_ENV: written('env', full) }, limited)
  expect(lines).toEqual([
    expect.stringMatching(
      /^::error::Could not finish writing the outputs \(EFBIG\), .*only some.*\[ERR_OUTPUTS_INCOMPLETE\]$/,
    ),
    '',
  ])
  expect(end).toMatchObject({ exitCode: 1, stderr: '' })
})

whereLimited('a summary that cannot be written is a warning: the JWT is set', async () => {
  const output = written('output')
  const others = { GITHUB_OUTPUT: output, GITHUB_ENV: written('env') }
  const { lines, ...end } = await runWith({ ...others, GITHUB_STEP_SUMMARY: written('summary', full) }, limited)
  expect(lines.filter(line => line.startsWith('::'))).toEqual([
    expect.stringMatching(/^::warning::The summary could not be written, but the JWT is set/),
  ])
  expect(end).toMatchObject({ exitCode: 0, stderr: '' })
  expect(readFileSync(output, 'utf8')).toContain('jwt<<')
})

// Root may write any file but those of the kernel that are for reading.
const readOnly = '/sys/kernel/uevent_seqnum'
testWhere(existsSync(readOnly), readOnly)('a file that the step may not write: names the code', async () => {
  const { stdout } = await runWith({ GITHUB_OUTPUT: readOnly })
  expect(stdout).toMatch(
    /^::error::The file in GITHUB_OUTPUT cannot be written \((EACCES|EROFS|EPERM)\): .*\[ERR_RUNNER_FILES_DENIED\]\n$/,
  )
})
