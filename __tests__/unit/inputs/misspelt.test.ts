/** Inputs that do not exist, but were probably meant for one that does. */

import { expect, test } from '@jest/globals'
import { inputErrorFor, read } from '../../support/inputs.ts'
import { rowsOf } from '../../support/rows.ts'

const empty = { 'app-id': '', secret: '' }

test.each(
  rowsOf({
    'app-id': ['app_id', 'appid', 'client_id', 'client-id', 'application-id', 'app_di'],
    secret: ['client_secret', 'client-secret', 'clientsecret', 'secrte'],
    'base-url': ['base_url', 'baseurl', 'base-ulr', 'base_urls'],
    'public-key': ['public_key', 'publik-key'],
    'env-var': ['env_var', 'env-vars'],
    ...{ scope: ['scopes'], audience: ['audiance'], validity: ['validty'], timeout: ['time_out'] },
    ...{ summary: ['step_summary'], retries: ['max-retries'], 'ovc-url': ['ovc_url'], 'ays-url': ['ays_url'] },
  }),
)('"%s" is an error that says to write "%s"', (wrong, right) => {
  // The other credentials are given, so that only the one that is missing counts.
  const given = right === 'secret' ? { secret: '' } : right === 'app-id' ? { 'app-id': '' } : {}
  expect(inputErrorFor(given, { [`INPUT_${wrong.toUpperCase()}`]: 'x' })).toBe(
    `"${wrong}" is not an input of this action: write "${right}". [ERR_INPUT_MISSPELT]`,
  )
})

test('is told before an empty credential is', () => {
  expect(inputErrorFor(empty, { INPUT_APP_ID: 'x', INPUT_CLIENT_SECRET: 'y' })).toMatch(/^"app_id" is not an input/)
})

test('is told where the default is all that the right input has: a private secret must not go to the public server', () => {
  const env = { INPUT_BASE_URL: 'https://id.example' }
  expect(inputErrorFor({ 'base-url': 'https://itsyou.online' }, env)).toMatch(/^"base_url" is not an input/)
  expect(inputErrorFor({}, { INPUT_BASE_URL: '' })).toMatch(/^"base_url" is not an input/)
})

test('is not told where the right one is given, too: some runners leak the inputs of a composite action', () => {
  const env = { INPUT_APP_ID: 'x', INPUT_BASE_URL: 'x', INPUT_SCOPES: 'x', INPUT_ENV_VAR: 'x' }
  const given = { 'base-url': 'https://id.example', scope: 'user:name', 'env-var': 'OVC_JWT' }
  expect(read(given, env).baseUrl).toBe('https://id.example')
})

test.each([
  ...['INPUT_TOKEN', 'INPUT_URL', 'INPUT_NAME', 'INPUT_VERSION', 'INPUT_APP-ID', 'INPUT_SCOPE', 'CLIENT_ID', 'INPUT_'],
  // Of a composite action around this step, on a runner that leaks them.
  ...['INPUT_SERVER-URL', 'INPUT_APPLICATION', 'INPUT_EXPIRY', 'INPUT_RETRY', 'INPUT_SCORE', 'INPUT_WT', 'SCOPES'],
])('%s means something else', name => expect(read({}, { [name]: 'x' }).retries).toBe(5))

test('is not told of the grant that the step does not use', () => {
  const renewal = { 'app-id': '', secret: '', jwt: 'a.b.c' }
  expect(read(renewal, { INPUT_CLIENT_ID: 'x', INPUT_CLIENT_SECRET: 'x' }).credentials.grant).toBe('refresh')
  expect(read({}, { INPUT_JWT_TOKEN: 'a.b.c' }).credentials.grant).toBe('client_credentials')
  expect(inputErrorFor({ secret: '', 'app-id': '' }, { INPUT_JWT_TOKEN: 'a.b.c' })).toMatch(
    /^"jwt_token" is not an input/,
  )
  // A renewal keeps its scopes: one that asks for less would be ignored without a word.
  expect(inputErrorFor(renewal, { INPUT_SCOPES: 'user:name' })).toMatch(/^"scopes" is not an input/)
})

test('is told where the right input has its default, and not where it has the default of another', () => {
  expect(inputErrorFor({ summary: 'false' }, { INPUT_STEP_SUMMARY: 'true' })).toMatch(/^"step_summary" is not an input/)
  expect(read({ scope: 'JWT' }, { INPUT_SCOPES: 'x' }).credentials).toMatchObject({ scopes: ['JWT'] })
})

test('one that is empty is no harm', () => {
  expect(read({}, { INPUT_ENV_VAR: '', INPUT_SCOPES: '' }).envVars).toEqual(['JWT'])
})
