/** One POST and its answer: a deadline, a size limit, no redirect, and every way it can fail as a plain value. */

import type { RequestOptions } from 'node:http'
import { HttpClient } from '@actions/http-client'
import { checkBypass, getProxyUrl } from '@actions/http-client/lib/proxy'

export interface PostRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether the environment names a proxy for https. */
  readonly namesProxy: boolean
}

/** What came of one attempt. Only an `answer` with status 200 has a body: no other is ever looked at. */
export type Outcome =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body: string
      readonly location?: string | undefined
      readonly retryAfter?: string | undefined
    }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'cancelled'; readonly signal: string }
  | { readonly kind: 'proxy-invalid' }
  /** `cause`: the status that the proxy answered to CONNECT, or Node's code where it could not be reached. */
  | { readonly kind: 'proxy-failed'; readonly cause: number | string }
  /** `code`: Node's or OpenSSL's, such as ECONNRESET; `UNKNOWN` for an error without one. */
  | { readonly kind: 'network'; readonly code: string }

const USER_AGENT = 'ovc-jwt-action'

/** A JWT of this server is below 2 kB; what is far larger is something else, and is not worth the memory. */
export const ANSWER_LIMIT = 64 * 1024

/**
 * Sends one request. Never throws for what a network or a server can do.
 *
 * @param deadline milliseconds for all of it: name look-up, proxy, connection, headers and body.
 * @param cancelled resolves, with the name of the process signal, when the attempt is to end at once.
 */
export async function post(request: PostRequest, deadline: number, cancelled: Promise<string>): Promise<Outcome> {
  if (!hasUsableProxy(request)) return { kind: 'proxy-invalid' }
  // http-client retries no POST, and follows redirects unless told not to: the body holds the secret.
  const client = new HttpClient(USER_AGENT, [bareHost], { allowRedirects: false, allowRetries: false })
  let timer: NodeJS.Timeout | undefined
  // A race, not an AbortSignal: its machinery costs every run time.
  const timeUp = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => resolve({ kind: 'deadline' }), deadline)
  })
  const cancellation = cancelled.then(signal => ({ kind: 'cancelled', signal }) as const)
  const outcome = await Promise.race([send(client, request).catch(failureOf), timeUp, cancellation])
  clearTimeout(timer)
  // What came to its own end has closed its connection; what lost the race is closed here. (Only a connection through a
  // proxy, which http-client offers no way to close, lives on until the process ends.)
  if (outcome.kind === 'deadline' || outcome.kind === 'cancelled') client.dispose()
  return outcome
}

async function send(client: HttpClient, request: PostRequest): Promise<Outcome> {
  const { message } = await client.post(request.url, request.body, { ...request.headers })
  const { statusCode: status = 0, headers } = message
  if (status !== 200) {
    message.destroy()
    return { kind: 'answer', status, body: '', location: headers.location, retryAfter: headers['retry-after'] }
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('error', reject) // Also for a body that ends before its Content-Length.
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= ANSWER_LIMIT) return
      message.destroy()
      resolve({ kind: 'too-large' })
    })
    message.on('end', () => resolve({ kind: 'answer', status, body: Buffer.concat(chunks).toString() }))
  })
}

/** http-client passes on the brackets of an IPv6 host, which no name look-up understands; a handler can mend that. */
const bareHost = {
  prepareRequest(options: RequestOptions) {
    options.host = options.host?.replace(/^\[(.*)\]$/, '$1')
  },
  canHandleAuthentication: () => false,
  handleAuthentication: () => Promise.reject(new Error('not used')),
}

/**
 * http-client reads `https_proxy` and `no_proxy` itself. Where the proxy's URL is none, it throws, or even goes without:
 * the secret would then leave on another way than the user said. A proxy that is spoken to over https is refused: `tunnel`
 * compares that proxy's certificate with the name of the server. (Plain http is for loopback only, which has no proxy.)
 */
function hasUsableProxy({ url, namesProxy }: PostRequest): boolean {
  const target = new URL(url)
  if (!namesProxy || checkBypass(target)) return true
  try {
    return getProxyUrl(target)?.protocol === 'http:'
  } catch {
    return false
  }
}

function failureOf(error: unknown): Outcome {
  const { code, message } = error as NodeJS.ErrnoException
  // `tunnel` gives every failure of a proxy the code ECONNRESET; only its text tells them from the server's.
  if (message?.startsWith('tunneling socket could not be established')) {
    const status = /statusCode=(\d{3})$/.exec(message)?.[1]
    const reason = message.endsWith('cause=socket hang up') ? 'ECONNRESET' : /cause=\w+ (E[A-Z_]+)/.exec(message)?.[1]
    return { kind: 'proxy-failed', cause: status ? Number(status) : (reason ?? 'UNKNOWN') }
  }
  return { kind: 'network', code: typeof code === 'string' ? code : 'UNKNOWN' }
}
