import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { NoOperationTraceWriter } from '@actions/workflow-parser'
import { type ActionTemplate, convertActionTemplate, parseAction } from '@actions/workflow-parser/actions/index'
import { describe, expect, test } from '@jest/globals'
import { parseInputs } from '../sandbox/action-file.ts'
import { type Inputs, readInputs } from '../src/inputs.ts'
import { runStep } from './support-action/step.ts'

/** action.yml and the code agree: neither promises what the other does not keep. */

const root = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(`${root}action.yml`, 'utf8')
const action = parse()
const declared = new Map(action.inputs?.map(input => [input.id, input]))

/** Read as GitHub reads it, against GitHub's own schema. */
function parse(): ActionTemplate {
  const { context, value } = parseAction({ name: 'action.yml', content: text }, new NoOperationTraceWriter())
  if (!value) throw new Error('action.yml is empty')
  const template = convertActionTemplate(context, value)
  const errors = context.errors.getErrors()
  if (errors.length) throw new Error(errors.join('\n'))
  return template
}

/** Reads inputs as the code does, and takes note of every name that it asks for. */
function namesAsked(given: Record<string, string>): Set<string> {
  const asked = new Set<string>()
  const get = (name: string) => {
    asked.add(name)
    return given[name]
  }
  readInputs({ get, env: {}, event: () => undefined })
  return asked
}

const key = { 'app-id': 'a', secret: 'b' }

describe('inputs', () => {
  test('are those that the code reads, and no others', () => {
    const asked = new Set([...namesAsked(key), ...namesAsked({ jwt: 'a.b.c' })])
    expect([...declared.keys()].sort()).toEqual([...asked].sort())
  })

  test('are asked of the toolkit under these names only', () => {
    const main = readFileSync(`${root}src/main.ts`, 'utf8')
    const names = [...main.matchAll(/getInput\('([^']+)'/g)].map(match => match[1])
    for (const name of names) expect(declared.has(`${name}`)).toBe(true)
    // Only the outermost file reads inputs at all. (preload.ts looks at the scheme of one.)
    for (const file of readdirSync(`${root}src`).filter(name => !['main.ts', 'preload.ts'].includes(name))) {
      expect(readFileSync(`${root}src/${file}`, 'utf8')).not.toMatch(/getInput|INPUT_\w/)
    }
  })

  test('are the public contract', () => {
    expect([...declared.keys()]).toEqual([
      'app-id',
      'secret',
      'scope',
      'audience',
      'validity',
      'base-url',
      'public-key',
      'jwt',
      'env-var',
      'summary',
      'retries',
      'timeout',
    ])
  })

  test('have a description, and none is required of every step: a JWT can be renewed without app-id and secret', () => {
    for (const { description, required } of declared.values()) {
      expect(description).toMatch(/^[A-Z].*\.$/)
      expect(required).toBe(false)
    }
  })

  const defaults: Record<string, string | undefined> = Object.fromEntries(
    [...declared.values()].map(input => [input.id, input.default?.toString()]),
  )

  test('have these defaults, and app-id and secret have none', () => {
    expect(defaults).toEqual({
      'app-id': undefined,
      secret: undefined,
      scope: '',
      audience: '',
      validity: '',
      'base-url': 'https://itsyou.online',
      'public-key': '',
      jwt: '',
      'env-var': 'JWT',
      summary: 'false',
      retries: '3',
      timeout: '60s',
    })
  })

  test('have the same defaults where a runner sets none at all; only env-var then exports nothing', () => {
    const read = (values: Record<string, string | undefined>): Inputs =>
      readInputs({ get: name => values[name], env: {}, event: () => undefined })
    const set = read({ ...defaults, ...key })
    expect(read(key)).toEqual({ ...set, envVars: [] })
    expect(set).toMatchObject({
      baseUrl: 'https://itsyou.online',
      envVars: ['JWT'],
      summary: false,
      retries: 3,
      timeout: 60_000,
      validity: undefined,
      publicKey: undefined,
    })
  })

  test('are read alike by the runner in miniature, on which the other tests stand', () => {
    const plain = Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, value ?? '']))
    expect(parseInputs(text)).toEqual(plain)
  })
})

describe('outputs', () => {
  test('are those that a run sets, and no others', async () => {
    const { result } = await runStep()
    expect(action.outputs?.map(output => output.id)).toEqual(Object.keys(result.outputs))
    expect(Object.keys(result.outputs)).toEqual(['jwt', 'expires-at', 'expires-in', 'identity', 'scope'])
  })

  test('have a description', () => {
    for (const { description } of action.outputs ?? []) expect(description).toMatch(/^[A-Z].*\.$/)
  })
})

describe('runs', () => {
  test('on Node 24, from a file that is there', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
    expect(existsSync(`${root}dist/index.js`)).toBe(true)
  })
})
