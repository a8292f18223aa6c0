/** A TLS connection through a proxy: CONNECT (RFC 9110, section 9.3.6), then TLS to the server through it. */

import http from 'node:http'
import https from 'node:https'
import { isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Lookup } from './lookup.ts'

/** The proxy did not connect. `reason`: the status of its answer to CONNECT, or Node's code. */
export class TunnelError extends Error {
  readonly reason: number | string

  constructor(reason: number | string) {
    super(`no tunnel (${reason})`)
    this.reason = reason
  }
}

type Callback = NonNullable<Parameters<https.Agent['createConnection']>[1]>

/**
 * Used in place of the agent that http-client would choose (from the package `tunnel`): that one writes an IPv6 server
 * without its brackets, compares the certificate with a part of the address, calls every fault of a proxy ECONNRESET, and
 * cannot be closed.
 */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL
  readonly #userAgent: string
  readonly #lookup: Lookup
  #connect?: http.ClientRequest
  /** Whether the proxy was asked and has not answered yet. */
  isWaiting = false

  /** @param proxy an http URL, with percent-encoded credentials where the proxy needs them. */
  constructor(proxy: URL, userAgent: string, lookup: Lookup) {
    super()
    this.#proxy = proxy
    this.#userAgent = userAgent
    this.#lookup = lookup
  }

  override createConnection(options: https.RequestOptions, callback?: Callback): undefined {
    const host = String(options.host)
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${options.port}`
    const { hostname, port, username, password } = this.#proxy
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const connect = http.request({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || 80,
      path: authority,
      lookup: this.#lookup,
      headers: {
        host: authority,
        // Some proxies refuse a program that does not say what it is.
        'user-agent': this.#userAgent,
        ...(credentials !== ':' && {
          'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}`,
        }),
      },
      agent: false,
    })
    this.#connect = connect
    this.isWaiting = true
    const fail = (reason: number | string) => {
      this.isWaiting = false
      connect.destroy()
      // Node's types ask for a stream beside the error.
      callback?.(new TunnelError(reason), undefined as unknown as Duplex)
    }
    connect.once('connect', ({ statusCode = 0 }, socket, head) => {
      this.isWaiting = false
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        fail(statusCode)
        return
      }
      if (head.length) socket.unshift(head)
      // The agent's own way to make a TLS connection, with the certificate checked for the server's name.
      callback?.(null, super.createConnection({ ...options, socket } as https.RequestOptions) as Duplex)
    })
    connect.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? 'UNKNOWN'))
    connect.end()
    return undefined
  }

  override destroy(): void {
    this.#connect?.destroy()
    super.destroy()
  }
}
