/** What a failed attempt means: a few words for the log, and the error where it was the last one. */

import type { ActionError } from '../errors/error.ts'
import { networkErrors, type Server } from '../errors/network.ts'
import { runnerErrors } from '../errors/runner.ts'
import type { Outcome } from './request.ts'

/** The cause of a failed attempt in our own words: the text of a status line is the server's, and is not repeated. */
export function causeOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'answer':
      return `status ${outcome.status}`
    case 'network':
      return outcome.code
    case 'deadline':
      return 'no whole answer in time'
    case 'proxy-failed':
      return `proxy: ${proxyCause(outcome.cause)}`
    case 'proxy-silent':
      return 'proxy: no answer in time'
    default:
      return outcome.kind
  }
}

function proxyCause(cause: number | string): string {
  return typeof cause === 'number' ? `status ${cause}` : cause
}

/**
 * The error for a last attempt that brought no answer.
 *
 * @param seconds that the step had.
 * @param hasExtraCa whether NODE_EXTRA_CA_CERTS is set.
 */
export function errorOf(
  outcome: Exclude<Outcome, { kind: 'answer' | 'too-large' | 'compressed' }>,
  server: Server,
  seconds: number,
  attempts: number,
  hasExtraCa: boolean,
): ActionError {
  switch (outcome.kind) {
    case 'deadline':
      return networkErrors.timedOut(server, seconds, attempts)
    case 'cancelled':
      return runnerErrors.cancelled(outcome.signal)
    case 'proxy-invalid':
      return networkErrors.proxyInvalid()
    case 'proxy-silent':
      return networkErrors.proxySilent(server, seconds, attempts)
    case 'proxy-failed':
      return networkErrors.proxyFailed(proxyCause(outcome.cause))
    case 'network':
      return networkError(outcome.code, server, hasExtraCa)
  }
}

function networkError(code: string, server: Server, hasExtraCa: boolean): ActionError {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return networkErrors.certificateExpired(server, code)
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return networkErrors.certificateForOtherHost(server, code)
  if (code === 'ENOTFOUND') return networkErrors.hostNotFound(server)
  if (clientCertificateCodes.test(code)) return networkErrors.clientCertificate(server, code)
  if (/^ERR_SSL_|^EPROTO$|^ERR_TLS_(?!CERT)/.test(code)) return networkErrors.tlsNotSpoken(server, code)
  if (certificateCodes.test(code)) {
    // Whatever is wrong with the file (missing, another format, another CA): it does not vouch for the server.
    return hasExtraCa ? networkErrors.extraCaUseless(server, code) : networkErrors.tlsFailed(server, code)
  }
  if (code.startsWith('HPE_')) return networkErrors.brokenAnswer(server, code)
  return networkErrors.unreachable(server, code)
}

/** The alerts of a server that misses a client certificate (RFC 8446, section 6.2), by OpenSSL's names. */
const clientCertificateCodes = /^ERR_SSL_.*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|NO_CERTIFICATE)$/

/** Node's names of OpenSSL's verification errors (X509_V_ERR_*), and its own: what says that no one vouches for it. */
const certificateCodes =
  /CERT|^UNABLE_TO_|^CRL_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_EXCEEDED$|^HOSTNAME_MISMATCH$|^UNSPECIFIED$/
