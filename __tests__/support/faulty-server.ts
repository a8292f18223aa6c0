/**
 * A server on loopback that does what it is told with each request, down to the bytes: a server made of `node:http`
 * would refuse to send most of what these tests need. Whatever it says beyond the protocol contains `serverText`.
 */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { TLSSocket, type TLSSocketOptions } from 'node:tls'

/** Text that only the server knows. It must be nowhere in what the action prints. */
export const serverText = 'SERVER-TEXT'

/** One request, and the way to answer it. */
export type Exchange = {
  /** Head and body, as they came. */
  readonly request: string
  /** Resolves when the bytes are taken, or the connection is gone. */
  write(data: string | Buffer): Promise<void>
  /** Closes the connection in order. */
  end(): void
  /** Breaks the connection off with a TCP reset. */
  reset(): void
  readonly isOpen: boolean
}

export type Behaviour = (exchange: Exchange) => void | Promise<void>

export type FaultyServerOptions = {
  /** What happens to the first request, the second and so on; the last one is repeated. */
  behaviours: readonly Behaviour[]
  /** PEM; the server then speaks TLS. */
  tls?: { key: string; cert: string } | undefined
  tlsOptions?: TLSSocketOptions | undefined
  /** Where it listens; 127.0.0.1 unless given. */
  host?: string | undefined
  /** Instead of all that: what happens to a connection, before anything is read. */
  onConnection?: ((socket: Socket) => void) | undefined
}

export type FaultyServer = Awaited<ReturnType<typeof startFaultyServer>>

/** @returns also `requests`, all that came, `sent`, all text of its own, and `connections`, how many were opened */
export async function startFaultyServer(options: FaultyServerOptions) {
  const seen = { requests: [] as string[], sent: '', connections: 0 }
  const listening = await listen(raw => {
    seen.connections++
    if (options.onConnection) {
      options.onConnection(raw)
      return
    }
    const socket = options.tls ? new TLSSocket(raw, { isServer: true, ...options.tls, ...options.tlsOptions }) : raw
    // A client that goes away, or that does not like the certificate, is what these tests are about.
    socket.on('error', () => raw.destroy())
    let received = ''
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1')
      if (!isWhole(received)) return
      seen.requests.push(received)
      const behaviour = options.behaviours[Math.min(seen.requests.length, options.behaviours.length) - 1]
      void behaviour?.(
        exchangeOf(received, socket, raw, text => {
          seen.sent += text
        }),
      )
      received = ''
    })
  }, options.host)
  return Object.assign(seen, listening)
}

function isWhole(received: string): boolean {
  const head = received.indexOf('\r\n\r\n')
  const length = Number(/^content-length: *(\d+)/im.exec(received.slice(0, head))?.[1] ?? 0)
  return head >= 0 && received.length >= head + 4 + length
}

function exchangeOf(request: string, socket: Socket, raw: Socket, onText: (text: string) => void): Exchange {
  return {
    request,
    write: data =>
      new Promise(resolve => {
        onText(data.toString())
        if (raw.destroyed) return resolve()
        raw.once('close', resolve)
        socket.write(data, () => {
          raw.off('close', resolve)
          resolve()
        })
      }),
    end: () => void socket.end(),
    reset: () => void raw.resetAndDestroy(),
    get isOpen() {
      return !raw.destroyed && socket.writable
    },
  }
}

/**
 * Listens on loopback, at a port that the system chooses.
 *
 * @throws the system's own error where it cannot, such as EADDRNOTAVAIL for `::1` on a machine without IPv6
 */
export async function listen(
  onConnection: (socket: Socket) => void,
  host = '127.0.0.1',
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server: Server = createServer(socket => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    onConnection(socket)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/**
 * A port where nothing listens, and where nothing will: it is one end of an open connection until it is closed here.
 */
export async function occupyPort(): Promise<{ port: number; close(): Promise<void> }> {
  const listening = await listen(() => {})
  const socket = connect(listening.port, '127.0.0.1')
  socket.on('error', () => {})
  await new Promise(resolve => socket.once('connect', resolve))
  return {
    port: socket.localPort as number,
    close: () => {
      socket.destroy()
      return listening.close()
    },
  }
}

// --- what a server can do with a request ---

/** The head of an answer, with text in every place that a client might repeat. */
export function head(status: number, headers: Record<string, string | number> = {}): string {
  const lines = Object.entries({ 'x-note': serverText, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${serverText}\r\n${lines.join('')}\r\n`
}

/** A whole and well-formed answer. The body may be made when the request comes. */
export function answer(
  status: number,
  body: string | Buffer | (() => string) = serverText,
  headers: Record<string, string> = {},
): Behaviour {
  return async exchange => {
    const content = Buffer.from(typeof body === 'function' ? body() : body)
    // These statuses have no body, whatever the headers say (RFC 9110, section 6.4.1).
    const length = status === 204 || status === 304 ? {} : { 'content-length': content.length }
    await exchange.write(head(status, { connection: 'close', ...length, ...headers }))
    if ('content-length' in length) await exchange.write(content)
    exchange.end()
  }
}

/** These bytes, then an orderly end. */
export function bytes(data: string): Behaviour {
  return async exchange => {
    await exchange.write(data)
    exchange.end()
  }
}

/** These bytes, then a reset. */
export function bytesThenReset(data: string): Behaviour {
  return async exchange => {
    if (data) await exchange.write(data)
    exchange.reset()
  }
}

/** These bytes, then silence on an open connection. */
export function bytesThenNothing(data: string): Behaviour {
  return async exchange => {
    if (data) await exchange.write(data)
  }
}

/** These bytes at once, and then one more every 20 ms for as long as somebody listens. */
export function drip(data: string): Behaviour {
  return async exchange => {
    await exchange.write(data)
    while (exchange.isOpen) {
      await new Promise(resolve => setTimeout(resolve, 20))
      await exchange.write('x')
    }
  }
}

/** These bytes, and then the letter x: 8 MiB, far more than anyone should read. Then silence on an open connection. */
export function flood(data: string): Behaviour {
  const chunk = 'x'.repeat(64 * 1024)
  return async exchange => {
    await exchange.write(data)
    for (let sent = 0; exchange.isOpen && sent < 128; sent++) await exchange.write(chunk)
  }
}
