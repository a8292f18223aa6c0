/** What a reader pastes from a page works: each block of YAML is valid on GitHub, each command is valid in bash. */

import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { type Block, blocksOf, readPage } from '../support/pages.ts'
import { metadata, problems, thisAction } from '../support/workflow/problems.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = ['', 'docs/', 'examples/', '.github/'].flatMap(folder =>
  readdirSync(`${root}${folder}`)
    .filter(name => name.endsWith('.md'))
    .map(name => `${folder}${name}`),
)

const indented = (text: string, by: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
const jobHead = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n'
const jobKeys = new Set([
  'if',
  'environment',
  'env',
  'permissions',
  'strategy',
  'timeout-minutes',
  'container',
  'concurrency',
])

/** A fragment inside what it belongs to: the file name, and the text of a whole file. */
function wholeFile(text: string): [name: string, text: string] {
  const keys = [...text.matchAll(/^["']?([\w-]+)["']?:/gm)].map(match => match[1] ?? '')
  const has = (key: string) => keys.includes(key)
  if (/^- /m.test(text)) return ['steps.yml', `${jobHead}    steps:\n${indented(text, 6)}`]
  if (has('jobs')) return ['workflow.yml', has('on') ? text : `on: push\n${text}`]
  if (has('runs')) return ['action.yml', text]
  // A workflow has one place where any value may be.
  if (has('updates')) {
    return [
      'plain.yml',
      `${jobHead}    strategy:\n      matrix:\n        include:\n          - any:\n${indented(text, 14)}    steps: [{ run: x }]\n`,
    ]
  }
  if (has('uses') || has('run')) return ['step.yml', `${jobHead}    steps:\n      -\n${indented(text, 8)}`]
  if (has('runs-on')) return ['job.yml', `on: push\njobs:\n  one:\n${indented(text, 4)}`]
  // Inputs of this action, alone or under `with:`: what else the step needs is not the point there.
  const isInputs = keys.length > 0 && keys.every(key => key in (metadata.inputs ?? {}))
  if (isInputs || has('with')) {
    const rest = isInputs ? `        with:\n${indented(text, 10)}` : indented(text, 8)
    return ['inputs.yml', `${jobHead}    steps:\n      - uses: ${thisAction}\n${rest}`]
  }
  if (keys.length > 0 && keys.every(key => jobKeys.has(key))) {
    return ['job.yml', `${jobHead}${indented(text, 4)}    steps: [{ run: x }]\n`]
  }
  return ['unknown.yml', text]
}

/** The steps of a composite action: the language service does not look at their inputs. */
function stepsOf(text: string): string | undefined {
  const steps = /^ {2}steps:\n((?: {4}.*\n|\n)+)/m.exec(text)?.[1]
  return steps?.replaceAll(/^ {4}/gm, '')
}

let checked = 0

/** What is wrong with a block of YAML; empty when nothing is. */
async function yamlProblems(text: string): Promise<string[]> {
  const [name, whole] = wholeFile(text)
  checked += 1
  const found = await problems(`blocks/${checked}/${name}`, whole.replaceAll('uses: https://github.com/', 'uses: '))
  const steps = name === 'action.yml' ? stepsOf(text) : undefined
  // A fragment may name a step, an input or a matrix that is not in it.
  const own = found
    .filter(message => !/Context access might be invalid/.test(message))
    .filter(message => name !== 'inputs.yml' || !/Missing input/.test(message))
  return [...own, ...(steps === undefined ? [] : await yamlProblems(steps))]
}

/** What is wrong with a script; empty when nothing is. */
function bashProblems(text: string): string[] {
  try {
    execFileSync('bash', ['-n'], { input: text, stdio: 'pipe' })
    return []
  } catch (error) {
    return [`${(error as { stderr: Buffer }).stderr}`]
  }
}

const bashExists = process.platform !== 'win32'

async function problemsOf({ language, text }: Block): Promise<string[]> {
  if (/^ya?ml$/.test(language)) return await yamlProblems(text)
  if (/^(bash|sh|shell)$/.test(language)) return bashExists ? bashProblems(text) : []
  return []
}

test.each(pages)('%s: its blocks can be pasted', async page => {
  const found: string[] = []
  for (const block of blocksOf(readPage(page))) {
    for (const message of await problemsOf(block)) found.push(`${page}, block at line ${block.line}: ${message}`)
  }
  expect(found).toEqual([])
})

describe('it would find', () => {
  const uses = `uses: ${thisAction}`
  test.each([
    ['text with a colon and a space', '- run: curl -H "Authorization: bearer $JWT" https://ovc.example\n', /mapping/i],
    ['an unknown input', `- ${uses}\n  with: { app-id: a, secret: b, scoep: c }\n`, /'scoep'/],
    [
      'an unknown input of a step in a job',
      `jobs:\n  a:\n    runs-on: x\n    steps: [{ ${uses}, with: { app-id: a, secret: b, scoep: c } }]\n`,
      /'scoep'/,
    ],
    [
      'an unknown input in a composite action',
      `name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - ${uses}\n      with: { app-id: a, secret: b, scoep: c }\n`,
      /'scoep'/,
    ],
    [
      'a secret in a composite action',
      `name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - ${uses}\n      with: { app-id: a, secret: "\${{ secrets.X }}" }\n`,
      /secrets/,
    ],
    ['a missing input', `${uses}\nwith: { app-id: a }\n`, /Missing input 'secret'/],
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

describe('README.md', () => {
  /** Quotes are backticks in the README. */
  const plain = (text: string) => text.replaceAll(/[`"]/g, '')

  /** The list under a heading: each name, its default (empty where none is given) and what it means. */
  function listUnder(heading: string): string[][] {
    const section = readPage('README.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
    const items = section.matchAll(/^- \*\*`([\w-]+)`\*\*(?: \(default `([^`]+)`\))?: (.+)$/gm)
    return [...items].map(([, name = '', value = '', meaning = '']) => [name, value, plain(meaning)])
  }

  test('lists the inputs of action.yml, with their defaults, in the same words', () => {
    const inputs = Object.entries(metadata.inputs ?? {})
    const expected = inputs.map(([name, { default: value, description }]) => [
      name,
      `${value ?? ''}`,
      plain(description),
    ])
    expect(listUnder('Inputs')).toEqual(expected)
  })

  test('lists the outputs of action.yml in the same words', () => {
    const outputs = Object.entries(metadata.outputs ?? {})
    expect(listUnder('Outputs')).toEqual(outputs.map(([name, { description }]) => [name, '', plain(description ?? '')]))
  })
})
