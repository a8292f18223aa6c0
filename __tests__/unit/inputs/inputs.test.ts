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
  const inputs = read(
    {
      'app-id': 'my-id',
      secret: 'my secret',
      scope: 'user:name, offline_access',
      validity: '1h',
      'base-url': 'https://id.example/iyo/',
      'ovc-url': 'https://ovc.example/',
      'ays-url': 'https://ays.example/api/',
      'public-key': 'a key',
      'env-var': 'A B',
      summary: 'true',
      retries: '0',
      timeout: '10m',
    },
    { A: 'something', C: 'another' },
  )
  expect(inputs).toMatchObject({
    credentials: { scopes: ['user:name', 'offline_access'] },
    baseUrl: 'https://id.example/iyo',
    ovcUrl: 'https://ovc.example',
    aysUrl: 'https://ays.example/api',
    validity: 3600,
    publicKey: 'a key',
    envVars: ['A', 'B'],
    replacedEnvVars: ['A'],
    summary: true,
    retries: 0,
    timeout: 600_000,
  })
  expect(read({ audience: 'a,b' }).credentials).toMatchObject({ audiences: ['a', 'b'] })
})

test('a JWT to renew takes the place of an API key', () => {
  expect(read({ 'app-id': '', secret: '', jwt: 'a.b.c' }).credentials).toEqual({ grant: 'refresh', jwt: 'a.b.c' })
})

test.each([
  [{ scope: 'user:name' }, '"app-id", "secret", "scope": drop those inputs'],
  [{ 'app-id': '', secret: '', audience: 'x' }, '"audience": drop that input'],
])('a JWT to renew excludes %j', (inputs, says) => {
  const message = inputErrorFor({ ...inputs, jwt: 'a.b.c' })
  expect(message).toMatch(/^"jwt" renews a JWT and cannot be combined with "/)
  expect(message).toContain(says)
})

describe('credentials', () => {
  const none = { 'app-id': '', secret: '' }
  const dependabot = { GITHUB_ACTOR: 'dependabot[bot]' }
  test.each<[inputs: Record<string, string>, env: Record<string, string>, event: unknown, says: RegExp]>([
    [none, {}, {}, /^"app-id", "secret" and "jwt" are all empty: .*step ids.*"environment:".*"secrets: inherit"/],
    [{ 'app-id': '' }, {}, {}, /^"app-id" is empty: forks and Dependabot get no secrets; in other runs check its name/],
    [{ 'app-id': '' }, {}, {}, /"secrets\." or "vars\.".*"environment:".*"secrets: inherit" for a reusable workflow\./],
    [{ secret: '' }, {}, {}, /^"secret" is empty: forks and Dependabot/],
    [none, dependabot, {}, /^"app-id", "secret" and "jwt" are all empty: Dependabot .*\[ERR_SECRETS_DEPENDABOT\]$/],
    [{ secret: 'x\u200by' }, {}, {}, /^"secret" contains a line break or an invisible character: copy it again/],
    [{ secret: 'x\ny' }, {}, {}, /^"secret" contains a line break/],
    [{ 'app-id': 'a\u202eb' }, {}, {}, /^"app-id" contains characters that no id has: copy it again/],
  ])('%j with %j is an error', (inputs, env, event, says) => {
    expect(inputErrorFor(inputs, env, event)).toMatch(says)
  })

  test('may be any other text', () => {
    const inputs = { 'app-id': 'cloud potatoes', secret: 's3cr3t +%&=/#"\'<é€>' }
    expect(read(inputs).credentials).toMatchObject({ clientId: 'cloud potatoes', clientSecret: 's3cr3t +%&=/#"\'<é€>' })
  })
})

describe('NODE_TLS_REJECT_UNAUTHORIZED', () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  test.each(['base-url', 'ovc-url', 'ays-url'])('is an error for a remote "%s"', name => {
    const loopback = { 'base-url': 'https://127.0.0.1', [name]: 'https://127.0.0.1.example.org' }
    expect(inputErrorFor(loopback, env)).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification/)
  })

  test('is allowed for loopback, and where it turns nothing off', () => {
    expect(read({ 'base-url': 'https://127.0.0.1' }, env).baseUrl).toBe('https://127.0.0.1')
    expect(read({}, { NODE_TLS_REJECT_UNAUTHORIZED: '1' }).baseUrl).toBe('https://itsyou.online')
  })
})

