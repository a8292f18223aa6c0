/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import { expect, test } from '@jest/globals'
import type { Code } from '../../../src/errors/error.ts'
import { causeOf, errorOf } from '../../../src/http/cause.ts'
import type { Outcome } from '../../../src/http/request.ts'
import { answerOf, serverOf } from '../../support/destinations.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

const answer = (status: number): Outcome => ({ kind: 'answer', ...answerOf(status) })
const network = (code: string, said?: string): Outcome => ({ kind: 'network', code, words: said })
const failed = (cause: number | string): Outcome => ({ kind: 'proxy-failed', cause })
const late = (of: 'dns' | 'proxy' | 'server'): Outcome => ({ kind: 'deadline', of })

test.each<[Outcome, string]>([
  [answer(503), 'status 503'],
  [network('ECONNRESET'), 'ECONNRESET'],
  [late('dns'), 'no answer from DNS in time'],
  [late('proxy'), 'proxy: no answer in time'],
  [late('server'), 'no whole answer in time'],
  [failed(502), 'proxy: status 502'],
  [failed('ECONNREFUSED'), 'proxy: ECONNREFUSED'],
  [{ kind: 'compressed', encoding: 'gzip' }, 'compressed'],
])('%j is "%s" in the log', (outcome, cause) => expect(causeOf(outcome)).toBe(cause))

const server = serverOf('ovc-url', 'https://ovc.example')
const errorFor = (outcome: Outcome, { to = server, hasExtraCa = false, isLate = false } = {}) =>
  errorOf(outcome, to, { seconds: 60, attempts: 3, isLate, hasExtraCa })

test.each([late('server'), late('proxy'), late('dns'), failed('no answer from DNS')])(
  'where the requests before used the time, nothing else is blamed: %j',
  outcome => {
    const says = '(60 s, 3 attempts): the requests before used most of "timeout". Raise "timeout".'
    expect(errorFor(outcome, { isLate: true })).toEqual(saying('ERR_TIMEOUT', says))
  },
)

test.each<[outcome: Outcome, code: Code, says: RegExp]>([
  [answer(503), 'ERR_UNAVAILABLE', /^https:\/\/ovc\.example .*\(status 503 after 3 attempts\)/],
  [answer(429), 'ERR_RATE_LIMIT', /^https:\/\/ovc\.example .*\(status 429 after 3 attempts\)/],
  [{ kind: 'compressed', encoding: 'br' }, 'ERR_COMPRESSED', /^https:\/\/ovc\.example answered with br encoding/],
  [{ kind: 'cancelled', signal: 'SIGINT' }, 'ERR_CANCELLED', /\(SIGINT\) before a JWT was set/],
  [late('dns'), 'ERR_DNS', /host name of https:\/\/ovc\.example \(no answer in time\)/],
  [late('server'), 'ERR_TIMEOUT', /^https:\/\/ovc\.example .*\(60 s, 3 attempts\).* "timeout"/],
  [late('proxy'), 'ERR_PROXY_SILENT', /^The proxy in https_proxy .*\.example \(60 s, 3 attempts\)/],
  [failed('ECONNREFUSED'), 'ERR_PROXY_FAILED', /^The connection to the proxy in https_proxy .*\(ECONNREFUSED\): check/],
])('%j as the last attempt is %s', (outcome, code, says) => expect(errorFor(outcome)).toEqual(saying(code, says)))

test.each(
  rowsOf({
    'put credentials that it accepts into its address, as http://user:password@host:port.': ['407'],
    'it does not allow this connection. Ask its operator to allow it, or name the server in no_proxy.': [
      ...['401', '403', '511'],
    ],
    'it limits the number of requests. Run the job again later.': ['429'],
    'it could not reach the server, or is overloaded. Check "ovc-url" and that the server is up, or name the server in':
      ['408', '500', '502', '503', '504'],
    "the proxy's address may not be that of a proxy for https, or the proxy does not know the server. Check both": [
      ...['302', '400', '404', '405', '499', '501', '505'],
    ],
  }),
)('status %s of a proxy: %s', (status, says) => {
  const frame = `The proxy in https_proxy did not connect to https://ovc.example (status ${status}): ${says}`
  expect(errorFor(failed(Number(status)))).toEqual(saying('ERR_PROXY_REFUSED', frame))
})

test('the proxy is named by the variable that it came from', () => {
  const proxy = { url: new URL('http://proxy'), variable: 'HTTPS_PROXY' }
  const to = { ...server, proxy, name: 'https://ovc.example (through the proxy in HTTPS_PROXY)' }
  for (const outcome of [failed(407), failed('ECONNREFUSED'), late('proxy')]) {
    expect(errorFor(outcome, { to }).message).toContain('he proxy in HTTPS_PROXY ')
  }
  // What fails in the tunnel does not blame the server.
  const reset = errorFor(network('ECONNRESET'), { to }).message
  expect(reset).toMatch(/^The connection to https:\/\/ovc\.example \(through the proxy in HTTPS_PROXY\) failed/)
  const junk = errorFor(network('EPROTO', 'wrong version number'), { to }).message
  expect(junk).toContain('"ovc-url", and that the address in HTTPS_PROXY is that of an http proxy.')
})

const missingCa = `DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY CERT_UNTRUSTED CERT_SIGNATURE_FAILURE`
const invalid = `CERT_REVOKED CERT_CHAIN_TOO_LONG INVALID_CA PATH_LENGTH_EXCEEDED CRL_HAS_EXPIRED
  ERROR_IN_CERT_NOT_AFTER_FIELD`
