/** All inputs together: what a workflow may leave out, what fits together, and which mistake is reported first. */

import { describe, expect, test } from '@jest/globals'
import { readInputs } from '../../../src/inputs/inputs.ts'
import { inputErrorFor, read } from '../../support/inputs.ts'

const least = {
  scopes: ['user:name'],
  audiences: [],
  validity: 3600,
  baseUrl: 'https://itsyou.online',
  ovcUrl: undefined,
  aysUrl: undefined,
  publicKey: undefined,
  envVars: ['JWT'],
  replacedEnvVars: [],
  summary: false,
  retries: 5,
  timeout: 60_000,
}

test('an id and a secret are enough: one hour of "user:name"', () => {
  const credentials = { grant: 'client_credentials', clientId: 'my-id', clientSecret: 'my secret' }
  expect(read({ 'app-id': 'my-id', secret: 'my secret' })).toEqual({ credentials, settings: least })
})

test('an input that the runner did not set at all has its default', () => {
  const given = (name: string) => (['app-id', 'secret'].includes(name) ? 'x' : undefined)
  expect(readInputs({ get: given, env: {}, event: () => undefined }).settings).toEqual(least)
})

test('an empty "validity", "retries" or "timeout" has its default', () => {
  expect(read({ validity: '', retries: '', timeout: '' }).settings).toEqual(least)
})

test('all that a workflow can write', () => {
  const urls = {
    'base-url': 'https://id.example/iyo/',
    'ovc-url': 'https://a.b/',
    'ays-url': 'https://ays.example/api/',
  }
  const texts = { scope: 'user:name, offline_access', validity: '2h', 'public-key': 'a key', 'env-var': 'A B' }
  const others = { summary: 'true', retries: '0', timeout: '10m' }
  expect(read({ ...urls, ...texts, ...others }, { A: 'something', B: '', C: 'another' }).settings).toEqual({
    scopes: ['user:name', 'offline_access'],
    audiences: [],
    validity: 7200,
    baseUrl: 'https://id.example/iyo',
    ovcUrl: 'https://a.b',
    aysUrl: 'https://ays.example/api',
    publicKey: 'a key',
    envVars: ['A', 'B'],
    replacedEnvVars: ['A'],
    summary: true,
    retries: 0,
    timeout: 600_000,
  })
})

test('an audience goes with AYS', () => {
  const { aysUrl, audiences } = read({ 'ays-url': 'https://ays.example', audience: 'a,b' }).settings
  expect({ aysUrl, audiences }).toEqual({ aysUrl: 'https://ays.example', audiences: ['a', 'b'] })
})

test('an audience does not go with OpenvCloud', () => {
  expect(inputErrorFor({ 'ovc-url': 'https://ovc.example', audience: 'x' })).toMatch(
    /^"ovc-url" cannot be combined with "audience", .*: leave one of the two empty\. \[ERR_INPUT_CONFLICT\]$/,
  )
})

const none = { 'app-id': '', secret: '' }
const fork = { pull_request: { head: { repo: { full_name: 'someone/app' } }, base: { repo: {} } } }

test.each<[inputs: Record<string, string>, event: unknown, says: RegExp]>([
  [none, {}, /^"app-id", "secret" and "jwt" are all empty: .*\[ERR_INPUT_EMPTY\]$/],
  [none, fork, /^"app-id", "secret" and "jwt" are all empty: .*\[ERR_SECRETS_FORK\]$/],
  [{ 'app-id': '' }, {}, /^"app-id" is empty: .*\[ERR_INPUT_EMPTY\]$/],
  [{ secret: '' }, fork, /^"secret" is empty: .*\[ERR_SECRETS_FORK\]$/],
  // A variable that is not set must not send the secret to the default server, or request all rights.
  [{ 'base-url': '' }, {}, /^"base-url" is empty: .*\[ERR_ADDRESS_INVALID\]$/],
  [{ scope: '' }, {}, /^"scope" is empty: .*\[ERR_SCOPE_INVALID\]$/],
  // An empty credential comes before what else is wrong.
  [{ ...none, scope: '', validity: 'x' }, {}, /\[ERR_INPUT_EMPTY\]$/],
  [{ 'base-url': 'http://localhost.:8080' }, {}, /^"base-url" .*\[ERR_ADDRESS_INVALID\]$/],
  [{ audience: 'a;b' }, {}, /^"audience" .*\[ERR_AUDIENCE_INVALID\]$/],
  [{ validity: '25h' }, {}, /^"validity" .*: write 24h, which is the longest\. \[ERR_DURATION_INVALID\]$/],
  [{ timeout: '11m' }, {}, /^"timeout" .*: write 10m, which is the longest\. \[ERR_DURATION_INVALID\]$/],
  [{ 'ovc-url': 'x' }, {}, /^"ovc-url" .*\[ERR_ADDRESS_INVALID\]$/],
  [{ 'ays-url': 'x' }, {}, /^"ays-url" .*\[ERR_ADDRESS_INVALID\]$/],
  [{ 'env-var': 'no' }, {}, /^"env-var" .*\[ERR_ENV_VAR_INVALID\]$/],
])('%j in the event %j is an error', (inputs, event, says) => expect(inputErrorFor(inputs, {}, event)).toMatch(says))

test('the input that was probably meant for an empty credential is named', () => {
  expect(inputErrorFor(none, { 'INPUT_CLIENT-ID': 'x' })).toContain('this step sets "client-id"')
})

describe('NODE_TLS_REJECT_UNAUTHORIZED', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  test.each([
    ['base-url', 'https://127.0.0.1.example.org'],
    ['base-url', 'https://localhost.'],
    ['ovc-url', 'https://ovc.example'],
    ['ays-url', 'https://ays.example'],
  ])('is an error for "%s: %s"', (name, url) => {
    const error = /^NODE_TLS_REJECT_UNAUTHORIZED=0 .*: remove it\. .*NODE_EXTRA_CA_CERTS.*\[ERR_TLS_OFF\]$/
    expect(inputErrorFor({ 'base-url': 'https://127.0.0.1', [name]: url }, env)).toMatch(error)
  })

  test('is allowed for loopback, and where it turns nothing off', () => {
    expect(read({ 'base-url': 'https://127.0.0.1' }, env).settings.baseUrl).toBe('https://127.0.0.1')
    expect(read({}, { NODE_TLS_REJECT_UNAUTHORIZED: '1' }).settings).toEqual(least)
  })
})

test('"summary" is true or false', () => {
  for (const value of ['true', 'True', 'TRUE']) expect(read({ summary: value }).settings.summary).toBe(true)
  for (const value of ['false', 'False', 'FALSE', '']) expect(read({ summary: value }).settings.summary).toBe(false)
})

test.each(['maybe', '1', 'TrUe', 'xtrue', 'truex', 'xfalse', 'falsex'])('"summary: %s" is an error', value => {
  const sentence = `"summary" is "${value}", which is not valid: write true or false. [ERR_INPUT_INVALID]`
  expect(inputErrorFor({ summary: value })).toBe(sentence)
})

test('"retries" goes from 0 to 10', () => {
  expect(['0', '9', '10'].map(retries => read({ retries }).settings.retries)).toEqual([0, 9, 10])
})

test.each(['11', '-1', '1.5', 'x', '010', ' '])('"retries: %s" is an error', value => {
  const remedy = 'write a whole number from 0 to 10. [ERR_INPUT_INVALID]'
  expect(inputErrorFor({ retries: value })).toBe(`"retries" is "${value}", which is not valid: ${remedy}`)
})
