/**
 * Installs the packages where they are not installed yet, so that `npm run sandbox` works right after a clone, and sees to
 * it that `node` is the Node 24 of this project.
 *
 * JavaScript, because the Node of a fresh clone may be 20, which reads no types. package.json calls it in parentheses:
 * a shell remembers where it found `node`, and the command behind it must find the one that the installation brought.
 */

import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const has = file => existsSync(`${root}node_modules/${file}`)
// `npm run try` has these in the environment, and an installation needs no secret.
const { APP_ID, SECRET, ...env } = process.env
const npm = (command, stdio) => execSync(`npm ${command}`, { cwd: root, stdio, env })

// npm writes this file last.
if (!has('.package-lock.json')) npm('ci', 'inherit')

if (Number.parseInt(process.versions.node, 10) < 24 && !has('.bin/node')) {
  // npm 10 links no `node` when a lock file lists Node for several systems. Linked again, only the installed one counts.
  npm('rebuild', 'ignore')
  // npm says nothing when it could not download an optional package, and Node 24 is one.
  if (!has('.bin/node')) {
    process.stderr.write(
      `This needs Node 24, and found ${process.version}. npm brings Node 24 on Linux and Windows: try "npm ci" again, or install it.\n`,
    )
    process.exitCode = 1
  }
}
