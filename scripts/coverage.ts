/**
 * How much of src/ the tests run: its tests, with src/main.ts started in place of the bundle, and V8 counting in every
 * process. Fails below 95 % of the lines or branches.
 */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
const c8 = ['node_modules/c8/bin/c8.js', '--include', 'src/**', '--all', '--reporter', 'text', '--check-coverage']
const thresholds = ['--lines', '95', '--branches', '95']
// The tests in process, and those that start the action.
const tests = ['__tests__/unit', '__tests__/action']

const { status } = spawnSync(
  process.execPath,
  [...c8, ...thresholds, process.execPath, ...jest, '--silent', ...tests],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ACTION_MAIN: `${root}src/main.ts` },
  },
)
process.exitCode = status ?? 1
