/** Where a redirect leads: what of the server's text a message may repeat. */

import { isLoopback } from '../address.ts'
import { sharesText } from '../shown.ts'

/**
 * What to do about a redirect. Where the target is the same endpoint elsewhere, that is an address for `base-url`. The
 * target is text of the server: only a plain host and path are repeated, and not where a secret can be recognized in them
 * (a mask does not reach a part of it).
 */
export function redirectRemedy(location: string | undefined, server: string, secrets: readonly string[]): string {
  const elsewhere =
    'if the server has moved to another address, set "base-url" to it. If a login page is in front of the server, ask its operator to let this request through.'
  const target = location !== undefined && URL.canParse(location, server) ? new URL(location, server) : undefined
  if (!target) return elsewhere
  const path = /^((?:\/[\w.-]+){0,8})\/v1\/oauth\/(?:access_token|jwt\/refresh)$/.exec(target.pathname)?.[1]
  const isAllowed = target.protocol === 'https:' || (target.protocol === 'http:' && isLoopback(target.hostname))
  if (path === undefined || path.length > 100 || !isAllowed) return elsewhere
  if (!/^([a-z0-9.-]{1,253}|\[[\da-f:]+\])(:\d+)?$/.test(target.host)) return elsewhere
  const address = target.origin + path
  if (address === server || sharesText(address, secrets)) return elsewhere
  return `set "base-url" to ${address} if that is your server's new address.`
}
