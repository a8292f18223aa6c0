/**
 * Installs the packages where they are not installed yet, so that `npm run sandbox` works right after a clone.
 *
 * JavaScript, because the Node of a fresh clone may be 20, which reads no types. package.json calls it in parentheses:
 * a shell remembers where it found `node`, and the command behind it must find the one that the installation brought.
 */

import { execSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
// npm writes this file last.
if (!existsSync(`${root}node_modules/.package-lock.json`)) execSync('npm ci', { cwd: root, stdio: 'inherit' })
