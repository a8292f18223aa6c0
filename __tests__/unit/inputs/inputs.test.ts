/** All inputs together: what a workflow may leave out, what fits together, and which mistake is reported first. */

import { expect, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import { readInputs } from '../../../src/inputs/inputs.ts'
import { read, type Texts } from '../../support/inputs.ts'
import { saying } from '../../support/rows.ts'

const least = {
  ...{ scopes: ['user:name'], audiences: [], validity: 3600, baseUrl: 'https://itsyou.online', publicKey: undefined },
  ...{ ovcUrl: undefined, aysUrl: undefined, envVars: ['JWT'], summary: false },
  ...{ retries: 5, timeout: 60_000 },
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
    ...{ scopes: ['user:name', 'offline_access'], audiences: [], validity: 7200, publicKey: 'a key' },
    ...{ baseUrl: 'https://id.example/iyo', ovcUrl: 'https://a.b', aysUrl: 'https://ays.example/api' },
    ...{ envVars: ['A', 'B'], summary: true, retries: 0, timeout: 600_000 },
  })
  const withAudience = { aysUrl: 'https://ays.example', audiences: ['a', 'b'] }
  expect(read({ 'ays-url': 'https://ays.example', audience: 'a,b' }).settings).toMatchObject(withAudience)
})

const none = { 'app-id': '', secret: '' }
const fork = { pull_request: { head: { repo: { full_name: 'someone/app' } }, base: { repo: {} } } }
const audience = { 'ovc-url': 'https://ovc.example', audience: 'x' }
const allEmpty = /^"app-id", "secret" and "jwt" are all empty: /

test.each<[code: Code, says: RegExp, inputs: Texts, event?: unknown]>([
  ['ERR_INPUT_EMPTY', allEmpty, none],
  ['ERR_SECRETS_FORK', allEmpty, none, fork],
  ['ERR_INPUT_EMPTY', /^"app-id" is empty: /, { 'app-id': '' }],
  ['ERR_SECRETS_FORK', /^"secret" is empty: /, { secret: '' }, fork],
  // A variable that is not set must not send the secret to the default server, or request all rights.
  ['ERR_ADDRESS_INVALID', /^"base-url" is empty: /, { 'base-url': '' }],
  // Some checks would take longer than "timeout".
  ['ERR_INPUT_INVALID', /^"scope" has more than 65536 characters: shorten it\./, { scope: 'user:name '.repeat(6554) }],
  ['ERR_SCOPE_INVALID', /^"scope" is empty: /, { scope: '' }],
  // An empty credential comes before what else is wrong.
  ['ERR_INPUT_EMPTY', allEmpty, { ...none, scope: '', validity: 'x' }],
  ['ERR_AUDIENCE_INVALID', /^"audience" /, { audience: 'a;b' }],
  ['ERR_INPUT_CONFLICT', /^"ovc-url" cannot be combined with "audience", .*: leave one of the two empty\. /, audience],
  ['ERR_DURATION_INVALID', /^"validity" .*: write 24h, which is the longest\. /, { validity: '25h' }],
  ['ERR_DURATION_INVALID', /^"timeout" .*: write 10m, which is the longest\. /, { timeout: '11m' }],
  ['ERR_ADDRESS_INVALID', /^"ovc-url" /, { 'ovc-url': 'x' }],
  ['ERR_ADDRESS_INVALID', /^"ays-url" /, { 'ays-url': 'x' }],
  ['ERR_ENV_VAR_INVALID', /^"env-var" /, { 'env-var': 'no' }],
])('%s %s: %j', (code, says, inputs, event = {}) => expect(() => read(inputs, {}, event)).toThrow(saying(code, says)))

test('the input that was probably meant for an empty credential is named', () => {
  expect(() => read(none, { 'INPUT_CLIENT-ID': 'x' })).toThrow('"client-id" has a value, but is not an input')
})

const tlsOff = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
test.each([
  ['base-url', 'https://127.0.0.1.example.org'],
  ['base-url', 'https://localhost.'],
  ['ovc-url', 'https://ovc.example'],
  ['ays-url', 'https://ays.example'],
])('NODE_TLS_REJECT_UNAUTHORIZED=0 is an error for "%s: %s"', (name, url) => {
  const error = saying('ERR_TLS_OFF', /: remove it\. .*NODE_EXTRA_CA_CERTS/)
  expect(() => read({ 'base-url': 'https://127.0.0.1', [name]: url }, tlsOff)).toThrow(error)
})

test('NODE_TLS_REJECT_UNAUTHORIZED is allowed for loopback, and where it turns nothing off', () => {
  expect(read({ 'base-url': 'https://127.0.0.1' }, tlsOff).settings.baseUrl).toBe('https://127.0.0.1')
  expect(read({}, { NODE_TLS_REJECT_UNAUTHORIZED: '1' }).settings).toEqual(least)
})

test('"summary" is true or false, and "retries" goes from 0 to 10', () => {
  for (const summary of ['true', 'True', 'TRUE']) expect(read({ summary }).settings.summary).toBe(true)
  for (const summary of ['false', 'False', 'FALSE', '']) expect(read({ summary }).settings.summary).toBe(false)
  expect(['0', '9', '10'].map(retries => read({ retries }).settings.retries)).toEqual([0, 9, 10])
})

test.each([
  ...['maybe', '1', 'TrUe', 'xtrue', 'truex', 'xfalse', 'falsex'].map(value => ['summary', value, 'true or false']),
  ...['11', '-1', '1.5', 'x', '010', ' '].map(value => ['retries', value, 'a whole number from 0 to 10']),
])('"%s: %s" is an error: write %s', (input = '', value = '', remedy) => {
  const says = `"${input}" is "${value}", which is not valid: write ${remedy}.`
  expect(() => read({ [input]: value })).toThrow(saying('ERR_INPUT_INVALID', says))
})
