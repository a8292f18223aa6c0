/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import { certificateCodes, noProxyAddress, type Outcome } from './request.ts'

/** The cause of a failed attempt in our own words: the text of a status line is the server's, and is not repeated. */
export function causeOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return `status ${outcome.status}`
    case 'network':
      return outcome.code
    case 'deadline':
      return {
        dns: 'no answer from DNS in time',
        proxy: 'proxy: no answer in time',
        server: 'no whole answer in time',
      }[outcome.of]
    case 'proxy-failed':
      return `proxy: ${proxyCause(outcome.cause)}`
    default:
      return outcome.kind
  }
}

function proxyCause(cause: number | string): string {
  return typeof cause === 'number' ? `status ${cause}` : cause
}

/** What the last attempt had: for the sentences about it. */
type LastAttempt = {
  /** How long the server was asked, with all waits. */
  readonly seconds: number
  readonly attempts: number
  /** Whether others had used most of the time when this server's turn came. */
  readonly isLate: boolean
  /** Whether NODE_EXTRA_CA_CERTS is set. */
  readonly hasExtraCa: boolean
}

/** The error for a last attempt that brought no answer with a meaning of its own. */
export function errorOf(
  outcome: Outcome,
  server: Server,
  { seconds, attempts, isLate, hasExtraCa }: LastAttempt,
): ActionError {
  const proxyVariable = server.proxy?.variable ?? 'https_proxy'
  const hasNoTime = outcome.kind === 'deadline' || (outcome.kind === 'proxy-failed' && outcome.cause === noProxyAddress)
  if (isLate && hasNoTime) return new ActionError('ERR_TIMEOUT', server, seconds, attempts, isLate)
  switch (outcome.kind) {
    case 'answer':
      if (outcome.status === 429) return new ActionError('ERR_RATE_LIMIT', server, attempts)
      return new ActionError('ERR_UNAVAILABLE', server, outcome.status, attempts)
    case 'compressed':
      return new ActionError('ERR_COMPRESSED', server, outcome.encoding)
    case 'deadline':
      if (outcome.of === 'dns') return new ActionError('ERR_DNS', server, 'no answer in time')
      if (outcome.of === 'server') return new ActionError('ERR_TIMEOUT', server, seconds, attempts, isLate)
      return new ActionError('ERR_PROXY_SILENT', proxyVariable, server.url, seconds, attempts)
    case 'cancelled':
      return new ActionError('ERR_CANCELLED', outcome.signal)
    case 'proxy-failed':
      return proxyError(outcome.cause, proxyVariable, server)
    case 'network':
      return networkError(outcome.code, outcome.words, server, hasExtraCa)
  }
}

function proxyError(cause: number | string, variable: string, server: Server): ActionError {
  if (typeof cause === 'string') return new ActionError('ERR_PROXY_FAILED', variable, cause)
  return new ActionError('ERR_PROXY_REFUSED', variable, server.url, cause, proxyRemedy(cause, server))
}

function proxyRemedy(status: number, { input }: Server): string {
  if (status === 407) {
    return 'put credentials that it accepts into its address, as http://user:password@host:port. Only Basic authentication is supported.'
  }
  if ([401, 403, 511].includes(status)) {
    return 'it does not allow this connection. Ask its operator to allow it, or name the server in no_proxy.'
  }
  if (status === 429) return 'it limits the number of requests. Run the job again later.'
  if ([408, 500, 502, 503, 504].includes(status)) {
    return `it could not reach the server, or is overloaded. Check "${input}" and that the server is up, or name the server in no_proxy.`
  }
  return "the proxy's address may not be that of a proxy for https, or the proxy does not know the server. Check both addresses."
}

function networkError(code: string, words: string | undefined, server: Server, hasExtraCa: boolean): ActionError {
  const cause = words === undefined ? code : `${words}, ${code}`
  if (code === 'ENOTFOUND') return new ActionError('ERR_HOST_NOT_FOUND', server)
  if (code.startsWith('EAI_')) return new ActionError('ERR_DNS', server, code)
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return new ActionError('ERR_CERTIFICATE_EXPIRED', server, cause)
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') {
    return new ActionError('ERR_CERTIFICATE_HOST', server, cause)
  }
  if (missingCaCodes.test(code)) {
    // Whatever is wrong with the file (missing, another format, another CA): it has no CA for this server.
    if (hasExtraCa) return new ActionError('ERR_CERTIFICATE_EXTRA_CA', server, cause)
    return new ActionError('ERR_CERTIFICATE_UNTRUSTED', server, cause)
  }
  if (certificateCodes.test(code)) return new ActionError('ERR_CERTIFICATE_INVALID', server, cause)
  if (/^ERR_SSL_|^EPROTO$|^ERR_TLS_/.test(code)) {
    // Node's name and OpenSSL's words say the same.
    const said = (words ?? code).toLowerCase().replaceAll('_', ' ')
    // The alerts of a server that misses a client certificate (RFC 8446, section 6.2).
    if (/alert (certificate required|bad certificate|no certificate)/.test(said)) {
      return new ActionError('ERR_CLIENT_CERTIFICATE', server, cause)
    }
    return new ActionError('ERR_TLS', server, cause, tlsRemedy(said, server))
  }
  if (code.startsWith('HPE_')) return new ActionError('ERR_PROTOCOL', server, code)
  return new ActionError('ERR_CONNECTION', server, code)
}

/** OpenSSL's names of what is wrong where no CA leads to the certificate. */
const missingCaCodes = /^UNABLE_TO_|^SELF_SIGNED_|^DEPTH_ZERO_|^CERT_UNTRUSTED$|^CERT_SIGNATURE_FAILURE$/

function tlsRemedy(said: string, { input, proxy }: Server): string {
  // Alert 40 is the same for four causes.
  if (said.includes('alert handshake failure')) {
    return 'they have no cipher or no curve in common, the server has no certificate for this host name, or it requires a client certificate, which this action does not support. Ask its operator.'
  }
  if (/wrong version number|packet length|http request/.test(said)) {
    return `the port does not speak https. Check the port in "${input}"${proxy ? `, and that the address in ${proxy.variable} is that of an http proxy` : ''}.`
  }
  if (said.includes('unrecognized name')) return `the server does not know the host name in "${input}". Check it.`
  if (/protocol version|unsupported protocol/.test(said)) {
    return 'the server must offer TLS 1.2 or newer. Ask its operator.'
  }
  // Alerts 110 to 114 are not called so.
  if (/alert|tlsv1 /.test(said)) return 'the server refused the connection. Ask its operator why.'
  if (/no (protocols|ciphers) available/.test(said)) {
    return "this runner's own TLS settings leave nothing to offer. Check NODE_OPTIONS and OPENSSL_CONF."
  }
  if (/too (small|weak)|legacy|unsupported|disallowed|wrong (signature type|curve|cipher)/.test(said)) {
    return "the server's TLS settings are too old or too weak. Ask its operator."
  }
  return `check the port in "${input}", and whether something between the runner and the server changes the connection. Otherwise ask the server's operator.`
}
