/** Which way leads to a server: direct, or through a proxy, as `https_proxy` and `no_proxy` say. */

import { isIP } from 'node:net'
import { type HttpProxy, isLoopback, type Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'

/** What the environment says about proxies, as plain values. */
export type ProxySettings = {
  /** The environment variable that names the proxy, and its value, which may be empty. */
  readonly variable: string
  readonly value: string
  /** `no_proxy`: the servers that are reached directly. */
  readonly exceptions: string
}

/** The addresses of a run, as the inputs have them; undefined for a server that is not asked. */
type Addresses = {
  readonly baseUrl: string
  readonly ovcUrl: string | undefined
  readonly aysUrl: string | undefined
}

/** @throws ActionError for a proxy that cannot be used, whichever server it leads to: before any of them is asked. */
export function serversOf({ baseUrl, ovcUrl, aysUrl }: Addresses, settings: ProxySettings) {
  return {
    identityServer: serverAt('base-url', baseUrl, settings),
    ovcServer: ovcUrl === undefined ? undefined : serverAt('ovc-url', ovcUrl, settings),
    aysServer: aysUrl === undefined ? undefined : serverAt('ays-url', aysUrl, settings),
  }
}

/**
 * A server with the way that leads there.
 *
 * @throws ActionError for a proxy that cannot be used. It is never gone around: the secret would leave on another way than
 *   the user said.
 */
export function serverAt(input: Server['input'], url: string, settings: ProxySettings): Server {
  const proxy = proxyFor(url, settings)
  return { url, input, proxy, name: proxy ? `${url} (through the proxy in ${proxy.variable})` : url }
}

/** The proxy for a server, as curl and Node read it: the scheme may be left out. Undefined for a direct connection. */
function proxyFor(url: string, { variable, value, exceptions }: ProxySettings): HttpProxy | undefined {
  const target = new URL(url)
  // Plain http is for loopback only, too.
  if (isLoopback(target.hostname)) return undefined
  const text = value.trim()
  // http-client reads the variable itself, and fails over white space.
  if (!text && value && !isException(target, exceptions)) {
    throw new ActionError('ERR_PROXY_INVALID', variable, 'contains only white space', 'remove it.')
  }
  if (!text) return undefined
  const address = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const proxy = URL.canParse(address) ? new URL(address) : undefined
  // Not before: http-client reads the variable itself, and fails over text that is no URL, whatever `no_proxy` says.
  if (proxy && isDecodable(proxy) && isException(target, exceptions)) return undefined
  if (proxy?.protocol === 'https:') {
    const remedy = "ask the proxy's operator for its http:// address. The connection to the server stays encrypted."
    throw new ActionError('ERR_PROXY_INVALID', variable, 'is an https:// address, which is not supported', remedy)
  }
  if (proxy?.protocol !== 'http:' || !proxy.hostname || !isDecodable(proxy)) {
    const remedy = 'write http://host:port, with percent-encoded credentials before the host if it needs them.'
    throw new ActionError('ERR_PROXY_INVALID', variable, 'is not the address of an http proxy', remedy)
  }
  return { url: proxy, variable }
}

/**
 * `no_proxy` (as curl has it): names separated by commas or spaces; `example.com`, `.example.com` and `*.example.com`
 * cover the name and all below it, `example.com:8443` that port alone, `*` everything. IP addresses are compared as text.
 */
function isException({ hostname, port }: URL, exceptions: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  return exceptions
    .toLowerCase()
    .split(/[\s,]/)
    .some(entry => {
      if (entry === '*') return true
      const { name, port: entryPort } = readEntry(entry)
      const isPort = entryPort === undefined || entryPort === (port || '443')
      return name !== '' && isPort && (host === name || (!isIP(host) && host.endsWith(`.${name}`)))
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
