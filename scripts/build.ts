/**
 * Builds dist/ from src/: tsc strips the types into lib/, ncc bundles lib/ with the packages into dist/index.js.
 *
 * Nothing changes the bundle after ncc: a reviewer can compare it with the packages as npm has them. The same sources
 * give the same bytes in any folder and on any system; CI relies on it.
 */

import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

function run(tool: string, ...options: string[]): void {
  execFileSync(process.execPath, [`${root}node_modules/${tool}`, ...options], { cwd: root, stdio: 'inherit' })
}

rmSync(`${root}lib`, { recursive: true, force: true })
// TypeScript 7 has no JavaScript API, so ncc cannot read the sources itself.
run('typescript/bin/tsc', '-p', 'tsconfig.build.json')

// ncc writes CommonJS where the nearest package.json names no type. Node starts it 3 ms sooner than an ES module.
writeFileSync(`${root}lib/package.json`, '{}\n')
rmSync(`${root}dist`, { recursive: true, force: true })
run('@vercel/ncc/dist/ncc/cli.js', 'build', 'lib/main.js', '-o', 'dist', '--license', 'licenses.txt', '--quiet')
writeFileSync(`${root}dist/package.json`, '{ "type": "commonjs" }\n')
