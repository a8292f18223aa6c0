/**
 * Installs the packages where they are not installed yet, so that `npm run sandbox` works right after a clone.
 *
 * JavaScript, because the Node of a fresh clone may be 20, which reads no types. package.json calls it in parentheses:
 * a shell remembers where it found `node`, and the command behind it must find the one that the installation brought.
 */

import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../node_modules', import.meta.url))
// npm writes this file last.
if (!existsSync(`${modules}/.package-lock.json`)) execSync('npm ci', { cwd: `${modules}/..`, stdio: 'inherit' })

// npm says nothing when it could not download an optional package, and Node 24 is one.
if (Number.parseInt(process.versions.node, 10) < 24 && !existsSync(`${modules}/.bin/node`)) {
  process.stderr.write(
    `This needs Node 24, and found ${process.version}. npm brings Node 24 on Linux and Windows: try "npm ci" again, or install it.\n`,
  )
  process.exitCode = 1
}