test.each<[code: Code, says: string, causes: string]>([
  ['ERR_HOST_NOT_FOUND', 'check "ovc-url" for a typing error', 'ENOTFOUND'],
  ['ERR_DNS', "check the runner's network and DNS settings", 'EAI_AGAIN'],
  ['ERR_CONNECTION', 'check "ovc-url", that the server is up, and that no firewall', 'ECONNRESET UNKNOWN xEAI_ xHPE_'],
  ['ERR_CERTIFICATE_EXPIRED', "check the runner's clock", 'CERT_HAS_EXPIRED CERT_NOT_YET_VALID'],
  ['ERR_CERTIFICATE_HOST', 'check the host name in "ovc-url"', 'ERR_TLS_CERT_ALTNAME_INVALID HOSTNAME_MISMATCH'],
  ['ERR_CERTIFICATE_UNTRUSTED', 'set NODE_EXTRA_CA_CERTS to', missingCa],
  ['ERR_CERTIFICATE_INVALID', 'ask the operator to replace it', invalid],
  ['ERR_PROTOCOL', 'check the scheme and the port in "ovc-url"', 'HPE_INVALID_CONSTANT'],
  ['ERR_PROTOCOL', 'more than 16 kB of headers', 'HPE_HEADER_OVERFLOW'],
])('%s says to %s, for %s', (code, says, causes) => {
  for (const cause of words(causes)) {
    const { message } = errorFor(network(cause))
    expect(message).toMatch(new RegExp(`https://ovc\\.example.* \\(${cause}\\).*\\[${code}\\]$`))
    expect(message).toContain(says)
    if (code !== 'ERR_CERTIFICATE_UNTRUSTED') expect(message).not.toContain('NODE_EXTRA_CA_CERTS')
  }
})

test.each<[code: string, said: string, error: Code, hasExtraCa?: boolean]>([
  ['UNSPECIFIED', 'EE certificate key too weak', 'ERR_CERTIFICATE_INVALID'],
  ['INVALID_PURPOSE', 'unsuitable certificate purpose', 'ERR_CERTIFICATE_INVALID'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'ERR_CERTIFICATE_EXTRA_CA', true],
  ...['ssl/tls alert bad certificate', 'ssl/tls alert no certificate', 'tlsv13 alert certificate required'].map(
    (said): [string, string, Code] => ['EPROTO', said, 'ERR_CLIENT_CERTIFICATE'],
  ),
])("%s is explained in OpenSSL's own words (%s): %s", (code, said, error, hasExtraCa = false) => {
  expect(errorFor(network(code, said), { hasExtraCa })).toEqual(saying(error, ` (${said}, ${code})`))
})

test.each(
  rowsOf({
    // Alert 40 is the same for four causes.
    'they have no cipher or no curve in common, the server has no certificate for this host name, or it requires a client':
      ['ssl/tls alert handshake failure'],
    'the port does not speak https. Check the port in "ovc-url".': [
      ...['wrong version number', 'packet length too long', 'http request'],
    ],
    'the server does not know the host name in "ovc-url". Check it.': ['tlsv1 unrecognized name'],
    'the server must offer TLS 1.2 or newer. Ask its operator.': [
      ...['tlsv1 alert protocol version', 'unsupported protocol'],
    ],
    // Alerts 110 to 114, which OpenSSL does not call so, are among them.
    'the server refused the connection. Ask its operator why.': [
      ...['tlsv1 alert access denied', 'tlsv1 alert unknown ca', 'ssl/tls alert internal error'],
      'tlsv1 unsupported extension',
    ],
    "this runner's own TLS settings leave nothing to offer. Check NODE_OPTIONS and OPENSSL_CONF.": [
      ...['no protocols available', 'no ciphers available'],
    ],
    "the server's TLS settings are too old or too weak. Ask its operator.": [
      ...['dh key too small', 'ca md too weak', 'unsafe legacy renegotiation disabled', 'unsupported signature type'],
      ...['legacy sigalg disallowed or unsupported', 'wrong signature type', 'wrong curve', 'wrong cipher returned'],
    ],
    'check the port in "ovc-url", and whether something between the runner and the server changes the connection.': [
      ...['bad extension', 'unexpected eof while reading', 'decryption failed or bad record mac'],
    ],
  }),
)('TLS failed with "%s": %s', (said, remedy) => {
  expect(errorFor(network('EPROTO', said))).toEqual(saying('ERR_TLS', ` (${said}, EPROTO): ${remedy}`))
  // Node may give them as a code.
  const code = `ERR_SSL_${said.toUpperCase().replaceAll(' ', '_')}`
  expect(errorFor(network(code))).toEqual(saying('ERR_TLS', ` (${code}): ${remedy}`))
})

test.each(['EPROTO', 'ERR_TLS_HANDSHAKE_TIMEOUT', 'ERR_SSL_X'])('TLS failed with %s, without words', code => {
  expect(errorFor(network(code))).toEqual(saying('ERR_TLS', ` (${code}): check the port in "ovc-url", and`))
})

test('a code of Node that tells of a missing client certificate', () => {
  const error = saying('ERR_CLIENT_CERTIFICATE', 'set "ovc-url" to an address that does not require one')
  expect(errorFor(network('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'))).toEqual(error)
})
