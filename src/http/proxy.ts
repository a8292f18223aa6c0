/** Which way leads to a server: direct, or through a proxy, as `https_proxy` and `no_proxy` say. */

import { isLoopback } from '../text.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for a server, as curl and Node read the environment: lower-case names win, and the scheme may be left out.
 *
 * @returns undefined for a direct connection (always for loopback); `invalid` for a proxy that cannot be used. A proxy
 *   that is wrong is never gone around: the secret would leave on another way than the user said.
 */
export function proxyFor(url: string, env: Environment): URL | 'invalid' | undefined {
  const target = new URL(url)
  // Plain http is for loopback only, too.
  if (isLoopback(target.hostname)) return undefined
  const text = (env['https_proxy'] || env['HTTPS_PROXY'] || '').trim()
  if (!text || isExcluded(target, env['no_proxy'] || env['NO_PROXY'] || '')) return undefined
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(address)) return 'invalid'
  const proxy = new URL(address)
  // The connection to the proxy itself is plain http: what it carries to the server is TLS all the way.
  return proxy.protocol === 'http:' && proxy.hostname && isDecodable(proxy) ? proxy : 'invalid'
}

/**
 * `no_proxy` (as curl has it): names separated by commas or spaces; `example.com`, `.example.com` and `*.example.com`
 * cover the name and all below it, `example.com:8443` that port alone, `*` everything. IP addresses are compared as text.
 */
function isExcluded({ hostname, port }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  return noProxy
    .toLowerCase()
    .split(/[\s,]/)
    .some(entry => {
      if (entry === '*') return true
      const { name, port: entryPort } = readEntry(entry)
      const isPort = entryPort === undefined || entryPort === (port || '443')
      return isPort && (host === name || host.endsWith(`.${name}`))
    })
}

/** The colons of an IPv6 address without brackets do not belong to a port. */
function readEntry(entry: string): { name: string; port: string | undefined } {
  const [, name = '', port] =
    /^\[(.*)\](?::(\d+))?$/.exec(entry) ?? /^([^:]*)(?::(\d+))?$/.exec(entry) ?? ([undefined, entry] as const)
  return { name: name.replace(/^\*?\./, '').replace(/\.$/, ''), port }
}

/** The credentials of a proxy are percent-encoded. */
function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}
