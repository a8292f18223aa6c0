/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import { expect, test } from '@jest/globals'
import { causeOf, errorOf } from '../../../src/http/cause.ts'
import type { Outcome } from '../../../src/http/request.ts'

test.each<[Outcome, string]>([
  [{ kind: 'answer', status: 503, body: '' }, 'status 503'],
  [{ kind: 'network', code: 'ECONNRESET' }, 'ECONNRESET'],
  [{ kind: 'deadline' }, 'no whole answer in time'],
  [{ kind: 'proxy-silent' }, 'proxy: no answer in time'],
  [{ kind: 'proxy-failed', cause: 502 }, 'proxy: status 502'],
  [{ kind: 'proxy-failed', cause: 'ECONNREFUSED' }, 'proxy: ECONNREFUSED'],
  [{ kind: 'too-large' }, 'too-large'],
])('%j is "%s" in the log', (outcome, cause) => expect(causeOf(outcome)).toBe(cause))

type Last = Parameters<typeof errorOf>[0]
const messageFor = (outcome: Last, hasExtraCa = false) =>
  errorOf(outcome, { url: 'https://ovc.example', input: 'ovc-url' }, 60, 3, hasExtraCa).message

const late = /^https:\/\/ovc\.example did not respond in time \(60 s, 3 attempts\): .* or raise "timeout"\. /
const noProxy = /^https_proxy is not the address of an http proxy: write it as http:\/\/host:port, with /
const silent =
  /^The proxy in https_proxy did not answer .* https:\/\/ovc\.example \(60 s, 3 attempts\): check .* no_proxy\. /
const failed =
  /^The proxy in https_proxy made no connection \(status 407\): check its address and credentials, .* no_proxy\. /
test.each<[Last, code: string, says: RegExp]>([
  [{ kind: 'deadline' }, 'ERR_TIMEOUT', late],
  [{ kind: 'cancelled', signal: 'SIGINT' }, 'ERR_CANCELLED', /\(SIGINT\) before it had a JWT: run the job again\. /],
  [{ kind: 'proxy-invalid' }, 'ERR_PROXY_INVALID', noProxy],
  [{ kind: 'proxy-silent' }, 'ERR_PROXY_SILENT', silent],
  [{ kind: 'proxy-failed', cause: 407 }, 'ERR_PROXY_FAILED', failed],
])('%j as the last attempt is %s', (outcome, code, says) => {
  expect(messageFor(outcome)).toMatch(says)
  expect(messageFor(outcome)).toContain(`[${code}]`)
})

const notTls = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS_HANDSHAKE_TIMEOUT', 'ERR_SSL_SSLV3_ALERT_UNKNOWN_CA']
const wantsCertificate = ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE']
const untrusted = [
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CRL_HAS_EXPIRED', 'INVALID_CA', 'UNSPECIFIED'],
  ...['INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'HOSTNAME_MISMATCH', 'ERR_TLS_CERT_SIGNATURE_ALGORITHM_UNSUPPORTED'],
]
const trustIt = 'for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:", otherwise'
test.each<[error: string, says: string, codes: string[]]>([
  ['ERR_HOST_NOT_FOUND', 'check "ovc-url" for a typing error, or whether', ['ENOTFOUND']],
  ['ERR_CONNECTION', 'check "ovc-url" and that this runner may connect to it, then', ['ECONNRESET', 'UNKNOWN']],
  ['ERR_CERTIFICATE_EXPIRED', 'have it renewed, and check the', ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']],
  ['ERR_CERTIFICATE_HOST', 'put the name that is in the certificate into "ovc-url"', ['ERR_TLS_CERT_ALTNAME_INVALID']],
  ['ERR_TLS', 'check that the port in "ovc-url" speaks https, and that the server offers TLS 1.2 or newer', notTls],
  ['ERR_CLIENT_CERTIFICATE', 'put an address that does not require one into "ovc-url"', wantsCertificate],
  ['ERR_PROTOCOL', 'check "ovc-url", and what is between', ['HPE_INVALID_CONSTANT']],
  ['ERR_CERTIFICATE_UNTRUSTED', trustIt, untrusted],
])('%s, which says to %s, is for %j', (error, says, codes) => {
  for (const code of codes) {
    const message = messageFor({ kind: 'network', code })
    expect(message).toMatch(new RegExp(`https://ovc\\.example .*\\(${code}\\).*\\[${error}\\]$`))
    expect(message).toContain(says)
  }
})

test('a certificate that is not trusted, with NODE_EXTRA_CA_CERTS', () => {
  const message = messageFor({ kind: 'network', code: 'SELF_SIGNED_CERT_IN_CHAIN' }, true)
  expect(message).toMatch(/: the file in NODE_EXTRA_CA_CERTS contains no PEM .*\[ERR_CERTIFICATE_EXTRA_CA\]$/)
})
