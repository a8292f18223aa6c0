/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import { expect, test } from '@jest/globals'
import { causeOf, errorOf } from '../../../src/http/cause.ts'
import type { Outcome } from '../../../src/http/request.ts'

const server = { url: 'https://ovc.example', input: 'ovc-url' }

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
const network = (code: string): Last => ({ kind: 'network', code })

const tlsHandshake = ['ERR_TLS_HANDSHAKE_TIMEOUT', 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE']
const notTls = ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', ...tlsHandshake]
const wantsCertificate = ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE']
test.each<[Last, string]>([
  [
    { kind: 'deadline' },
    'https://ovc.example did not respond in time (60 s, 3 attempts): check that the server is up, or raise "timeout". [ERR_TIMEOUT]',
  ],
  [
    { kind: 'cancelled', signal: 'SIGINT' },
    'The step was cancelled (SIGINT) before it had a JWT: run the job again. [ERR_CANCELLED]',
  ],
  [
    { kind: 'proxy-invalid' },
    'https_proxy is not the address of an http proxy: write it as http://host:port, with percent-encoded credentials before the host if it needs them. [ERR_PROXY_INVALID]',
  ],
  [
    { kind: 'proxy-silent' },
    'The proxy in https_proxy did not answer the request to connect to https://ovc.example (60 s, 3 attempts): check that it is up and a proxy for https, or name the server in no_proxy. [ERR_PROXY_SILENT]',
  ],
  [
    { kind: 'proxy-failed', cause: 407 },
    'The proxy in https_proxy made no connection (status 407): check its address and credentials, or name the server in no_proxy. [ERR_PROXY_FAILED]',
  ],
  [
    network('ENOTFOUND'),
    'The host name of https://ovc.example was not found (ENOTFOUND): check "ovc-url" for a typing error, or whether this runner\'s name server knows it. [ERR_HOST_NOT_FOUND]',
  ],
  [
    network('ECONNRESET'),
    'https://ovc.example could not be reached (ECONNRESET): check "ovc-url" and that this runner may connect to it, then run the job again. [ERR_CONNECTION]',
  ],
  [network('UNKNOWN'), 'could not be reached (UNKNOWN)'],
  [
    network('CERT_HAS_EXPIRED'),
    "The certificate of https://ovc.example has expired or is not yet valid (CERT_HAS_EXPIRED): have it renewed, and check the runner's clock. [ERR_CERTIFICATE_EXPIRED]",
  ],
  [network('CERT_NOT_YET_VALID'), '[ERR_CERTIFICATE_EXPIRED]'],
  [
    network('ERR_TLS_CERT_ALTNAME_INVALID'),
    'is for another host name (ERR_TLS_CERT_ALTNAME_INVALID): put the name that is in the certificate into "ovc-url". [ERR_CERTIFICATE_HOST]',
  ],
  ...notTls.map((code): [Last, string] => [
    network(code),
    `could not agree on TLS (${code}): check that the port in "ovc-url" speaks https, and that the server offers TLS 1.2 or newer without a client certificate. [ERR_TLS]`,
  ]),
  ...wantsCertificate.map((code): [Last, string] => [
    network(code),
    `https://ovc.example requires a client certificate (${code}), which this action does not support: put an address that does not require one into "ovc-url". [ERR_CLIENT_CERTIFICATE]`,
  ]),
  [
    network('HPE_INVALID_CONSTANT'),
    'sent an answer that is not valid HTTP (HPE_INVALID_CONSTANT): check "ovc-url", and what is between the runner and the server. [ERR_PROTOCOL]',
  ],
])('%j as the last attempt', (outcome, message) => {
  expect(errorOf(outcome, server, 60, 3, false).message).toContain(message)
})

test.each([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNTRUSTED'],
  ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CRL_HAS_EXPIRED', 'INVALID_CA', 'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED'],
  ...['HOSTNAME_MISMATCH', 'UNSPECIFIED', 'ERR_TLS_CERT_SIGNATURE_ALGORITHM_UNSUPPORTED'],
])('%s is a certificate that is not trusted, with and without NODE_EXTRA_CA_CERTS', code => {
  expect(errorOf(network(code), server, 60, 1, false).message).toBe(
    `The certificate of https://ovc.example is not trusted (${code}): for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step's "env:", otherwise have the server's certificate fixed. [ERR_CERTIFICATE_UNTRUSTED]`,
  )
  expect(errorOf(network(code), server, 60, 1, true).message).toBe(
    `The certificate of https://ovc.example is not trusted (${code}): the file in NODE_EXTRA_CA_CERTS contains no PEM certificate that vouches for this server. Check its path, its format, and that it has the right CA. [ERR_CERTIFICATE_EXTRA_CA]`,
  )
})
