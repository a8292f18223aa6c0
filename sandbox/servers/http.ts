/** What the three servers of the sandbox have in common: listening, reading parameters, answering. */

import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it arrived. `path` and `query` are raw (not decoded), because the servers differ in how they read them. */
export type Received = {
  method: string
  path: string
  /** Without the question mark; empty when there is none. */
  query: string
  /** Lower-case names; a repeated header's values joined with a comma. */
  headers: Record<string, string>
  body: string
}

/** A request that was answered, for a test to look at afterwards. `who` is the caller, once the server knew. */
export type RecordedRequest = Received & { status: number; who?: string }

/** An answer. `who` is not sent: it is recorded with the request. */
export type Reply = { status: number; headers?: Record<string, string>; body?: string; who?: string }

export type Answer = (received: Received) => Reply | Promise<Reply>

type ListenOptions = {
  /** 0, the default, lets the system choose a free one. */
  port?: number | undefined
  /** A PEM key and certificate: the server then speaks https. */
  tls?: { key: string; cert: string } | undefined
  /** Called with each answered request, before the answer is sent: a client that has its answer finds it recorded. */
  record: (request: RecordedRequest) => void
}

type Listening = { origin: string; port: number; close(): Promise<void> }

/**
 * Starts a server on the loopback interface. Nothing else can reach it: its keys are printed and its users are made up.
 *
 * @throws the system's own error when the port cannot be had, `EADDRINUSE` for one that is taken
 */
export async function listen(options: ListenOptions, answer: Answer): Promise<Listening> {
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    respond(request, response, options.record, answer).catch(() => response.destroy())
  }
  const server = options.tls ? https.createServer(options.tls, handle) : http.createServer(handle)

  // A client that keeps a connection alive, or that never ends its request, must not delay close().
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  record: ListenOptions['record'],
  answer: Answer,
): Promise<void> {
  const received = await receive(request)
  let reply: Reply
  try {
    reply = await answer(received)
  } catch {
    reply = text(500)
  }
  record({ ...received, status: reply.status, ...(reply.who !== undefined && { who: reply.who }) })
  const body = reply.body ?? ''
  response.writeHead(reply.status, { 'content-length': Buffer.byteLength(body), ...reply.headers })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : `${value}`,
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

/** A plain text answer in the form that Go's `http.Error` gives: the status in words, unless told otherwise, and a newline. */
export function text(status: number, words = http.STATUS_CODES[status] ?? '', headers?: Record<string, string>): Reply {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
    body: `${words}\n`,
  }
}

/** An answer whose text is exactly this. */
export function plain(status: number, words: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: words }
}

/** An HTML answer, for the servers that explain an error with a page. */
export function html(status: number, words: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, body: `<html><body><h1>${words}</h1></body></html>\n` }
}

/** A JSON answer, with no newline behind it: clients read a bare id as a number, and a task's as it is. */
export function json(status: number, value: unknown): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

/**
 * Reads `application/x-www-form-urlencoded` text, strictly: a stray `%` or a bare `;` is an error, not a character.
 * That strictness is how a secret that was pasted without encoding becomes a 400.
 *
 * @returns the pairs in their order, repeated names included
 * @throws URIError when the text is not form-encoded
 */
export function parseForm(encoded: string): [name: string, value: string][] {
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
  return encoded
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      if (pair.includes(';')) throw new URIError('a semicolon separates nothing in a form')
      const equals = pair.indexOf('=')
      return equals < 0 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
    })
}

/** The media type of the body, without its parameters, in lower case; empty when there is no Content-Type. */
export function mediaType(received: Received): string {
  return (received.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

/**
 * The parameters of a call from the query string, a form body or a JSON body. The body wins.
 *
 * @throws SyntaxError or URIError when the body is not what its Content-Type says
 */
export function readParameters(received: Received): Record<string, unknown> {
  const parameters: Record<string, unknown> = Object.fromEntries(parseForm(received.query))
  if (received.body === '') return parameters
  if (mediaType(received) === 'application/json') {
    const value: unknown = JSON.parse(received.body)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not a JSON object')
    return { ...parameters, ...value }
  }
  return { ...parameters, ...Object.fromEntries(parseForm(received.body)) }
}
