/** Inputs that do not exist, but were probably meant for one that does. */

import { expect, test } from '@jest/globals'
import { inputErrorFor, read } from '../../support/inputs.ts'
import { rowsOf } from '../../support/rows.ts'

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

const empty = { 'app-id': '', secret: '' }
const renewal = { ...empty, jwt: 'a.b.c' }

test.each<[when: string, wrong: string, inputs: Record<string, string>, env: Record<string, string>]>([
  ['before an empty credential is', 'app_id', empty, { INPUT_APP_ID: 'x', INPUT_CLIENT_SECRET: 'y' }],
  // The secret of a private server must not go to the public one.
  ['of "base-url", even if it is empty', 'base_url', {}, { INPUT_BASE_URL: '' }],
  ['where no grant is complete', 'jwt_token', empty, { INPUT_JWT_TOKEN: 'a.b.c' }],
  // A renewal keeps its scopes: one that asks for less would be ignored without a word.
  ['of a renewal', 'scopes', renewal, { INPUT_SCOPES: 'user:name' }],
])('is told %s: "%s"', (_when, wrong, inputs, env) => {
  expect(inputErrorFor(inputs, env)).toContain(`"${wrong}" is not an input of this action`)
})

test('is not told where the right one is given, too: some runners leak the inputs of a composite action', () => {
  const env = { INPUT_APP_ID: 'x', INPUT_BASE_URL: 'x', INPUT_SCOPES: 'x', INPUT_ENV_VAR: 'x' }
  const given = { 'base-url': 'https://id.example', scope: 'user:name', 'env-var': 'OVC_JWT' }
  expect(read(given, env).baseUrl).toBe('https://id.example')
})

test.each([
  ...['INPUT_TOKEN', 'INPUT_URL', 'INPUT_NAME', 'OTHER_SCOPES', 'INPUT_APP-ID', 'INPUT_SCOPE', 'CLIENT_ID', 'INPUT_'],
  // Of a composite action around this step, on a runner that leaks them.
  ...['INPUT_SERVER-URL', 'INPUT_APPLICATION', 'INPUT_EXPIRY', 'INPUT_RETRY', 'INPUT_SCORE', 'INPUT_WT'],
])('%s means something else', name => expect(read({}, { [name]: 'x' }).retries).toBe(5))

test('is not told of the grant that the step does not use', () => {
  expect(read(renewal, { INPUT_CLIENT_ID: 'x', INPUT_CLIENT_SECRET: 'x' }).credentials.grant).toBe('refresh')
  expect(read({}, { INPUT_JWT_TOKEN: 'a.b.c' }).credentials.grant).toBe('client_credentials')
})

test('is not told where the right one has the default of another', () => {
  expect(read({ scope: 'JWT' }, { INPUT_SCOPES: 'x' }).credentials).toMatchObject({ scopes: ['JWT'] })
})

test('one that is empty is no harm', () => {
  expect(read({}, { INPUT_ENV_VAR: '', INPUT_SCOPES: '' }).envVars).toEqual(['JWT'])
})
