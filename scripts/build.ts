/**
 * Builds dist/ from src/: tsc strips the types into lib/, ncc bundles lib/ with the packages into dist/index.js.
 *
 * The same sources give the same bytes in any folder and on any system; CI and `npm run build:check` rely on it.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Two lines of packages that load parts of Node which a run does not use, and what they become. Measured with
 * `npm run bench`: together 2.6 ms of a run of 55 ms. Each must be in the bundle exactly once, or the build fails: look
 * then whether the package has changed, and whether its line is still needed here.
 */
const loadedForNothing = [
  {
    // @actions/core/lib/summary.js: `fs.promises` brings readline and more with it. Now loaded when a summary is written.
    line: /^const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;$/gm,
    becomes: `const access = (...args) => external_fs_namespaceObject.promises.access(...args);
const appendFile = (...args) => external_fs_namespaceObject.promises.appendFile(...args);
const writeFile = (...args) => external_fs_namespaceObject.promises.writeFile(...args);`,
  },
  {
    // tunnel/lib/tunnel.js: nothing there uses it.
    line: /^var assert = __nccwpck_require__\(\d+\);\n/gm,
    becomes: '',
  },
]

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

let bundle = readFileSync(`${root}dist/index.js`, 'utf8')
for (const { line, becomes } of loadedForNothing) {
  const count = bundle.match(line)?.length ?? 0
  if (count !== 1) throw new Error(`scripts/build.ts: found ${count} times in the bundle: ${line}`)
  bundle = bundle.replace(line, becomes)
}
writeFileSync(`${root}dist/index.js`, bundle)
