/** `npm run load`: what it does with an overloaded server, not how long anything takes. */

import { spawnSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { root } from '../support/pages.ts'

function load(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}scripts/load.ts`, ...options], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('runs that meet an outage get their JWT later', () => {
  const { status, stdout, stderr } = load('--runs', '2', '--outage', '1', '--openvcloud', 'all')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.replaceAll(/ +([\d.]+)$/gm, ' $1')).toMatch(
    new RegExp(
      '^runs 2\n  succeeded 2\nrequests to ItsYou.online [3-9]\n  rejected [1-7]\nrequests to OpenvCloud 2\n  rejected 0\n' +
        'most repetitions by one run [1-4]\nseconds of a run, median \\d+\\.\\d\nseconds of a run, longest \\d+\\.\\d\n$',
    ),
  )
})

test('a run that fails makes the command fail, with its error', () => {
  const { status, stdout } = load('--runs', '1', '--outage', '60', '--timeout', '1s')
  expect(status).toBe(1)
  expect(stdout).toMatch(/^runs +1\n {2}succeeded +0\n/)
  expect(stdout).toMatch(/^failed: .+\[ERR_\w+\]\n$/m)
})

test.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 1000.'],
  [['--parallel', '1.5'], '--parallel takes a whole number from 1 to 512.'],
  [['--openvcloud', 'some'], '--openvcloud takes "accepted" or "all".'],
])('%j is refused', (options, reason) => {
  expect(load(...options)).toEqual({ status: 2, stdout: '', stderr: `${reason}\n` })
})
