/** action.yml and the code agree: neither promises what the other does not keep. */

import { existsSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parseInputs } from '../../sandbox/runner/action-file.ts'
import { readInputs } from '../../src/inputs/inputs.ts'
import { report } from '../../src/report/report.ts'
import { userToken } from '../support/destinations.ts'
import { filesIn, readText, root } from '../support/pages.ts'
import { metadata } from '../support/workflow/problems.ts'

const { description, inputs = {}, outputs = {}, runs } = metadata
const sentence = /^[A-Z].*\.$/
const key = { 'app-id': 'a', secret: 'b' }

/** Reads inputs as the code does, and takes note of every name that it asks for. */
function readWith(given: Record<string, string | undefined>, asked = new Set<string>()) {
  const get = (name: string) => {
    asked.add(name)
    return given[name]
  }
  return readInputs({ get, env: {}, event: () => undefined })
}

test('the description fits into the Marketplace, which refuses more than 125 characters', () => {
  expect(description).toMatch(sentence)
  expect(description.length).toBeLessThanOrEqual(125)
})

describe('inputs', () => {
  const defaults = {
    'app-id': undefined,
    secret: undefined,
    scope: 'user:name',
    'ovc-url': '',
    'ays-url': '',
    validity: '1h',
    'env-var': 'JWT',
    'base-url': 'https://itsyou.online',
    'public-key': '',
    summary: 'false',
    retries: '5',
    timeout: '60s',
    audience: '',
    jwt: '',
  }

  test('are the public contract, with these defaults', () => {
    expect(Object.entries(inputs).map(([name, input]) => [name, input.default])).toEqual(Object.entries(defaults))
  })

  test('are those that the code reads, and no others', () => {
    const asked = new Set<string>()
    readWith(key, asked)
    readWith({ jwt: 'a.b.c' }, asked)
    expect([...asked].sort()).toEqual(Object.keys(defaults).sort())
  })

  test('are read in one place', () => {
    expect(filesIn('src').filter(file => /getInput\(/.test(readText(file)))).toEqual(['src/runner/files.ts'])
  })

  test('have the same defaults where a runner sets none of them', () => {
    expect(readWith(key)).toEqual(readWith({ ...defaults, ...key }))
  })

  test.each(Object.entries(inputs))('%s has a description, and is not required: a renewal needs no key', (_, input) => {
    expect(input).toMatchObject({ description: expect.stringMatching(sentence), required: false })
  })

  test('are read alike by the sandbox, on which the other tests stand', () => {
    const plain = Object.entries(defaults).map(([name, value]) => [name, value ?? ''])
    expect(Object.entries(parseInputs(readText('action.yml')))).toEqual(plain)
  })
})

test('outputs are those that a run sets, in their order, each with a description', () => {
  expect(Object.keys(outputs)).toEqual(
    Object.keys(report(userToken, readWith(key).settings, undefined, undefined, 0).outputs),
  )
  for (const output of Object.values(outputs)) expect(output.description).toMatch(sentence)
})

test('runs on Node 24, from a file that is there', () => {
  expect(runs).toEqual({ using: 'node24', main: 'dist/index.js' })
  expect(existsSync(`${root}dist/index.js`)).toBe(true)
})
