/** All workflow files are valid by GitHub's own schema, and use the inputs that this action has. */

import { isBasicExpression, isMapping, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { describe, expect, test } from '@jest/globals'
import { filesIn, readText } from '../support/pages.ts'
import { problems, thisAction } from '../support/workflow/problems.ts'

const isAction = (name: string) => name.endsWith('/action.yml')
const all = ['examples', '.github/workflows'].flatMap(filesIn).filter(name => /\.ya?ml$/.test(name))
const files = all.filter(name => !isAction(name))

/** A workflow file's own form, in which an expression is a value of its own kind. */
function read(file: string) {
  const { value } = parseWorkflow({ name: file, content: readText(file) }, new NoOperationTraceWriter())
  if (!value || !isMapping(value)) throw new Error(`${file} is not a workflow`)
  return value
}

describe('each workflow', () => {
  test.each(files)('%s limits its permissions, and each of its jobs has an end', file => {
    const workflow = read(file)
    expect(workflow.find('permissions')).toBeDefined()
    const jobs = workflow.find('jobs')
    for (const { key, value } of jobs && isMapping(jobs) ? jobs : []) {
      // A job that calls another workflow has the end of that one's jobs.
      if (isMapping(value) && value.find('uses')) continue
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

// Anyone with write access can set a variable, and so would decide where a secret or the JWT goes.
test.each(files)('%s takes nothing from a variable but the application id', file => {
  const expressions = [...TemplateToken.traverse(read(file))].filter(([, token]) => isBasicExpression(token))
  const keys = expressions.filter(([, token]) => /\bvars\b/.test(`${token}`)).map(([, , key]) => `${key}`)
  expect(keys.filter(key => key !== 'app-id')).toEqual([])
})

describe("GitHub's schema", () => {
  test.each([...all, 'action.yml'])('finds nothing wrong in %s', async file => {
    expect(await problems(file, readText(file))).toEqual([])
  })

  // More of what it finds is in __tests__/project/pages.test.ts.
  test.each([
    ['local action', 'uses: ./\n        with: { app-id: a, secret: b, scoep: c }', /Invalid action input 'scoep'/],
    ['input that excludes another', `{ uses: '${thisAction}', with: { jwt: a, secret: b } }`, /'secret' beside 'jwt'/],
    ['unknown step', `{ run: "\${{ steps.none.outputs.jwt }}" }`, /Context access might be invalid: none/],
  ])('would find: %s', async (name, step, message) => {
    const head = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps:\n      - '
    const found = await problems(`made-up/${name}.yml`, `${head}${step}\n`)
    expect(found).toEqual([expect.stringMatching(message)])
  })
})
