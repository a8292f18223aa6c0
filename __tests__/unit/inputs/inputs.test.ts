/** All inputs together: what a workflow may leave out, what fits together, and which mistake is told first. */

import { describe, expect, test } from '@jest/globals'
import { readInputs } from '../../../src/inputs/inputs.ts'
import { inputErrorFor, read, sourceOf } from '../../support/inputs.ts'

test('the least that a workflow can write', () => {
  const pair = { clientId: 'my-id', clientSecret: 'my secret' }
  expect(read({ 'app-id': 'my-id', secret: 'my secret' })).toEqual({
    credentials: { grant: 'client_credentials', ...pair, scopes: [], audiences: [] },
    baseUrl: 'https://itsyou.online',
    ovcUrl: undefined,
    aysUrl: undefined,
    validity: undefined,
    publicKey: undefined,
    envVars: ['JWT'],
    replacedEnvVars: [],
    summary: false,
    retries: 5,
    timeout: 60_000,
  })
})

test('all that a workflow can write', () => {
  const urls = {
    'base-url': 'https://id.example/iyo/',
    'ovc-url': 'https://a.b/',
    'ays-url': 'https://ays.example/api/',
  }
  const texts = { scope: 'user:name, offline_access', validity: '1h', 'public-key': 'a key', 'env-var': 'A B' }
  const others = { summary: 'true', retries: '0', timeout: '10m' }
  expect(read({ ...urls, ...texts, ...others }, { A: 'something', C: 'another' })).toMatchObject({
    credentials: { scopes: ['user:name', 'offline_access'] },
    baseUrl: 'https://id.example/iyo',
    ovcUrl: 'https://a.b',
    aysUrl: 'https://ays.example/api',
    validity: 3600,
    publicKey: 'a key',
    envVars: ['A', 'B'],
    replacedEnvVars: ['A'],
    summary: true,
    retries: 0,
    timeout: 600_000,
  })
})

test('a JWT to renew takes the place of an API key', () => {
  expect(read({ 'app-id': '', secret: '', jwt: 'a.b.c' }).credentials).toEqual({ grant: 'refresh', jwt: 'a.b.c' })
})

const none = { 'app-id': '', secret: '' }
const dependabot = { GITHUB_ACTOR: 'dependabot[bot]' }
const id = { 'app-id': 'a\u202eb' }
const ovc = { 'ovc-url': 'https://ovc.example', audience: 'x' }

test.each<[inputs: Record<string, string>, env: Record<string, string>, says: RegExp]>([
  [none, {}, /^"app-id", "secret" and "jwt" are all empty: .*step ids.*"environment:".*"secrets: inherit"/],
  [none, dependabot, /^"app-id", "secret" and "jwt" are all empty: Dependabot .*\[ERR_SECRETS_DEPENDABOT\]$/],
  [{ 'app-id': '' }, {}, /^"app-id" is empty: forks and .* in other runs check its name.*"vars\.".*"environment:"/],
  [{ secret: '' }, {}, /^"secret" is empty: forks and Dependabot get no secrets; .* "secrets: inherit" for a reusable/],
  [{ secret: 'x\u200by' }, {}, /^"secret" contains a line break or an invisible character: copy it again/],
  [id, {}, /^"app-id" contains characters that no id has: copy it again from the API key's page\./],
  [{ jwt: 'a.b.c', scope: 'user:name' }, {}, /^"jwt" renews .* with "app-id", "secret", "scope": drop those inputs to/],
  [{ ...none, jwt: 'a.b.c', audience: 'x' }, {}, /^"jwt" renews .* with "audience": drop that input to .* drop "jwt"/],
  [ovc, {}, /^"ovc-url" cannot be combined with "audience", .*: leave one of the two empty\./],
  // A variable that is not set must not send the secret to the default.
  [{ 'base-url': '' }, {}, /^"base-url" is empty: a variable that is not set is empty/],
])('%j with %j is an error', (inputs, env, says) => expect(inputErrorFor(inputs, env)).toMatch(says))

test('credentials may be any other text', () => {
  const inputs = { 'app-id': 'cloud potatoes', secret: 's3cr3t +%&=/#"\'<é€>' }
  expect(read(inputs).credentials).toMatchObject({ clientId: 'cloud potatoes', clientSecret: inputs.secret })
})

test('an audience goes with AYS', () => {
  const { aysUrl, credentials } = read({ 'ays-url': 'https://ays.example', audience: 'a,b' })
  expect({ aysUrl, credentials }).toMatchObject({
    aysUrl: 'https://ays.example',
    credentials: { audiences: ['a', 'b'] },
  })
})

describe('NODE_TLS_REJECT_UNAUTHORIZED', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  test.each(['base-url', 'ovc-url', 'ays-url'])('is an error for a remote "%s"', name => {
    const loopback = { 'base-url': 'https://127.0.0.1', [name]: 'https://127.0.0.1.example.org' }
    expect(inputErrorFor(loopback, env)).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED=0 .*: remove it, .*NODE_EXTRA_CA_CERTS/)
  })

  test('is allowed for loopback, and where it turns nothing off', () => {
    expect(read({ 'base-url': 'https://127.0.0.1' }, env).baseUrl).toBe('https://127.0.0.1')
    expect(read({}, { NODE_TLS_REJECT_UNAUTHORIZED: '1' }).baseUrl).toBe('https://itsyou.online')
  })
})

