/**
 * Checks all workflow files, the examples and the actions with actionlint and zizmor, two programs that npm does not have.
 * Where one is missing it is skipped, unless REQUIRE_LINTERS=1 (as in CI on GitHub).
 */

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isInstalled } from './support/tools.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const workflows = ['.github/workflows', 'examples'].flatMap(folder => {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder))
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => `${folder}/${name}`)
})

const actions = [
  'action.yml',
  ...readdirSync(join(root, '.github/actions')).map(name => `.github/actions/${name}/action.yml`),
]

const linters = [
  {
    name: 'actionlint',
    // It finds shellcheck by itself where that is installed, and then looks into the scripts too.
    arguments: ['-no-color', ...workflows],
    howTo: 'go install github.com/rhysd/actionlint/cmd/actionlint@latest',
  },
  {
    name: 'zizmor',
    // Files by name: of a folder it takes only .github/workflows. Its settings are in .github/zizmor.yml.
    arguments: [
      '--offline',
      '--no-progress',
      '--quiet',
      '--strict-collection',
      ...workflows,
      '.github/dependabot.yml',
      ...actions,
    ],
    howTo: 'pip install zizmor',
  },
]

const isRequired = process.env['REQUIRE_LINTERS'] === '1'
for (const linter of linters) {
  if (!isInstalled(linter.name)) {
    const outcome = isRequired ? 'missing' : 'skipped'
    process.stdout.write(`${linter.name}: ${outcome}, because it is not installed; get it with "${linter.howTo}"\n`)
    if (isRequired) process.exitCode = 1
    continue
  }
  const { status, error } = spawnSync(linter.name, linter.arguments, { cwd: root, stdio: 'inherit' })
  const outcome = status === 0 ? 'no findings' : `failed (${error?.message ?? `exit code ${status}`})`
  process.stdout.write(`${linter.name}: ${outcome}\n`)
  if (status !== 0) process.exitCode = 1
}
