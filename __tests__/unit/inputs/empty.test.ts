/** Why a credential is empty, as far as the event and the environment tell. */

import { expect, test } from '@jest/globals'
import { emptyCredentials } from '../../../src/inputs/empty.ts'

const repository = (full_name?: string, fork?: boolean) => ({ repo: { full_name, fork } })
const pull = (head: unknown, base: unknown = repository('your-org/app')) => ({ pull_request: { head, base } })
const on = (GITHUB_EVENT_NAME: string) => ({ GITHUB_EVENT_NAME })

test.each<[name: string, event: unknown, env: Record<string, string>, code: string]>([
  ['Dependabot by its event', { sender: { login: 'dependabot[bot]' } }, on('pull_request'), 'ERR_SECRETS_DEPENDABOT'],
  ['Dependabot by its actor', {}, { ...on('push'), GITHUB_ACTOR: 'dependabot[bot]' }, 'ERR_SECRETS_DEPENDABOT'],
  ['Dependabot, with a comment', {}, { ...on('issue_comment'), GITHUB_ACTOR: 'dependabot[bot]' }, 'ERR_INPUT_EMPTY'],
  ['a fork', pull(repository('someone/app', true)), {}, 'ERR_SECRETS_FORK'],
  ['a fork that was deleted', pull({ repo: null }), {}, 'ERR_SECRETS_FORK'],
  ['a fork in a payload without names', pull(repository(undefined, true), repository()), {}, 'ERR_SECRETS_FORK'],
  ["a fork, with its base's rights", pull(repository('a/b', true)), on('pull_request_target'), 'ERR_INPUT_EMPTY'],
  ['a branch of the repository', pull(repository('your-org/app')), {}, 'ERR_INPUT_EMPTY'],
  ['a branch of a repository that is a fork', pull(repository('your-org/app', true)), {}, 'ERR_INPUT_EMPTY'],
  ['a payload without names', pull(repository(), repository()), {}, 'ERR_INPUT_EMPTY'],
  ['a push', { ref: 'refs/heads/main' }, {}, 'ERR_INPUT_EMPTY'],
  ['no event', undefined, {}, 'ERR_INPUT_EMPTY'],
  ['null', null, {}, 'ERR_INPUT_EMPTY'],
  ['a payload with null inside', { pull_request: null, sender: null }, {}, 'ERR_INPUT_EMPTY'],
  ['another event', 'text', {}, 'ERR_INPUT_EMPTY'],
  ['a list', [1], {}, 'ERR_INPUT_EMPTY'],
])('%s', (_name, event, env, code) => {
  const error = emptyCredentials(['secret'], env, event)
  expect(error).toMatchObject({ code, message: expect.stringMatching(/^"secret" is empty: /) })
  // Named only where the event shows it.
  if (code === 'ERR_INPUT_EMPTY') expect(error.message).not.toMatch(/fork|Dependabot/)
})

test('where the secret arrived, a fork is not why the id is empty', () => {
  expect(emptyCredentials(['app-id'], {}, pull({ repo: null })).code).toBe('ERR_INPUT_EMPTY')
})

test('the places where a value gets lost are named', () => {
  const { message } = emptyCredentials(['app-id'], {}, {})
  for (const place of ['"secrets."', '"vars."', '"environment:"', '"secrets: inherit"', "the organization's secret"]) {
    expect(message).toContain(place)
  }
  expect(message).not.toContain("job's output")
  expect(emptyCredentials(['app-id', 'secret', 'jwt'], {}, {}).message).toMatch(
    /^"app-id", "secret" and "jwt" are all empty: .* A JWT cannot be a job's output\. \[ERR_INPUT_EMPTY\]$/,
  )
})

const all = ['app-id', 'secret', 'jwt'] as const

test.each<[set: string[], empty: readonly (typeof all)[number][], wrong: string, right: string]>([
  [['CLIENT-ID'], ['app-id'], 'client-id', 'app-id'],
  [['APP_ID'], ['app-id'], 'app_id', 'app-id'],
  [['API-KEY'], ['app-id'], 'api-key', 'app-id'],
  [['API_KEY'], ['secret'], 'api_key', 'secret'],
  [['CLIENT-SECRET'], ['secret'], 'client-secret', 'secret'],
  [['TOKEN'], ['secret'], 'token', 'secret'],
  [['CLIENT_ID', 'CLIENT_SECRET'], all, 'client_id', 'app-id'],
  [['JWT-TOKEN'], all, 'jwt-token', 'jwt'],
])('with %j set, and %j empty, "%s" is named: write "%s"', (set, empty, wrong, right) => {
  const env = Object.fromEntries(set.map(name => [`INPUT_${name}`, 'x']))
  const { message } = emptyCredentials(empty, { ...env, GITHUB_ACTOR: 'dependabot[bot]' }, {})
  const remedy = `this step sets "${wrong}", which is not an input of this action. Write "${right}". [ERR_INPUT_EMPTY]`
  expect(message.endsWith(`empty: ${remedy}`)).toBe(true)
})

test.each<[env: Record<string, string>]>([
  [{ 'INPUT_CLIENT-SECRET': '' }],
  [{ CLIENT_SECRET: 'x' }],
  [{ 'INPUT_APP-ID': ' ', INPUT_SECRET: ' ' }],
])('%j does not explain an empty credential', env => {
  expect(emptyCredentials(all, env, {}).message).not.toContain('not an input')
})

test('the other name of a credential that is there explains nothing', () => {
  expect(emptyCredentials(['secret'], { 'INPUT_CLIENT-ID': 'x' }, {}).message).not.toContain('not an input')
})
