/** Inputs that are the address of a server, which the secret or the JWT travels to. */

import { isLoopback, type Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import { hasInvisible } from '../shown.ts'

const examples = {
  'base-url': 'itsyou.online',
  'ovc-url': 'my-location.example',
  'ays-url': 'ays.example/api',
} as const

/**
 * Checks the address of a server.
 *
 * @returns scheme, host and path prefix, without a trailing slash.
 * @throws ActionError for anything but an https address without user, query and fragment; http is for loopback only.
 */
export function readAddress(input: Server['input'], value: string): string {
  const invalid = (found: string, remedy: string) => new ActionError('ERR_ADDRESS_INVALID', input, found, remedy)
  const only = `write only the address of the server, such as https://${examples[input]}.`
  // Not the default: an unset variable must not send the secret of one server to another.
  if (!value) throw invalid('is empty', `a variable that is not set is empty. Set it, or leave "${input}" out.`)
  // No value in these sentences: a URL may contain a password.
  if (hasInvisible(value.replace(/\s/g, ''))) throw invalid('contains an invisible character', 'type it again.')
  if (/^["'`\u201c\u2018<]|["'`\u201d\u2019]$|^[^<]*>$/.test(value)) {
    throw invalid('has quotation marks or angle brackets around it', 'remove them.')
  }
  // `localhost:8443` and `example.com:8443/path` would be URLs, of a scheme that no one knows.
  if (!/^https?:\/\//i.test(value)) throw invalid('does not start with https://', only)
  if (/:\/\/.*:\/\//.test(value)) throw invalid('contains "://" twice', only)
  const [, authority = ''] = /:\/\/([^/?#\\]*)/.exec(value) ?? []
  if (authority.includes('@')) throw invalid('contains a user or password', only)
  // `https:///api` would be the host `api`, and `https://.example.com` and `https://host:` are URLs, too.
  if (/^$|^[.:]|:$|\.\./.test(authority)) {
    throw invalid('lacks a part of its host name or its port', 'a variable in it is probably empty. Set the variable.')
  }
  if (!URL.canParse(value)) throw invalid('is not a URL', only)
  const url = new URL(value)
  if (/[?#\\\s]/.test(value)) throw invalid('contains a query, a fragment, a backslash or a space', only)
  if (!/^(\[[\da-f:.]+\]|[\w-]+(\.[\w-]+)*\.?)$/.test(url.hostname)) {
    throw invalid('contains a character that no host name has', only)
  }
  // `192.168.010.1` would be 192.168.8.1.
  if (/^[\d.]+$/.test(url.hostname) && !authority.startsWith(url.hostname)) {
    throw invalid('has an IP address in an unusual form', 'write four decimal numbers without leading zeros.')
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const remedy = 'write https://, because a credential travels to it. Only 127.0.0.1, ::1 and localhost may use http.'
    throw invalid('does not start with https://', remedy)
  }
  return url.href.replace(/(?<!\/)\/+$/, '')
}
