/** Errors about a JWT that was issued. Each function returns the error. */

import { ActionError, listInQuotes } from './error.ts'

export const jwtErrors = {
  jwtInvalid: (server: string, what: string) =>
    new ActionError(
      'ERR_JWT_INVALID',
      `The JWT from ${server} ${what}, so it was not set: check "base-url" and "public-key", and tell the server's operator if they are right.`,
    ),

  jwtExpired: (server: string, secondsAgo: number) =>
    new ActionError(
      'ERR_JWT_EXPIRED',
      `The new JWT from ${server} expired ${secondsAgo} s ago by the runner's clock, so the two clocks differ by at least ${secondsAgo} s: set the runner's clock, or have the server's set.`,
    ),

  moreThanRequested: (input: 'scope' | 'audience', extra: readonly string[]) =>
    new ActionError(
      'ERR_MORE_THAN_REQUESTED',
      `The JWT has the ${input} ${listInQuotes(extra)}, which "${input}" does not request, so it was not set: add it to "${input}" if the job needs it, or ask the server's operator.`,
    ),

  scopeNotGranted: (missing: readonly string[], requested: readonly string[], granted: readonly string[]) =>
    new ActionError(
      'ERR_SCOPE_NOT_GRANTED',
      `The ${missing.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(missing)} ${missing.length > 1 ? 'were' : 'was'} not granted (requested: ${listInQuotes(requested)}; granted: ${granted.length ? listInQuotes(granted) : 'none'}): ${whyNotGranted(missing)}`,
    ),
}

/** The likely reason for a scope that the server dropped without an error, and what to do. */
function whyNotGranted(missing: readonly string[]): string {
  if (missing.some(scope => scope.startsWith('user:memberof:'))) {
    return 'the user is probably not a member of that organization; add the user there, or correct "scope".'
  }
  if (missing.every(scope => scope === 'offline_access')) {
    return "the JWT has no refresh token; leave offline_access out if nothing has to renew the JWT, or ask the server's operator."
  }
  return 'the owner of the key probably does not have that right; grant it there, or correct "scope".'
}
