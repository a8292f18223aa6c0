/** Why a credential is empty, as far as the event and the environment tell. */

import { expect, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import { emptyCredentials } from '../../../src/inputs/empty.ts'
import { rowsOf, words } from '../../support/rows.ts'

const repository = (full_name?: string, fork?: boolean) => ({ repo: { full_name, fork } })
const pull = (head: unknown, base: unknown = repository('your-org/app')) => ({ pull_request: { head, base } })
const on = (GITHUB_EVENT_NAME: string) => ({ GITHUB_EVENT_NAME })
const fork = pull(repository('someone/app', true))
const byDependabot = { sender: { login: 'dependabot[bot]' } }
const dependabot = { GITHUB_ACTOR: 'dependabot[bot]' }
const otherName = { INPUT_TOKEN: 'x' }

test.each<[name: string, code: Code, event: unknown, env?: Record<string, string>]>([
  ['Dependabot by its event', 'ERR_SECRETS_DEPENDABOT', byDependabot, on('pull_request')],
  ['Dependabot by its actor', 'ERR_SECRETS_DEPENDABOT', {}, { ...on('push'), ...dependabot }],
  ['Dependabot, before another name', 'ERR_SECRETS_DEPENDABOT', {}, { ...on('push'), ...dependabot, ...otherName }],
  ['Dependabot, with a comment', 'ERR_INPUT_EMPTY', {}, { ...on('issue_comment'), ...dependabot }],
  ['a fork', 'ERR_SECRETS_FORK', fork],
  ['a fork, before another name', 'ERR_SECRETS_FORK', fork, otherName],
  ['a fork, where the secret arrived under another name', 'ERR_INPUT_EMPTY', fork, { INPUT_CLIENT_SECRET: 'x' }],
  ['a fork, where only the id did', 'ERR_SECRETS_FORK', fork, { INPUT_CLIENT_ID: 'x', INPUT_API_KEY: 'x' }],
  ['a fork that was deleted', 'ERR_SECRETS_FORK', pull({ repo: null })],
  ['a fork in a payload without names', 'ERR_SECRETS_FORK', pull(repository(undefined, true), repository())],
  ["a fork, with its base's rights", 'ERR_INPUT_EMPTY', fork, on('pull_request_target')],
  ['a branch of the repository', 'ERR_INPUT_EMPTY', pull(repository('your-org/app'))],
  ['a branch of a repository that is a fork', 'ERR_INPUT_EMPTY', pull(repository('your-org/app', true))],
  ['a payload without names', 'ERR_INPUT_EMPTY', pull(repository(), repository())],
  ['a push', 'ERR_INPUT_EMPTY', { ref: 'refs/heads/main' }],
  ['a payload with null inside', 'ERR_INPUT_EMPTY', { pull_request: null, sender: null }],
  ...[undefined, null, 'text', [1]].map((event): [string, Code, unknown] => [`${event}`, 'ERR_INPUT_EMPTY', event]),
])('%s: %s', (_name, code, event, env = {}) => {
  const error = emptyCredentials(['secret'], env, event)
  expect(error).toMatchObject({ code, message: expect.stringMatching(/^"secret" is empty: /) })
  // Named only where the event shows it.
  if (code === 'ERR_INPUT_EMPTY') expect(error.message).not.toMatch(/fork|Dependabot/)
})

test('where the secret arrived, a fork is not why the id is empty', () => {
  expect(emptyCredentials(['app-id'], {}, fork).code).toBe('ERR_INPUT_EMPTY')
})

const all = ['app-id', 'secret', 'jwt'] as const

test('the places where a value gets lost are named', () => {
  const { message } = emptyCredentials(['app-id'], {}, {})
  for (const place of ['"secrets."', '"vars."', '"environment:"', '"secrets: inherit"', "the organization's secret"]) {
    expect(message).toContain(place)
  }
  expect(message).not.toContain("job's output")
  expect(emptyCredentials(all, {}, {}).message).toMatch(/ are all empty: .* A JWT cannot be a job's output\. \[/)
})

test.each<[set: string, empty: readonly (typeof all)[number][], wrong: string, right: string]>([
  ['CLIENT-ID', ['app-id'], 'client-id', 'app-id'],
  ['APP_ID', ['app-id'], 'app_id', 'app-id'],
  ['API-KEY', ['app-id'], 'api-key', 'app-id'],
  ['API_KEY', ['secret'], 'api_key', 'secret'],
  ['CLIENT-SECRET', ['secret'], 'client-secret', 'secret'],
  ['TOKEN', ['secret'], 'token', 'secret'],
  ['CLIENT_ID CLIENT_SECRET', all, 'client_id', 'app-id'],
  ['JWT-TOKEN', all, 'jwt-token', 'jwt'],
])('with %s set, and %j empty, "%s" is named: write "%s"', (set, empty, wrong, right) => {
  const env = Object.fromEntries(words(set).map(name => [`INPUT_${name}`, 'x']))
  const remedy = `"${wrong}" has a value, but is not an input of this action. If it was meant for "${right}", write "${right}".`
  expect(emptyCredentials(empty, { ...env, ...dependabot }, {}).message).toContain(`empty: ${remedy}`)
})

test.each(
  rowsOf({
    INPUT_TOKEN: ['ghs_x', 'ghp_x', 'github_pat_x', ''],
    TOKEN: ['x'],
    'INPUT_APP-ID': [' '],
    INPUT_JWT: [' '],
  }),
)('%j in %s does not explain an empty credential', (value, name) => {
  expect(emptyCredentials(all, { [name]: value }, {}).message).not.toContain('not an input')
})

test.each(['xghs_x', 'gh1_x', 'ghs', 'xgithub_pat_x'])('%j is not a token of GitHub', value => {
  expect(emptyCredentials(['secret'], { INPUT_TOKEN: value }, {}).message).toContain('"token" has a value')
})

test('the other name of a credential that is there explains nothing', () => {
  expect(emptyCredentials(['secret'], { 'INPUT_CLIENT-ID': 'x' }, {}).message).not.toContain('not an input')
})
