/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import { describe, expect, test } from '@jest/globals'
import { causeOf, errorOf } from '../../../src/http/cause.ts'
import type { Outcome } from '../../../src/http/request.ts'
import { answerOf, serverOf } from '../../support/destinations.ts'

test.each<[Outcome, string]>([
  [{ kind: 'answer', ...answerOf(503) }, 'status 503'],
  [{ kind: 'network', code: 'ECONNRESET' }, 'ECONNRESET'],
  [{ kind: 'deadline', of: 'dns' }, 'no answer from DNS in time'],
  [{ kind: 'deadline', of: 'proxy' }, 'proxy: no answer in time'],
  [{ kind: 'deadline', of: 'server' }, 'no whole answer in time'],
  [{ kind: 'proxy-failed', cause: 502 }, 'proxy: status 502'],
  [{ kind: 'proxy-failed', cause: 'ECONNREFUSED' }, 'proxy: ECONNREFUSED'],
  [{ kind: 'compressed', encoding: 'gzip' }, 'compressed'],
])('%j is "%s" in the log', (outcome, cause) => expect(causeOf(outcome)).toBe(cause))

const server = serverOf('ovc-url', 'https://ovc.example')
const messageFor = (outcome: Outcome, { to = server, hasExtraCa = false } = {}) =>
  errorOf(outcome, to, { seconds: 60, attempts: 3, hasExtraCa }).message

const failed = (cause: number | string): Outcome => ({ kind: 'proxy-failed', cause })
test.each<[outcome: Outcome, code: string, says: RegExp]>([
  [
    { kind: 'answer', ...answerOf(503) },
    'ERR_UNAVAILABLE',
    /^https:\/\/ovc\.example .*\(status 503 after 3 attempts\)/,
  ],
  [{ kind: 'answer', ...answerOf(429) }, 'ERR_RATE_LIMIT', /^https:\/\/ovc\.example .*\(status 429 .*, 3 attempts\)/],
  [{ kind: 'compressed', encoding: 'br' }, 'ERR_COMPRESSED', /^https:\/\/ovc\.example answered with br encoding/],
  [{ kind: 'deadline', of: 'dns' }, 'ERR_DNS', /host name of https:\/\/ovc\.example \(no answer in 60 s\)/],
  [{ kind: 'deadline', of: 'server' }, 'ERR_TIMEOUT', /^https:\/\/ovc\.example .*\(60 s, 3 attempts\).* "timeout"/],
  [{ kind: 'deadline', of: 'proxy' }, 'ERR_PROXY_SILENT', /^The proxy in https_proxy .*\.example \(60 s, 3 attempts\)/],
  [{ kind: 'cancelled', signal: 'SIGINT' }, 'ERR_CANCELLED', /\(SIGINT\) before a JWT was set/],
  [failed(407), 'ERR_PROXY_FAILED', /^The proxy in https_proxy .*\.example \(status 407\): put credentials/],
  [failed(403), 'ERR_PROXY_FAILED', /\(status 403\): the proxy does not allow this connection\./],
  [failed(499), 'ERR_PROXY_FAILED', /\(status 499\): the proxy does not allow this connection\./],
  [failed(500), 'ERR_PROXY_FAILED', /\(status 500\): the proxy did not reach the server\. Check the server,/],
  [failed('ECONNREFUSED'), 'ERR_PROXY_FAILED', /\(ECONNREFUSED\): check the address of the proxy,/],
])('%j as the last attempt is %s', (outcome, code, says) => {
  expect(messageFor(outcome)).toMatch(says)
  expect(messageFor(outcome)).toMatch(new RegExp(`\\[${code}\\]$`))
})

