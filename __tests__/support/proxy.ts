/** A proxy on loopback for the method CONNECT (RFC 9110, section 9.3.6). Each host name leads to the same port. */

import { connect, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { listen, serverText } from './faulty-server.ts'

export type ProxyOptions = {
  /** The port on 127.0.0.1 that every host name leads to. */
  to: () => Promise<number>
  /** PEM; the proxy is then spoken to over TLS. */
  tls?: { key: string; cert: string } | undefined
  /** `user:password`; a client that does not send them gets 407. */
  credentials?: string | undefined
  /** What a request has to contain; one that does not gets 403. */
  demands?: RegExp | undefined
  /** Where it listens; 127.0.0.1 unless given. */
  host?: string | undefined
  /** The status of its consent; 200 unless given. */
  consent?: number | undefined
  /** Instead of making a connection: what happens to each request, the last one repeated; undefined connects. */
  behaviours?: readonly (((socket: Socket) => void) | undefined)[] | undefined
}

/** @returns also `requests`, the heads of all CONNECT requests */
export async function startProxy({ to, tls, credentials, demands, host, consent = 200, behaviours }: ProxyOptions) {
  const requests: string[] = []
  const { port, close } = await listen(raw => {
    const socket = tls ? new TLSSocket(raw, { isServer: true, ...tls }) : raw
    socket.on('error', () => raw.destroy())
    let received = ''
    const onData = (chunk: Buffer) => {
      received += chunk.toString('latin1')
      if (!received.includes('\r\n\r\n')) return
      socket.off('data', onData)
      requests.push(received)
      const behaviour = behaviours?.[Math.min(requests.length, behaviours.length) - 1]
      if (behaviour) behaviour(socket)
      else if (credentials !== undefined && credentialsIn(received) !== credentials) reply(407)(socket)
      else if (demands && !demands.test(received)) reply(403)(socket)
      else void tunnel(socket)
    }
    socket.on('data', onData)
  }, host)

  async function tunnel(socket: Socket): Promise<void> {
    const upstream = connect(await to(), '127.0.0.1', () => {
      socket.write(`HTTP/1.1 ${consent} Connection established\r\n\r\n`)
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => socket.destroy())
    upstream.once('close', () => socket.destroy())
    socket.once('close', () => upstream.destroy())
  }

  return { port, requests, close }
}

/** An answer to CONNECT, with text in each place that a client might repeat. */
export function reply(status: number): (socket: Socket) => void {
  const headers = `x-note: ${serverText}\r\ncontent-length: ${serverText.length}\r\n`
  return socket => void socket.end(`HTTP/1.1 ${status} ${serverText}\r\n${headers}\r\n${serverText}`)
}

function credentialsIn(head: string): string | undefined {
  const basic = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1]
  return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString()
}
