/** Where a redirect leads: what of the server's text a message may repeat. */

import { sharesText } from './text.ts'

/**
 * Where a redirect leads, as far as it can be said. The target is text of the server: only a plain host or a plain path of
 * the same host is repeated, and neither where a secret can be recognized in it (in lower case, its mask does not reach).
 */
export function redirectTarget(
  location: string | undefined,
  server: string,
  secrets: readonly string[],
): { host?: string; advice?: string } {
  const target = location !== undefined && URL.canParse(location, server) ? new URL(location, server) : undefined
  if (!target || !/^https?:$/.test(target.protocol) || !/^[a-z0-9.-]{1,253}(:\d+)?$/.test(target.host)) return {}
  if (sharesText(target.host + target.pathname, secrets)) return {}
  const base = new URL(server)
  // http for https is what a proxy in front of the server makes of a redirect.
  if (target.hostname !== base.hostname) return { host: target.host }
  // The same host: usually a server that moved below a path.
  const path = /^((?:\/[\w.-]+){1,8})\/v1\/oauth\/(?:access_token|jwt\/refresh)$/.exec(target.pathname)?.[1]
  const old = base.pathname.replace(/\/$/, '')
  if (path === undefined || path.length > 100 || path === old) return { host: 'another path of the same host' }
  return { advice: old ? `write ${path} in place of ${old} in "base-url"` : `append ${path} to "base-url"` }
}
