/** All workflow files are valid by GitHub's own schema, and use the inputs that this action has. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isBasicExpression, isMapping, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { describe, expect, test } from '@jest/globals'
import { problems, thisAction } from '../support/workflow/problems.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

const files = ['examples', '.github/workflows'].flatMap(folder => {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(name => /\.ya?ml$/.test(name))
    .map(name => `${folder}/${name}`)
})

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
      const minutes = isMapping(value) && value.find('timeout-minutes')
      expect([`${key}`, `${minutes}`]).toEqual([`${key}`, expect.stringMatching(/^\d+$/)])
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
    ['unknown input', `{ uses: '${thisAction}', with: { app-id: a, secret: b, ap-id: c } }`, /Invalid .* 'ap-id'/],
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