test('"ovc-url" excludes "audience", because OpenvCloud rejects such a JWT', () => {
  expect(inputErrorFor({ 'ovc-url': 'https://ovc.example', audience: 'x' })).toMatch(
    /^"ovc-url" cannot be combined with "audience"/,
  )
  expect(read({ 'ays-url': 'https://ays.example', audience: 'x' }).aysUrl).toBe('https://ays.example')
})

test.each(['', 'maybe', '1', 'TrUe', 'xtrue', 'truex', 'xfalse', 'falsex'])(
  '"summary: %s" is false or an error',
  value => {
    if (value === '') expect(read({ summary: value }).summary).toBe(false)
    else
      expect(inputErrorFor({ summary: value })).toBe(
        `"summary" is "${value}": write true or false. [ERR_INPUT_INVALID]`,
      )
  },
)

test.each(['true', 'True', 'TRUE', 'false', 'False', 'FALSE'])('"summary: %s" is read', value =>
  expect(read({ summary: value }).summary).toBe(value.toLowerCase() === 'true'),
)

test.each(['11', '-1', '1.5', 'x', '010', ' '])('"retries: %s" is an error', value => {
  expect(inputErrorFor({ retries: value })).toBe(
    `"retries" is "${value}": write a whole number from 0 to 10. [ERR_INPUT_INVALID]`,
  )
})
test('"retries" goes from 0 to 10', () => {
  expect(read({ retries: '10' }).retries).toBe(10)
  expect(read({ retries: '' }).retries).toBe(5)
})

test('"base-url" that is empty is an error, and not the default: a variable that is not set must not send the secret there', () => {
  expect(inputErrorFor({ 'base-url': '' })).toMatch(/^"base-url" is empty: a variable that is not set is empty/)
})

test('an input that the runner did not set at all has its default', () => {
  const { get, ...source } = sourceOf({ 'app-id': 'my-id', secret: 'my secret' })
  const inputs = readInputs({ ...source, get: name => (['app-id', 'secret'].includes(name) ? get(name) : undefined) })
  expect(inputs).toMatchObject({ baseUrl: 'https://itsyou.online', envVars: ['JWT'], retries: 5 })
})

describe('the code names the remedy', () => {
  test.each([
    ['app-id', 'a\u202eb', 'ERR_CREDENTIALS_INVALID'],
    ['secret', 'a\nb', 'ERR_CREDENTIALS_INVALID'],
    ['scope', 'user:', 'ERR_SCOPE_INVALID'],
    ['audience', 'a;b', 'ERR_AUDIENCE_INVALID'],
    ['validity', '0', 'ERR_DURATION_INVALID'],
    ['timeout', '0', 'ERR_DURATION_INVALID'],
    ['base-url', 'x', 'ERR_ADDRESS_INVALID'],
    ['ovc-url', 'x', 'ERR_ADDRESS_INVALID'],
    ['ays-url', 'x', 'ERR_ADDRESS_INVALID'],
    ['env-var', 'no', 'ERR_ENV_VAR_INVALID'],
    ['summary', 'x', 'ERR_INPUT_INVALID'],
    ['retries', 'x', 'ERR_INPUT_INVALID'],
  ])('"%s: %s" is %s', (name, value, code) => {
    const message = inputErrorFor({ [name]: value })
    expect(message).toMatch(new RegExp(`^"${name}" .*\\[${code}\\]$`))
  })
})

test.each(['validity', 'timeout'])('"%s" is told by its name', name => {
  expect(inputErrorFor({ [name]: 'x' })).toMatch(new RegExp(`^"${name}" is "x": write whole seconds`))
})
