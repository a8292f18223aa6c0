/** `npm run load`: what it does with an overloaded server, not how long anything takes. */

import { expect, test } from '@jest/globals'
import { runCommand } from '../support/command.ts'

const load = (...options: string[]) => runCommand('scripts/load.ts', options)

test('runs that meet an outage get their JWT later', async () => {
  const { exitCode, stdout, stderr } = await load('--runs', '2', '--outage', '1', '--openvcloud', 'all')
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.replaceAll(/ +([\d.]+)$/gm, ' $1')).toMatch(
    new RegExp(
      '^runs 2\n  succeeded 2\nrequests to ItsYou.online [3-9]\n  rejected [1-7]\nrequests to OpenvCloud 2\n  rejected 0\n' +
        'most repetitions by one run [1-4]\nseconds of a run, median \\d+\\.\\d\nseconds of a run, longest \\d+\\.\\d\n$',
    ),
  )
})

test('a run that fails makes the command fail, with its error', async () => {
  const { exitCode, stdout } = await load('--runs', '1', '--outage', '60', '--timeout', '1s')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^runs +1\n {2}succeeded +0\n[\s\S]*^failed: .+\[ERR_\w+\]\n$/m)
})

test.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 1000.'],
  [['--parallel', '1.5'], '--parallel takes a whole number from 1 to 512.'],
  [['--openvcloud', 'some'], '--openvcloud takes "accepted" or "all".'],
])('%j is refused', async (options, reason) => {
  expect(await load(...options)).toMatchObject({ exitCode: 2, stdout: '', stderr: `${reason}\n` })
})
