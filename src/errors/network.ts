/** Errors on the way to a server: name look-up, connection, TLS, proxy, time. Each function returns the error. */

import { ActionError, attemptsInWords as inWords } from './error.ts'

/** A server as a message names it: its address, and the input that the address came from. */
export type Server = {
  readonly url: string
  readonly input: string
}

export const networkErrors = {
  hostNotFound: ({ url, input }: Server) =>
    new ActionError(
      'ERR_HOST_NOT_FOUND',
      `The host name of ${url} was not found (ENOTFOUND): check "${input}" for a typing error, or whether this runner's name server knows it.`,
    ),

  unreachable: ({ url, input }: Server, cause: string) =>
    new ActionError(
      'ERR_CONNECTION',
      `${url} could not be reached (${cause}): check "${input}" and that this runner may connect to it, then run the job again.`,
    ),

  timedOut: ({ url }: Server, seconds: number, attempts: number) =>
    new ActionError(
      'ERR_TIMEOUT',
      `${url} did not respond in time (${seconds} s, ${inWords(attempts)}): check that the server is up, or raise "timeout".`,
    ),

  waitTooLong: ({ url }: Server, cause: string, waitSeconds: number, secondsLeft: number) =>
    new ActionError(
      'ERR_WAIT_TOO_LONG',
      `${url} is not ready (${cause}) and asks to wait ${waitSeconds} s, but "timeout" leaves ${secondsLeft} s: run the job again later, or raise "timeout".`,
    ),

  tlsFailed: ({ url }: Server, code: string) =>
    new ActionError(
      'ERR_CERTIFICATE_UNTRUSTED',
      `The certificate of ${url} is not trusted (${code}): for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step's "env:", otherwise have the server's certificate fixed.`,
    ),

  extraCaUseless: ({ url }: Server, code: string) =>
    new ActionError(
      'ERR_CERTIFICATE_EXTRA_CA',
      `The certificate of ${url} is not trusted (${code}): the file in NODE_EXTRA_CA_CERTS contains no PEM certificate that vouches for this server. Check its path, its format, and that it has the right CA.`,
    ),

  clientCertificate: ({ url, input }: Server, code: string) =>
    new ActionError(
      'ERR_CLIENT_CERTIFICATE',
      `${url} requires a client certificate (${code}), which this action does not support: put an address that does not require one into "${input}".`,
    ),

  certificateExpired: ({ url }: Server, code: string) =>
    new ActionError(
      'ERR_CERTIFICATE_EXPIRED',
      `The certificate of ${url} has expired or is not yet valid (${code}): have it renewed, and check the runner's clock.`,
    ),

  certificateForOtherHost: ({ url, input }: Server, code: string) =>
    new ActionError(
      'ERR_CERTIFICATE_HOST',
      `The certificate of ${url} is for another host name (${code}): put the name that is in the certificate into "${input}".`,
    ),

  tlsNotSpoken: ({ url, input }: Server, code: string) =>
    new ActionError(
      'ERR_TLS',
      `${url} and this runner could not agree on TLS (${code}): check that the port in "${input}" speaks https, and that the server offers TLS 1.2 or newer without a client certificate.`,
    ),

  proxyInvalid: () =>
    new ActionError(
      'ERR_PROXY_INVALID',
      'https_proxy is not the address of an http proxy: write it as http://host:port, with percent-encoded credentials before the host if it needs them.',
    ),

  proxyFailed: (cause: string) =>
    new ActionError(
      'ERR_PROXY_FAILED',
      `The proxy in https_proxy made no connection (${cause}): check its address and credentials, or name the server in no_proxy.`,
    ),

  proxySilent: ({ url }: Server, seconds: number, attempts: number) =>
    new ActionError(
      'ERR_PROXY_SILENT',
      `The proxy in https_proxy did not answer the request to connect to ${url} (${seconds} s, ${inWords(attempts)}): check that it is up and a proxy for https, or name the server in no_proxy.`,
    ),

  brokenAnswer: ({ url, input }: Server, cause: string) =>
    new ActionError(
      'ERR_PROTOCOL',
      `${url} sent an answer that is not valid HTTP (${cause}): check "${input}", and what is between the runner and the server.`,
    ),
}
