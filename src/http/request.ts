/** One request and its answer: a deadline, a size limit, no redirect, and every way it can fail as a plain value. */

import http, { type RequestOptions } from 'node:http'
import https from 'node:https'
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { HttpClient } from '@actions/http-client'
import { proxyFor } from './proxy.ts'
import { TunnelAgent, TunnelError } from './tunnel.ts'

export type Request = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The most bytes of a body that are read. */
  readonly limit: number
}

export type Answer = {
  readonly kind: 'answer'
  readonly status: number
  /** Empty unless the status is 200: no other body is ever looked at. */
  readonly body: string
  readonly location?: string | undefined
  readonly retryAfter?: string | undefined
}

/** What came of one attempt. */
export type Outcome =
  | Answer
  | { readonly kind: 'too-large' }
  /** An answer with status 200 whose body is compressed, though the request says not to; `encoding` is how. */
  | { readonly kind: 'compressed'; readonly encoding: string }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'cancelled'; readonly signal: string }
  | { readonly kind: 'proxy-invalid' }
  /** The proxy was asked to connect, and did not answer in time. */
  | { readonly kind: 'proxy-silent' }
  /** `cause`: the status that the proxy answered to CONNECT, or Node's code where it could not be reached. */
  | { readonly kind: 'proxy-failed'; readonly cause: number | string }
  /** `code`: Node's or OpenSSL's, such as ECONNRESET; `UNKNOWN` for an error without one. */
  | { readonly kind: 'network'; readonly code: string }

const userAgent = 'ovc-jwt-action'

// Milliseconds for each address of a name. Node's 250 ms are too few for a slow link: it would give up on a working IPv4
// address, and fail with the IPv6 address that the link does not have.
setDefaultAutoSelectFamilyAttemptTimeout(2000)

/**
 * Sends one request. Never throws for what a network or a server can do.
 *
 * @param deadline milliseconds for all of it: name look-up, proxy, connection, headers and body.
 * @param cancelled resolves, with the name of the process signal, when the attempt is to end at once.
 */
export async function send(request: Request, deadline: number, cancelled: Promise<string>): Promise<Outcome> {
  const proxy = proxyFor(request.url, process.env)
  if (proxy === 'invalid') return { kind: 'proxy-invalid' }
  const tunnel = proxy && new TunnelAgent(proxy)
  const agent = tunnel ?? (request.url.startsWith('https:') ? new https.Agent() : new http.Agent())
  let timer: NodeJS.Timeout | undefined
  // A race, not an AbortSignal, which http-client does not take.
  const timeUp = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => resolve({ kind: tunnel?.isWaiting ? 'proxy-silent' : 'deadline' }), deadline)
  })
  const cancellation = cancelled.then(signal => ({ kind: 'cancelled', signal }) as const)
  const outcome = await Promise.race([exchange(request, agent).catch(outcomeOf), timeUp, cancellation])
  clearTimeout(timer)
  // What came to its own end has closed its connection; what lost the race is closed here.
  if (['deadline', 'proxy-silent', 'cancelled'].includes(outcome.kind)) agent.destroy()
  return outcome
}

async function exchange(request: Request, agent: http.Agent): Promise<Outcome> {
  const handler = {
    prepareRequest(options: RequestOptions) {
      options.agent = agent
      // http-client passes on the brackets of an IPv6 host, which no name look-up understands.
      options.host = String(options.host).replace(/[[\]]/g, '')
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('not used')),
  }
  // http-client retries no POST, and follows redirects unless told not to: the request contains a credential.
  const client = new HttpClient(userAgent, [handler], { allowRedirects: false, allowRetries: false })
  const headers = { ...request.headers, 'accept-encoding': 'identity' }
  const { message } = await client.request(request.method, request.url, request.body, headers)
  const { statusCode: status = 0 } = message
  const { location, 'retry-after': retryAfter, 'content-encoding': encoding = '' } = message.headers
  if (status !== 200) {
    message.destroy()
    return { kind: 'answer', status, body: '', location, retryAfter }
  }
  const encodings = encoding
    .toLowerCase()
    .split(/[\s,]/)
    .filter(name => name && name !== 'identity')
  if (encodings.length) {
    message.destroy()
    const isKnown = encodings.every(name => knownEncodings.has(name))
    return { kind: 'compressed', encoding: isKnown ? encodings.join(', ') : 'unknown' }
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('error', reject) // Also for a body that ends before its Content-Length.
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= request.limit) return
      message.destroy()
      resolve({ kind: 'too-large' })
    })
    message.on('end', () => resolve({ kind: 'answer', status, body: Buffer.concat(chunks).toString() }))
  })
}

/** The names of encodings that a message may repeat (RFC 9110, section 8.4.1, and IANA's registry). */
const knownEncodings: ReadonlySet<string> = new Set(['gzip', 'x-gzip', 'deflate', 'compress', 'br', 'zstd'])

function outcomeOf(error: unknown): Outcome {
  if (error instanceof TunnelError) return { kind: 'proxy-failed', cause: error.reason }
  const { code } = error as NodeJS.ErrnoException
  return { kind: 'network', code: typeof code === 'string' ? code : 'UNKNOWN' }
}
