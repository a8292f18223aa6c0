/** action.yml and the code agree: neither promises what the other does not keep. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { NoOperationTraceWriter } from '@actions/workflow-parser'
import { type ActionTemplate, convertActionTemplate, parseAction } from '@actions/workflow-parser/actions/index'
import { describe, expect, test } from '@jest/globals'
import { parseInputs } from '../../sandbox/runner/action-file.ts'
import { type Inputs, readInputs } from '../../src/inputs/inputs.ts'
import { report } from '../../src/report.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = readFileSync(`${root}action.yml`, 'utf8')
const action = parse()
const declared = action.inputs ?? []

/** Read as GitHub reads it, against GitHub's own schema. */
function parse(): ActionTemplate {
  const { context, value } = parseAction({ name: 'action.yml', content: text }, new NoOperationTraceWriter())
  if (!value) throw new Error('action.yml is empty')
  const template = convertActionTemplate(context, value)
  const errors = context.errors.getErrors()
  if (errors.length) throw new Error(errors.join('\n'))
  return template
}

const key = { 'app-id': 'a', secret: 'b' }

/** Reads inputs as the code does, and takes note of every name that it asks for. */
function readWith(given: Record<string, string | undefined>, asked = new Set<string>()): Inputs {
  const get = (name: string) => {
    asked.add(name)
    return given[name]
  }
  return readInputs({ get, env: {}, event: () => undefined })
}

test('the description fits into the Marketplace, which refuses more than 125 characters', () => {
  expect(action.description.length).toBeLessThanOrEqual(125)
  expect(action.description).toMatch(/^[A-Z].*\.$/)
})

describe('inputs', () => {
  const defaults = {
    'app-id': undefined,
    secret: undefined,
    scope: '',
    audience: '',
    validity: '',
    'base-url': 'https://itsyou.online',
    'public-key': '',
    'ovc-url': '',
    'ays-url': '',
    jwt: '',
    'env-var': 'JWT',
    summary: 'false',
    retries: '5',
    timeout: '60s',
  }

  test('are the public contract, with these defaults', () => {
    expect(declared.map(({ id, default: value }) => [id, value?.toString()])).toEqual(Object.entries(defaults))
  })

  test('are those that the code reads, and no others', () => {
    const asked = new Set<string>()
    readWith(key, asked)
    readWith({ jwt: 'a.b.c' }, asked)
    expect([...asked].sort()).toEqual(Object.keys(defaults).sort())
  })

  test('are read in one place', () => {
    const files = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ts'))
    const readers = files.filter(name => /getInput\(/.test(readFileSync(`${root}src/${name}`, 'utf8')))
    expect(readers).toEqual(['runner.ts'])
  })

  test('have the same defaults where a runner sets none of them', () => {
    expect(readWith(key)).toEqual(readWith({ ...defaults, ...key }))
  })

  test.each(declared)('$id has a description, and is not required: a JWT can be renewed without an API key', input => {
    expect(input.description).toMatch(/^[A-Z].*\.$/)
    expect(input.required).toBe(false)
  })

  test('are read alike by the sandbox, on which the other tests stand', () => {
    const plain = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, value ?? '']))
    expect(parseInputs(text)).toEqual(plain)
  })
})

test('outputs are those that a run sets, in their order, each with a description', () => {
  const token = {
    ...{ jwt: 'a.b.c', authorizedParty: 'a', identity: 'jane', issuer: 'itsyouonline', keyKind: 'user' as const },
    ...{ scopes: [], audiences: [], expiresAt: 0, refreshToken: undefined, signatureVerified: true },
  }
  const { outputs } = report(token, readWith(key), undefined, [], 0)
  expect(action.outputs?.map(output => output.id)).toEqual(Object.keys(outputs))
  for (const { description } of action.outputs ?? []) expect(description).toMatch(/^[A-Z].*\.$/)
})

test('runs on Node 24, from a file that is there', () => {
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
  expect(existsSync(`${root}dist/index.js`)).toBe(true)
})
