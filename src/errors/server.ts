/** Errors that the identity server's answers mean. Each function returns the error. */

import { ActionError, attemptsInWords as inWords, listInQuotes } from './error.ts'

export const serverErrors = {
  redirected: (server: string, host: string) =>
    new ActionError(
      'ERR_REDIRECT',
      `${server} redirects to ${host}, and redirects are not followed, because the request contains the secret: if the server has moved there, put its address into "base-url".`,
    ),

  redirectedToPath: (server: string, advice: string) =>
    new ActionError(
      'ERR_REDIRECT',
      `${server} redirects to another path of the same host, and redirects are not followed, because the request contains the secret: ${advice}.`,
    ),

  badRequest: (server: string, reason: string) =>
    new ActionError('ERR_CREDENTIALS_REJECTED', `${server} rejected the credentials (400): ${reason}`),

  scopeRefused: (server: string, scopes: readonly string[], reason: string) => {
    const requested = `the requested ${scopes.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(scopes)}`
    return new ActionError(
      'ERR_SCOPE_REFUSED',
      `${server} refused ${scopes.length ? requested : 'the default scope'} (401): ${reason}`,
    )
  },

  refreshRefused: (server: string) =>
    new ActionError(
      'ERR_RENEWAL_REFUSED',
      `${server} did not renew the JWT in "jwt" (401): it does not know the refresh token, which was not used for 30 days or was issued by another server. Get a new JWT with the scope offline_access.`,
    ),

  refreshBadRequest: (server: string) =>
    new ActionError(
      'ERR_RENEWAL_REFUSED',
      `${server} does not understand the renewal of the JWT in "jwt" (400): get a new one with the scope offline_access, and check that "base-url" is the server that issued it.`,
    ),

  notFound: (server: string) =>
    new ActionError(
      'ERR_NOT_FOUND',
      `${server} has no ItsYou.online token endpoint (404): set "base-url" to its own address, such as https://itsyou.online, without /v1/oauth; the address of OpenvCloud or AYS belongs in "ovc-url" or "ays-url".`,
    ),

  unavailable: (server: string, status: number, attempts: number) =>
    new ActionError(
      'ERR_UNAVAILABLE',
      `${server} is unavailable (status ${status} after ${inWords(attempts)}): run the job again later, or raise "retries" and "timeout".`,
    ),

  unexpectedStatus: (server: string, status: number) =>
    new ActionError(
      'ERR_UNEXPECTED_STATUS',
      `${server} answered with status ${status}, which an ItsYou.online server does not: check "base-url", and what is between the runner and the server.`,
    ),

  answerTooLarge: (server: string, limit: number) =>
    new ActionError(
      'ERR_TOO_LARGE',
      `${server} answered with more than ${limit} bytes, far more than a JWT: check that "base-url" is an ItsYou.online server.`,
    ),

  compressed: (server: string, encoding: string) =>
    new ActionError(
      'ERR_COMPRESSED',
      `${server} answered with ${encoding} encoding, although the request asks for none: have the server, or the proxy in front of it, send token answers uncompressed.`,
    ),

  notAJwt: (server: string, found: string) =>
    new ActionError(
      'ERR_NOT_A_JWT',
      `${server} answered with ${found} instead of a JWT: check that "base-url" is an ItsYou.online server, without a login or maintenance page in front of it.`,
    ),
}
