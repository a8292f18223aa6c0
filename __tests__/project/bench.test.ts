/** `npm run bench`: what its table says, not how long anything takes. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { temporaryFolder } from '../support/folder.ts'
import { readText, root } from '../support/pages.ts'

const head = '| program | n | min ms | median ms | max ms | ratio to the script | peak MB |'
const folder = temporaryFolder()

function bench(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}scripts/bench.ts`, ...options], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('measures each program over http and https, and says which of the others failed', () => {
  const [good, failing] = ['good.cjs', 'failing = 3.cjs'].map(name => join(folder, name)) as [string, string]
  writeFileSync(good, '')
  writeFileSync(failing, 'process.exitCode = 3')
  const hasCurl = spawnSync('bash', ['-c', 'curl --version'], { stdio: 'ignore' }).status === 0

  const { status, stdout, stderr } = bench('--runs', '2', '--peer', `good=${good}`, '--peer', `bad=${failing}`)
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: hasCurl ? '' : 'Not measured: curl + bash. There is no bash here, or no curl.\n',
  })
  const [about, ...table] = stdout.trimEnd().split('\n')
  expect(about).toMatch(/^Node v24\.\d+\.\d+, \w+ \w+, \d+ cores, .+, \d{4}-\d\d-\d\d$/)
  expect(table.splice(0, 3)).toEqual(['', head, '|---|---:|---:|---:|---:|---:|---:|'])
  const rows = table.map(row => row.slice(2, -2).split(' | '))
  const perScheme = ['http', 'https'].flatMap(scheme => [
    `script, ${scheme}`,
    `this action, ${scheme}`,
    ...(hasCurl ? [`curl + bash, ${scheme}`] : []),
    `good, ${scheme}`,
    `bad, ${scheme} (exit code 3)`,
  ])
  expect(rows.map(([name]) => name)).toEqual(['bare Node', ...perScheme])
  for (const [name = '', n, min, median, max, ratio, peak] of rows) {
    expect({ name, n }).toEqual({ name, n: '2' })
    expect(Number(min)).toBeGreaterThan(0)
    expect(Number(median)).toBeGreaterThanOrEqual(Number(min))
    expect(Number(max)).toBeGreaterThanOrEqual(Number(median))
    if (name.startsWith('script')) expect(ratio).toBe('1.00')
    expect(ratio).toMatch(/^\d+\.\d\d$/)
    expect(peak).toMatch(name.startsWith('curl') ? /^-$/ : /^[1-9]\d+$/)
  }
})

test.each([
  [['--runs', '0'], '--runs takes a whole number from 1 to 1000.'],
  [['--runs', '1.5'], '--runs takes a whole number from 1 to 1000.'],
  [['--peer', 'dist/index.js'], '--peer takes name=path/to/dist.js.'],
  [['--peer', 'x=/not/there.js'], '--peer names a file that does not exist: /not/there.js.'],
])('%j is refused', (options, reason) => {
  expect(bench(...options)).toEqual({ status: 2, stdout: '', stderr: `${reason}\n` })
})

test('docs/performance.md has a table that this script printed', () => {
  const page = readText('docs/performance.md').replaceAll(/ +/g, ' ')
  const startUp = page.split('\n## Start-up\n')[1]?.split('\n## ')[0] ?? ''
  expect(startUp).toContain(`\n${head}\n`)
  const rows = startUp.matchAll(/^\| ([^|]+) \| \d+ \|(?: \d+\.\d \|){3} \d+\.\d\d \| (?:\d+|-) \|$/gm)
  const names = [...rows].map(([, name]) => name)
  expect(names).toEqual(expect.arrayContaining(['bare Node', 'script, https', 'this action, https']))
})
