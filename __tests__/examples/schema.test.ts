/** All workflow files are valid by GitHub's own schema, and use the inputs that this action has. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ValidationConfig, validate } from '@actions/languageservice'
import { isBasicExpression, isMapping, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { parseAction } from '@actions/workflow-parser/actions/action-parser'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { describe, expect, test } from '@jest/globals'
import { resolve } from '../support/workflow/expressions.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const thisAction = 'your-org/ovc-jwt-action@v1'

const files = ['examples', '.github/workflows'].flatMap(folder => {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => `${folder}/${name}`)
})

type Provider = NonNullable<ValidationConfig['actionsMetadataProvider']>
type Metadata = NonNullable<Awaited<ReturnType<Provider['fetchActionMetadata']>>>

function readMetadata(): Metadata {
  const file = { name: 'action.yml', content: readFileSync(join(root, 'action.yml'), 'utf8') }
  const { value } = parseAction(file, new NoOperationTraceWriter())
  return resolve(value, {}) as Metadata
}

const metadata = readMetadata()

/** Of other people's actions the inputs are not known here: they are not looked at. */
const actionsMetadataProvider: Provider = {
  fetchActionMetadata: async ({ owner, name }) =>
    thisAction.startsWith(`${owner}/${name}@`) ? metadata : { name, description: '' },
}

/** @returns what is wrong, with the line; empty when nothing is */
async function problems(file: string, text: string): Promise<string[]> {
  // The language service looks up no local action, and caches by the URI.
  const document = { uri: `file:///${file}`, getText: () => text.replaceAll('uses: ./\n', `uses: ${thisAction}\n`) }
  const found = await validate(document as Parameters<typeof validate>[0], { actionsMetadataProvider })
  return [
    ...found.map(({ message, range }) => `${range.start.line + 1}: ${message}`),
    ...(basename(file) === 'action.yml' ? [] : missingInputs(document.getText())),
  ]
}

/** Not in the action.yml, since `jwt` takes the place of the two: the action itself checks it when it runs. */
function missingInputs(text: string): string[] {
  const { value } = parseWorkflow({ name: '', content: text }, new NoOperationTraceWriter())
  const found: string[] = []
  for (const [, token] of value ? TemplateToken.traverse(value) : []) {
    if (!isMapping(token) || token.find('uses')?.toString() !== thisAction) continue
    const inputs = token.find('with')
    const has = (name: string) => inputs !== undefined && isMapping(inputs) && inputs.find(name) !== undefined
    const needed = has('jwt') ? [] : ['app-id', 'secret']
    for (const name of needed) if (!has(name)) found.push(`${token.line}: Missing input '${name}'`)
    if (has('jwt')) {
      for (const name of ['app-id', 'secret', 'scope', 'audience']) {
        if (has(name)) found.push(`${token.line}: Input '${name}' beside 'jwt'`)
      }
    }
  }
  return found
}

/** A workflow file's own form, in which an expression is a value of its own kind. */
function read(file: string): MappingToken {
  const content = readFileSync(join(root, file), 'utf8')
  const { value } = parseWorkflow({ name: file, content }, new NoOperationTraceWriter())
  if (!value || !isMapping(value)) throw new Error(`${file} is not a workflow`)
  return value
}

describe('each workflow', () => {
  test.each(files)('%s limits its permissions, and each of its jobs has an end', file => {
    const workflow = read(file)
    expect(workflow.find('permissions')).toBeDefined()
    const jobs = workflow.find('jobs')
    for (const { key, value } of jobs && isMapping(jobs) ? jobs : []) {
      expect([`${key}`, isMapping(value) && value.find('timeout-minutes')?.toString()]).toEqual([
        `${key}`,
        expect.stringMatching(/^\d+$/),
      ])
    }
  })

  // Text that an expression puts into a script is run as a part of it.
  test.each(files)('%s has no expression inside a script', file => {
    const scripts = [...TemplateToken.traverse(read(file))].filter(([, , key]) => `${key}` === 'run')
    expect(scripts.filter(([, token]) => isBasicExpression(token)).map(([, token]) => token.line)).toEqual([])
  })
})

describe("GitHub's schema", () => {
  test.each([...files, 'action.yml'])('finds nothing wrong in %s', async file => {
    expect(await problems(file, readFileSync(join(root, file), 'utf8'))).toEqual([])
  })

  const withStep = (step: string) =>
    `on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`

  test.each([
    [
      'unknown input',
      `{ uses: '${thisAction}', with: { app-id: a, secret: b, ap-id: c } }`,
      /Invalid action input 'ap-id'/,
    ],
    ['missing input', `{ uses: '${thisAction}', with: { app-id: a } }`, /Missing input 'secret'/],
    ['local action', 'uses: ./\n        with: { app-id: a, secret: b, scoep: c }', /Invalid action input 'scoep'/],
    ['input that excludes another', `{ uses: '${thisAction}', with: { jwt: a, secret: b } }`, /'secret' beside 'jwt'/],
    ['unknown key', '{ run: x, env-var: y }', /Unexpected value 'env-var'/],
    ['unknown context', `{ run: "\${{ secret.X }}" }`, /Unrecognized named-value: 'secret'/],
    ['unknown step', `{ run: "\${{ steps.none.outputs.jwt }}" }`, /Context access might be invalid: none/],
  ])('would find: %s', async (name, step, message) => {
    const found = await problems(`made-up/${name}.yml`, withStep(step))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(message)
  })
})
