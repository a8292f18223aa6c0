/** What must never be read in a log: every form that the runner does not derive from another mask by itself. */

import { readClaims } from './jwt.ts'

/**
 * The credentials that a run starts with: the inputs `secret` and `jwt`, and what stands before the host of a proxy's
 * URL. They are masked before anything else happens.
 */
export function secretsOfRun(
  secret: string,
  jwt: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlySet<string> {
  const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].map(name => env[name] ?? '')
  return nonEmpty([secret, formEncoded(secret), ...secretsOfJwt(jwt), ...proxies.flatMap(secretsOfProxy)])
}

/**
 * A JWT, and the parts of it that are of use alone: the payload (claims, the refresh token among them) and the
 * signature. The runner masks a value as a whole, so that a part of it would be readable. The header is no secret.
 */
export function secretsOfJwt(jwt: string): ReadonlySet<string> {
  const [, payload = '', signature = ''] = jwt.split('.')
  const refreshToken = readClaims(jwt)?.['refresh_token']
  return nonEmpty([jwt, payload, signature, typeof refreshToken === 'string' ? refreshToken : ''])
}

/** As it stands in the request's body, where a blank is `+`; the runner derives only the form with `%20`. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

/** User and password of a proxy's URL, as written and decoded. Read by hand, since it may be no URL at all. */
function secretsOfProxy(url: string): string[] {
  const userInfo = /^(?:\w+:\/\/)?(.*)@/s.exec(url)?.[1] ?? ''
  const password = /^[^:]*:(.*)$/s.exec(userInfo)?.[1] ?? ''
  return [userInfo, percentDecoded(userInfo), password, percentDecoded(password)]
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An empty mask would be a warning on every run, and blanks alone would be cut from every line. */
function nonEmpty(values: Iterable<string>): ReadonlySet<string> {
  return new Set([...values].map(value => value.trim()).filter(Boolean))
}