test('"summary" is true or false', () => {
  for (const value of ['true', 'True', 'TRUE']) expect(read({ summary: value }).summary).toBe(true)
  for (const value of ['false', 'False', 'FALSE', '']) expect(read({ summary: value }).summary).toBe(false)
})

test.each(['maybe', '1', 'TrUe', 'xtrue', 'truex', 'xfalse', 'falsex'])('"summary: %s" is an error', value => {
  expect(inputErrorFor({ summary: value })).toBe(`"summary" is "${value}": write true or false. [ERR_INPUT_INVALID]`)
})

test('"retries" goes from 0 to 10, and is 5 where it is empty', () => {
  expect(['10', ''].map(retries => read({ retries }).retries)).toEqual([10, 5])
})

test.each(['11', '-1', '1.5', 'x', '010', ' '])('"retries: %s" is an error', value => {
  const says = `"retries" is "${value}": write a whole number from 0 to 10. [ERR_INPUT_INVALID]`
  expect(inputErrorFor({ retries: value })).toBe(says)
})

test('an input that the runner did not set at all has its default', () => {
  const { get, ...source } = sourceOf({})
  const inputs = readInputs({ ...source, get: name => (['app-id', 'secret'].includes(name) ? get(name) : undefined) })
  expect(inputs).toMatchObject({ baseUrl: 'https://itsyou.online', envVars: ['JWT'], retries: 5 })
})

test.each([
  ['app-id', 'a\u202eb', 'ERR_CREDENTIALS_INVALID'],
  ['secret', 'a\nb', 'ERR_CREDENTIALS_INVALID'],
  ['scope', 'user:', 'ERR_SCOPE_INVALID'],
  ['audience', 'a;b', 'ERR_AUDIENCE_INVALID'],
  ['validity', 'x', 'ERR_DURATION_INVALID'],
  ['timeout', 'x', 'ERR_DURATION_INVALID'],
  ['base-url', 'x', 'ERR_ADDRESS_INVALID'],
  ['ovc-url', 'x', 'ERR_ADDRESS_INVALID'],
  ['ays-url', 'x', 'ERR_ADDRESS_INVALID'],
  ['env-var', 'no', 'ERR_ENV_VAR_INVALID'],
])('the code names the remedy: "%s: %s" is %s', (name, value, code) => {
  expect(inputErrorFor({ [name]: value })).toMatch(new RegExp(`^"${name}" .*\\[${code}\\]$`))
})
