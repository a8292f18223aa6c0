/**
 * What a reader pastes from a page works: each block of YAML is valid on GitHub, each command is valid in bash. And the
 * README is short, describes each input and output, and no code scrolls sideways.
 */

import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { blocksOf, filesIn, pages, readText } from '../support/pages.ts'
import { metadata, problems, thisAction } from '../support/workflow/problems.ts'

const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
const jobHead = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n'

/** A fragment inside what it belongs to: the file name, and the text of a whole file. */
function wholeFile(text: string): [name: string, text: string] {
  const keys = [...text.matchAll(/^["']?([\w-]+)["']?:/gm)].map(([, key = '']) => key)
  const has = (key: string) => keys.includes(key)
  if (/^- /m.test(text)) return ['steps.yml', `${jobHead}    steps:\n${indented(text, 6)}`]
  if (has('jobs')) return ['workflow.yml', has('on') ? text : `on: push\n${text}`]
  if (has('runs')) return ['action.yml', text]
  if (has('updates')) {
    // A workflow has one place where any value may be.
    const matrix = `    strategy:\n      matrix:\n        include:\n          - any:\n${indented(text, 14)}`
    return ['plain.yml', `${jobHead}${matrix}    steps: [{ run: x }]\n`]
  }
  if (has('uses') || has('run')) return ['step.yml', `${jobHead}    steps:\n      -\n${indented(text, 8)}`]
  if (has('runs-on')) return ['job.yml', `on: push\njobs:\n  one:\n${indented(text, 4)}`]
  // Inputs of this action, alone or under `with:`: what else the step needs is not the point there.
  const isInputs = keys.length > 0 && keys.every(key => key in (metadata.inputs ?? {}))
  if (isInputs || has('with')) {
    const rest = isInputs ? `        with:\n${indented(text, 10)}` : indented(text, 8)
    return ['inputs.yml', `${jobHead}    steps:\n      - uses: ${thisAction}\n${rest}`]
  }
  return ['job.yml', `${jobHead}${indented(text, 4)}    steps: [{ run: x }]\n`]
}

let checked = 0

/** What is wrong with a block of YAML; empty when nothing is. */
async function yamlProblems(text: string): Promise<string[]> {
  const [name, whole] = wholeFile(text)
  checked += 1
  const found = await problems(`blocks/${checked}/${name}`, whole.replaceAll('uses: https://github.com/', 'uses: '))
  // A fragment may name a step, an input or a matrix that is not in it.
  const allowed = name === 'inputs.yml' ? /Context access might be invalid|Missing input/ : /Context access might be/
  const own = found.filter(message => !allowed.test(message))
  // The steps of a composite action: the language service does not look at their inputs.
  const [, steps] = (name === 'action.yml' && /^ {2}steps:\n((?: {4}.*\n|\n)+)/m.exec(text)) || []
  return steps === undefined ? own : [...own, ...(await yamlProblems(steps.replaceAll(/^ {4}/gm, '')))]
}

const bashExists = process.platform !== 'win32'

/** What is wrong with a script; empty when nothing is. */
function bashProblems(text: string): string[] {
  try {
    if (bashExists) execFileSync('bash', ['-n'], { input: text, stdio: 'pipe' })
    return []
  } catch (error) {
    return [`${(error as { stderr: Buffer }).stderr}`]
  }
}

test.each(pages)('%s: its blocks can be pasted', async page => {
  for (const { language, text, line } of blocksOf(readText(page))) {
    const found: string[] = []
    if (/^ya?ml$/.test(language)) found.push(...(await yamlProblems(text)))
    if (/^(bash|sh|shell)$/.test(language)) found.push(...bashProblems(text))
    expect({ line, found }).toEqual({ line, found: [] })
  }
})

describe('it would find', () => {
  const step = `{ uses: ${thisAction}, with: { app-id: a, secret: b, scoep: c } }`
  const composite = 'name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - '
  test.each([
    ['text with a colon and a space', '- run: curl -H "Authorization: bearer $JWT" https://ovc.example\n', /mapping/i],
    ['an input of a step in a job', `jobs:\n  a:\n    runs-on: x\n    steps: [${step}]\n`, /'scoep'/],
    ['an input in a composite action', `${composite}${step}\n`, /'scoep'/],
    ['a secret in a composite action', `${composite}{ shell: bash, run: "\${{ secrets.X }}" }\n`, /secrets/],
    ['a missing input', `uses: ${thisAction}\nwith: { app-id: a }\n`, /Missing input 'secret'/],
    ['an unknown key of a job', 'runs-on: x\nstep: []\n', /'step'/],
    ['an unknown context', `if: \${{ secret.X }}\n`, /secret/],
    ['broken plain YAML', 'version: 2\nupdates: [\n', /flow|\]/i],
    ['an unknown input under with', 'with: { timeout: 5m, scoep: a }\nenv: { A: b }\n', /'scoep'/],
    ['an input that is not of that name', 'timeout: 5m\nscoep: a\n', /scoep/],
    ['a block of no known shape', 'something: else\n', /something/],
  ])('%s', async (_, text, message) => {
    expect((await yamlProblems(text)).join('\n')).toMatch(message)
  })

  test('an open quote in a script', () => {
    expect(bashExists ? bashProblems('echo "x\n') : ['']).toHaveLength(1)
  })

  test('a block inside a list, with its line', () => {
    expect(blocksOf('# a\n\n- b\n  ```yaml\n  c: d\n  ```\n')).toEqual([{ language: 'yaml', text: 'c: d\n', line: 5 }])
  })
})

/** Quotes are backticks in the README. */
const plain = (text = '') => text.replaceAll(/[`"]/g, '')

/** The list under a heading of the README: each name, its default (empty where none is given) and what it means. */
function listUnder(heading: string): string[][] {
  const section = readText('README.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const items = section.matchAll(/^- \*\*`([\w-]+)`\*\*(?: \(default `([^`]+)`\))?: (.+)$/gm)
  return [...items].map(([, name = '', value = '', meaning]) => [name, value, plain(meaning)])
}

test.each([
  ['Inputs', metadata.inputs],
  ['Outputs', metadata.outputs],
])('README.md lists the %s of action.yml, with their defaults, in the same words', (heading, declared = {}) => {
  const expected = Object.entries(declared).map(([name, { default: value = '', description }]) => {
    return [name, value, plain(description)]
  })
  expect(listUnder(heading)).toEqual(expected)
})

test('README.md can be read in two minutes', () => {
  const lines = readText('README.md').trimEnd().split('\n')
  expect(lines.length).toBeLessThanOrEqual(220)
  expect(lines.slice(0, 80)).toContain('## Inputs')
})

// Beside the sidebar, GitHub's page is 832 px wide, of which the padding of a block takes 32. A character is 0.602 times as
// wide as the font is high (Menlo, Liberation Mono). The font has 13.6 px in a page, and 12 px where a file is shown.
const widest = { page: 97, file: 110 }

const blocks = ['README.md', ...filesIn('docs').filter(file => file.endsWith('.md'))].flatMap(page =>
  blocksOf(readText(page)).map(({ text, line }) => ({ file: page, text, first: line, most: widest.page })),
)
const examples = filesIn('examples')
  .filter(file => file.endsWith('.yml'))
  .map(file => ({ file, text: readText(file), first: 1, most: widest.file }))

test('no code scrolls sideways', () => {
  const tooLong = [...blocks, ...examples].flatMap(({ file, text, first, most }) =>
    text.split('\n').flatMap((line, at) => (line.length > most ? `${file}:${first + at} (${line.length})` : [])),
  )
  expect(tooLong).toEqual([])
})
