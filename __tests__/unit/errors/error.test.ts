/** Each sentence that can end a run: short, in plain English, and with its code at the end. */

import { expect, test } from '@jest/globals'
import { ActionError, type Code, type CodeAndFacts } from '../../../src/errors/error.ts'
import type { sentences } from '../../../src/errors/sentences.ts'
import { serverOf } from '../../support/destinations.ts'

const url = 'https://id.example'
const server = serverOf('base-url', url)
const ays = serverOf('ays-url', url)
const [one, two] = [['user:name'], ['user:name', 'user:email']]
/** A clause that a rule deduces: its own test is beside that rule's. */
const clause = 'a remedy.'
const wrongInput: [string, string, string] = ['scope', 'is wrong', clause]

/** The facts of each form that a sentence takes. A code without an example does not compile. */
const examples: { [C in Code]: Parameters<(typeof sentences)[C]>[] } = {
  ERR_INPUT_MISSPELT: [['base_url', 'base-url']],
  ERR_INPUT_EMPTY: [['"app-id" is empty', clause]],
  ERR_SECRETS_FORK: [['"app-id", "secret" and "jwt" are all empty']],
  ERR_SECRETS_DEPENDABOT: [['"app-id", "secret" and "jwt" are all empty']],
  ERR_CREDENTIALS_INVALID: [wrongInput],
  ERR_SCOPE_INVALID: [wrongInput],
  ERR_SCOPE_UNSAFE: [['requests all rights together with offline_access']],
  ERR_AUDIENCE_INVALID: [wrongInput],
  ERR_DURATION_INVALID: [wrongInput],
  ERR_ADDRESS_INVALID: [wrongInput],
  ERR_ENV_VAR_INVALID: [wrongInput],
  ERR_INPUT_INVALID: [wrongInput],
  ERR_INPUT_CONFLICT: [wrongInput],
  ERR_PUBLIC_KEY_MISSING: [[url]],
  ERR_PUBLIC_KEY_INVALID: [[]],
  ERR_PRIVATE_KEY: [[]],
  ERR_PUBLIC_KEY_CONFLICT: [[url]],
  ERR_JWT_INPUT: [['is not signed with ES384']],
  ERR_NOT_REFRESHABLE: [[]],
  ERR_TLS_OFF: [[]],
  ERR_NODE_VERSION: [['20.18', 'v20.17.0']],
  ERR_RUNNER_FILES: [['GITHUB_OUTPUT'], ['GITHUB_STEP_SUMMARY']],
  ERR_RUNNER_FILES_DENIED: ['EACCES', 'EROFS'].map(cause => ['GITHUB_OUTPUT', cause]),
  ERR_OUTPUTS_INCOMPLETE: [['ENOSPC']],
  ERR_CANCELLED: [['SIGINT']],
  ERR_UNEXPECTED: [['TypeError']],
  ERR_HOST_NOT_FOUND: [[server]],
  ERR_DNS: [[server, 'no answer in time']],
  ERR_CONNECTION: [[server, 'ECONNRESET']],
  ERR_TIMEOUT: [true, false].map(isLate => [server, 60, 6, isLate]),
  ERR_WAIT_TOO_LONG: [true, false].map(fits => [server, 503, 3600, 59, fits]),
  ERR_RATE_LIMIT: [[server, 6]],
  ERR_UNAVAILABLE: [server, ays].map(asked => [asked, 503, 1]),
  ERR_PROXY_INVALID: [['https_proxy', 'is wrong', clause]],
  ERR_PROXY_FAILED: [['https_proxy', 'ECONNREFUSED']],
  ERR_PROXY_REFUSED: [['https_proxy', url, 407, clause]],
  ERR_PROXY_SILENT: [['https_proxy', url, 60, 6]],
  ERR_CERTIFICATE_UNTRUSTED: [[server, 'unable to get local issuer certificate, UNABLE_TO_GET_ISSUER_CERT_LOCALLY']],
  ERR_CERTIFICATE_EXTRA_CA: [[server, 'self-signed certificate in certificate chain, SELF_SIGNED_CERT_IN_CHAIN']],
  ERR_CERTIFICATE_EXPIRED: [[server, 'certificate has expired, CERT_HAS_EXPIRED']],
  ERR_CERTIFICATE_HOST: [[server, 'ERR_TLS_CERT_ALTNAME_INVALID']],
  ERR_CERTIFICATE_INVALID: [[server, 'EE certificate key too weak, UNSPECIFIED']],
  ERR_CLIENT_CERTIFICATE: [[server, 'tlsv13 alert certificate required, ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED']],
  ERR_TLS: [[server, 'tlsv1 alert access denied, EPROTO', clause]],
  ERR_PROTOCOL: ['HPE_INVALID_CONSTANT', 'HPE_HEADER_OVERFLOW'].map(cause => [server, cause]),
  ERR_COMPRESSED: [[server, 'gzip']],
  ERR_UNEXPECTED_STATUS: [server, ays].map(asked => [asked, 403]),
  ERR_CREDENTIALS_REJECTED: [[server, clause]],
  ERR_SCOPE_REFUSED: [one, two].map(scopes => [server, scopes, clause]),
  ERR_RENEWAL_REFUSED: [[server]],
  ERR_NOT_FOUND: [[server]],
  ERR_REDIRECT: [[server, clause]],
  ERR_NOT_A_JWT: [[server, 'an HTML page']],
  ERR_JWT_INVALID: [[server, 'has claims that cannot be read']],
  ERR_JWT_EXPIRED: [[server, 90]],
  ERR_SCOPE_NOT_GRANTED: [one, two].map(missing => [missing, two, [], clause]),
  ERR_MORE_THAN_REQUESTED: [['audience', ['x'], clause]],
  ERR_OVC_NEEDS_USER: [[]],
  ERR_OVC_AUDIENCE: [[['x']]],
  ERR_OVC_REFUSED: [[server, url]],
  ERR_NOT_OPENVCLOUD: [[server, 'an HTML page']],
  ERR_AYS_REFUSED: [[ays, clause]],
  ERR_NOT_AYS: [[ays, 'status 404']],
}
const all = Object.entries(examples).flatMap(([code, forms]) => forms.map(facts => [code, ...facts] as CodeAndFacts))