test('the proxy is named by the variable that it came from', () => {
  const proxy = { url: new URL('http://proxy'), variable: 'HTTPS_PROXY' }
  const to = { ...server, proxy, name: 'https://ovc.example (through the proxy in HTTPS_PROXY)' }
  expect(messageFor(failed(407), { to })).toMatch(
    /^The proxy in HTTPS_PROXY did not connect to https:\/\/ovc\.example \(/,
  )
  expect(messageFor({ kind: 'deadline', of: 'proxy' }, { to })).toMatch(/^The proxy in HTTPS_PROXY did not answer /)
  // What fails in the tunnel does not blame the server.
  const reset = messageFor({ kind: 'network', code: 'ECONNRESET' }, { to })
  expect(reset).toMatch(/^https:\/\/ovc\.example \(through the proxy in HTTPS_PROXY\) could not be reached/)
})

describe('a network error', () => {
  const missingCa = [
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE'],
  ]
  const invalid = [
    ...['CERT_REVOKED', 'CERT_CHAIN_TOO_LONG', 'INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'CRL_HAS_EXPIRED'],
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
  ]
  const wantsCertificate = ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE']
  test.each<[error: string, says: string, codes: string[]]>([
    ['ERR_HOST_NOT_FOUND', 'check "ovc-url" for a typing error', ['ENOTFOUND']],
    ['ERR_DNS', "check the runner's network and DNS settings", ['EAI_AGAIN']],
    ['ERR_CONNECTION', 'check "ovc-url" and that this runner may connect', ['ECONNRESET', 'UNKNOWN']],
    ['ERR_CERTIFICATE_EXPIRED', "check the runner's clock", ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']],
    ['ERR_CERTIFICATE_HOST', 'into "ovc-url"', ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']],
    ['ERR_CERTIFICATE_UNTRUSTED', 'set NODE_EXTRA_CA_CERTS to its PEM file', missingCa],
    ['ERR_CERTIFICATE_INVALID', 'ask the operator to replace it', invalid],
    ['ERR_CLIENT_CERTIFICATE', 'put an address that does not require one into "ovc-url"', wantsCertificate],
    ['ERR_PROTOCOL', 'check the scheme and the port in "ovc-url"', ['HPE_INVALID_CONSTANT']],
  ])('%s says to %s, for %j', (error, says, codes) => {
    for (const code of codes) {
      const message = messageFor({ kind: 'network', code })
      expect(message).toMatch(new RegExp(`https://ovc\\.example.* \\(${code}\\).*\\[${error}\\]$`))
      expect(message).toContain(says)
      if (error !== 'ERR_CERTIFICATE_UNTRUSTED') expect(message).not.toContain('NODE_EXTRA_CA_CERTS')
    }
  })

  test("a certificate is explained in OpenSSL's own words", () => {
    const weak = messageFor({ kind: 'network', code: 'UNSPECIFIED', words: 'EE certificate key too weak' })
    expect(weak).toMatch(/\(EE certificate key too weak, UNSPECIFIED\).*\[ERR_CERTIFICATE_INVALID\]$/)
    const purpose = messageFor({ kind: 'network', code: 'INVALID_PURPOSE', words: 'unsuitable certificate purpose' })
    expect(purpose).toMatch(/\(unsuitable certificate purpose, INVALID_PURPOSE\).*\[ERR_CERTIFICATE_INVALID\]$/)
  })

  test('a certificate that is not trusted, with NODE_EXTRA_CA_CERTS', () => {
    const untrusted: Outcome = { kind: 'network', code: 'SELF_SIGNED_CERT_IN_CHAIN' }
    expect(messageFor(untrusted, { hasExtraCa: true })).toMatch(/check the path of .*\[ERR_CERTIFICATE_EXTRA_CA\]$/)
  })
})

describe('a TLS connection that could not be made', () => {
  // Alert 40 has three causes that Node does not tell apart.
  const three = /no cipher or no curve in common, or the server requires a client certificate/
  const old = /must offer TLS 1\.2 or newer/
  const port = /check that the port in "ovc-url" speaks https/
  const settings = /ask the operator of the server to check its TLS settings/
  const refused = /the server refused the connection\. Ask its operator why/
  test.each<[words: string, remedy: RegExp]>([
    ['ssl/tls alert handshake failure', three],
    ['tlsv1 alert protocol version', old],
    ['unsupported protocol', old],
    ['wrong version number', port],
    ['tlsv1 alert access denied', refused],
    ['tlsv1 alert unknown ca', refused],
    ['tlsv1 alert internal error', refused],
    // Alerts 110 to 114, which OpenSSL does not call so.
    ['tlsv1 unrecognized name', refused],
    ['tlsv1 unsupported extension', refused],
    ['dh key too small', settings],
    ['unsafe legacy renegotiation disabled', settings],
  ])('"%s"', (words, remedy) => {
    const message = messageFor({ kind: 'network', code: 'EPROTO', words })
    expect(message).toMatch(new RegExp(`^https://ovc\\.example .*\\(${words}, EPROTO\\): .*\\[ERR_TLS\\]$`))
    expect(message).toMatch(remedy)
    // Node may give them as a code.
    const code = `ERR_SSL_${words.toUpperCase().replaceAll(' ', '_')}`
    expect(messageFor({ kind: 'network', code })).toMatch(remedy)
  })

  test.each(['ssl/tls alert bad certificate', 'ssl/tls alert no certificate', 'tlsv13 alert certificate required'])(
    '"%s": a client certificate is missing',
    words => {
      const message = messageFor({ kind: 'network', code: 'EPROTO', words })
      expect(message).toMatch(new RegExp(`\\(${words}, EPROTO\\).*\\[ERR_CLIENT_CERTIFICATE\\]$`))
    },
  )

  test.each(['EPROTO', 'ERR_TLS_HANDSHAKE_TIMEOUT'])('%s without words', code => {
    expect(messageFor({ kind: 'network', code })).toMatch(
      new RegExp(`\\(${code}\\): ask the operator .*\\[ERR_TLS\\]$`),
    )
  })
})
