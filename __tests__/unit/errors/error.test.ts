/** Each sentence that can end a run: short enough to be read in one go, and with its code at the end. */

import { expect, test } from '@jest/globals'
import { destinationErrors } from '../../../src/errors/destinations.ts'
import { ActionError, codes, listInQuotes } from '../../../src/errors/error.ts'
import { inputErrors } from '../../../src/errors/inputs.ts'
import { jwtErrors } from '../../../src/errors/jwt.ts'
import { networkErrors } from '../../../src/errors/network.ts'
import { runnerErrors } from '../../../src/errors/runner.ts'
import { serverErrors } from '../../../src/errors/server.ts'

const url = 'https://id.example'
const server = { url, input: 'base-url' }
const fork = { code: 'ERR_SECRETS_FORK', reason: 'a reason; a remedy.' } as const
const one = ['user:name']
const two = ['user:name', 'user:email']
const organization = ['user:memberof:my-org']

type Functions = Record<string, (...args: never[]) => ActionError>
/** Arguments for each function, once for each form that its sentence takes. A new function without a row does not compile. */
type Rows<T extends Functions> = { [name in keyof T]: Parameters<T[name]>[] }

/** Each sentence is made in its test, not before: mutation testing breaks the code only while a test runs. */
function errorsOf<T extends Functions>(functions: T, rows: Rows<T>): [name: string, make: () => ActionError][] {
  const call = (name: string, args: unknown[]) => (functions[name] as (...args: unknown[]) => ActionError)(...args)
  return Object.entries(rows).flatMap(([name, calls]) =>
    calls.map((args: unknown[]): [string, () => ActionError] => [name, () => call(name, args)]),
  )
}

const all = [
  ...errorsOf(inputErrors, {
    misspelt: [['base_url', 'base-url']],
    allCredentialsEmpty: [[undefined], [fork]],
    credentialEmpty: [undefined, fork].map(reason => ['app-id', reason]),
    inputInvalid: [['scope', 'is wrong', 'a remedy.']],
    inputsExclusive: [[['scope']], [['app-id', 'secret', 'scope', 'audience']]],
    audienceWithOpenvCloud: [[]],
    publicKeyMissing: [[url]],
    publicKeyInvalid: [[]],
    renewalNeedsKey: [[]],
    jwtInputNotRefreshable: [[]],
    jwtInputInvalid: [['is not signed with ES384']],
    tlsVerificationOff: [[]],
  }),
  ...errorsOf(jwtErrors, {
    jwtInvalid: [[url, 'has claims that cannot be read']],
    jwtExpired: [[url, 90]],
    moreThanRequested: [['audience', ['x']]],
    scopeNotGranted: [
      [one, two, ['user:email']],
      [two, two, []],
      [organization, organization, []],
      [['offline_access'], ['user:name', 'offline_access'], one],
      [['user:email', 'offline_access'], two, one],
    ],
  }),
  ...errorsOf(networkErrors, {
    hostNotFound: [[server]],
    unreachable: [[server, 'ECONNRESET']],
    timedOut: [[server, 60, 6]],
    waitTooLong: [[server, 'status 503', 3600, 59]],
    tlsFailed: [[server, 'SELF_SIGNED_CERT_IN_CHAIN']],
    extraCaUseless: [[server, 'SELF_SIGNED_CERT_IN_CHAIN']],
    clientCertificate: [[server, 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED']],
    certificateExpired: [[server, 'CERT_HAS_EXPIRED']],
    certificateForOtherHost: [[server, 'ERR_TLS_CERT_ALTNAME_INVALID']],
    tlsNotSpoken: [[server, 'EPROTO']],
    proxyInvalid: [[]],
    proxyFailed: [['status 407']],
    proxySilent: [[server, 60, 2]],
    brokenAnswer: [[server, 'HPE_INVALID_CONSTANT']],
  }),
  ...errorsOf(runnerErrors, {
    fileMissing: [['GITHUB_OUTPUT']],
    fileDenied: [['GITHUB_OUTPUT', 'EACCES']],
    outputsIncomplete: [['ENOSPC']],
    cancelled: [['SIGINT']],
    unexpected: [['TypeError']],
  }),
  ...errorsOf(serverErrors, {
    redirected: [[url, 'login.example']],
    redirectedToPath: [[url, 'append /id to "base-url"']],
    badRequest: [[url, 'a reason; a remedy.']],
    scopeRefused: [one, two, []].map(scopes => [url, scopes, 'a reason; a remedy.']),
    refreshRefused: [[url]],
    refreshBadRequest: [[url]],
    notFound: [[url]],
    unavailable: [[url, 503, 6]],
    unexpectedStatus: [[url, 418]],
    answerTooLarge: [[url, 65_536]],
    compressed: [[url, 'gzip']],
    notAJwt: [[url, 'an HTML page']],
  }),
  ...errorsOf(destinationErrors, {
    ovcNeedsUser: [[]],
    ovcAudience: [[['x']]],
    ovcNoAccount: [[url, 'jane@itsyouonline']],
    ovcRefused: [[url, url]],
    ovcUnavailable: [[url, 503, 6]],
    notOpenvCloud: [[url, 'it answered with an HTML page']],
    aysRefusedUser: [organization, []].map(granted => [url, granted]),
    aysRefusedOrganization: [[url, 'my-org']],
    aysRefusedAudience: [[url, ['x']]],
    aysUnavailable: [[url, 503, 6]],
    notAys: [[url, 'status 404']],
  }),
]

test.each(all)('%s has at most 40 words, and ends with its code', (_name, make) => {
  const error = make()
  expect(error).toBeInstanceOf(ActionError)
  expect(error.name).toBe('ActionError')
  expect(codes).toContain(error.code)
  const [, sentence = ''] = new RegExp(`^(.*\\.) \\[${error.code}\\]$`).exec(error.message) ?? []
  expect(sentence).not.toBe('')
  expect(sentence.split(' ').length).toBeLessThanOrEqual(40)
  expect(sentence).not.toMatch(/undefined| {2}|[^.]\.\.$|: $/)
})

test('no code is left without a sentence', () => {
  const used = new Set(all.map(([, make]) => make().code))
  const ofInputs = /_(CREDENTIALS|SCOPE|AUDIENCE|DURATION|ADDRESS|ENV_VAR|INPUT)_INVALID$/
  const inputCodes = codes.filter(code => ofInputs.test(code))
  // ERR_NODE_VERSION: src/node-version.ts, which no other file may be loaded before.
  const elsewhere = [...inputCodes, 'ERR_SECRETS_DEPENDABOT', 'ERR_NODE_VERSION']
  expect(codes.filter(code => !used.has(code) && !elsewhere.includes(code))).toEqual([])
  expect(new Set(codes).size).toBe(codes.length)
})

test('a long list is shortened', () => {
  const names = Array.from({ length: 14 }, (_, at) => `n${at}`)
  expect(listInQuotes(names.slice(0, 12))).toMatch(/^"n0", "n1", .*, "n11"$/)
  expect(listInQuotes(names)).toMatch(/^"n0", .*, "n11" and 2 more$/)
})