/** Words and phrases that no native writer would use here. */
const stiff =
  /\b(blank|mend(ed)?|holds?|is no|likewise|comes out|whoever|nobody|so that|hand(s|ed)? on|in turns?|alone|vouch(es)?|have it|in clear|tells how|who takes|made no connection|wrong one|for ever|undefined)\b|\.\.| {2}|: $/i

test.each(all)('%s is one short message in plain English', (...[code, ...facts]) => {
  const error = new ActionError(...([code, ...facts] as CodeAndFacts))
  expect(error).toMatchObject({ name: 'ActionError', code: expect.stringMatching(/^ERR_[A-Z_]+$/) })
  const [, sentence = ''] = new RegExp(`^(["\\w].*\\.) \\[${code}\\]$`).exec(error.message) ?? []
  expect(sentence).not.toBe('')
  expect(sentence.split(' ').length).toBeLessThanOrEqual(45)
  expect(sentence).not.toMatch(stiff)
  // An input that is not in quotes.
  expect(sentence).not.toMatch(/(?<!["\w-])(app-id|(base|ovc|ays)-url|public-key|env-var)(?!["\w-])/)
})

const later = 'again later, or raise "retries" and "timeout". If this continues, check "'
test.each<[facts: CodeAndFacts, says: string]>([
  [['ERR_SCOPE_REFUSED', server, two, clause], 'the requested scopes "user:name", "user:email" (401)'],
  [['ERR_UNAVAILABLE', server, 503, 6], `${later}base-url", or ask the operator.`],
  // The request for the JWT cannot be left out.
  [['ERR_UNAVAILABLE', ays, 503, 6], `${later}ays-url", or leave it empty to skip this check.`],
  [['ERR_RUNNER_FILES', 'GITHUB_ENV'], 'nothing was set: run this action in a runner that supports'],
  [['ERR_RUNNER_FILES', 'GITHUB_STEP_SUMMARY'], 'nothing was set: leave "summary" out.'],
])('%j says %s', (facts, says) => expect(new ActionError(...facts).message).toContain(says))
