/** One request and its answer: a deadline, a size limit, no redirect, and every way it can fail as a plain value. */

import http, { type RequestOptions } from 'node:http'
import https from 'node:https'
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net'
import { HttpClient } from '@actions/http-client'
import type { HttpProxy } from '../address.ts'
import { lookupWith } from './lookup.ts'
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
  readonly status: number
  /** Empty unless the status is 200: no other body is ever looked at. */
  readonly body: string
  /** False where the body is longer than the limit, and was cut off there. */
  readonly isWhole: boolean
  readonly location?: string | undefined
  readonly retryAfter?: string | undefined
  /** The media type, in lower case and without parameters. */
  readonly mediaType: string
  /** Whether the answer asks for credentials of its own (`WWW-Authenticate`). */
  readonly hasChallenge: boolean
}

/** RFC 9110, section 15.4: those that name another address to ask. */
export const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** What came of one attempt. */
export type Outcome =
  | ({ readonly kind: 'answer' } & Answer)
  /** An answer with status 200 whose body is compressed, though the request says not to; `encoding` is how. */
  | { readonly kind: 'compressed'; readonly encoding: string }
  /** `of`: who did not answer in time. */
  | { readonly kind: 'deadline'; readonly of: 'dns' | 'proxy' | 'server' }
  | { readonly kind: 'cancelled'; readonly signal: string }
  /** `cause`: the status that the proxy answered to CONNECT, or Node's code where it could not be reached. */
  | { readonly kind: 'proxy-failed'; readonly cause: number | string }
  /** `code`: Node's or OpenSSL's, such as ECONNRESET; `UNKNOWN` without one. `words`: OpenSSL's own, where they are plain. */
  | { readonly kind: 'network'; readonly code: string; readonly words?: string | undefined }

const userAgent = 'ovc-jwt-action'

/** The cause where the name of the proxy was not looked up in time. */
export const noProxyAddress = 'no answer from DNS'

// Milliseconds for each address of a name. Node's 250 ms are too few for a slow link: it would give up on a working IPv4
// address, and fail with the IPv6 address that the link does not have.
setDefaultAutoSelectFamilyAttemptTimeout(2000)

/**
 * Sends one request. Never throws for what a network or a server can do.
 *
 * @param proxy that leads to the server; undefined for a direct connection.
 * @param deadline milliseconds for all of it: name look-up, proxy, connection, headers and body.
 * @param cancelled resolves, with the name of the process signal, when the attempt is to end at once.
 */
export async function send(
  request: Request,
  proxy: HttpProxy | undefined,
  deadline: number,
  cancelled: Promise<string>,
): Promise<Outcome> {
  let isLookingUp = false
  const lookup = lookupWith(isOpen => {
    isLookingUp = isOpen
  })
  const tunnel = proxy && new TunnelAgent(proxy.url, userAgent, lookup)
  const agent = tunnel ?? (request.url.startsWith('https:') ? new https.Agent({ lookup }) : new http.Agent({ lookup }))
  const first = watch(agent)
  let timer: NodeJS.Timeout | undefined
  // A race, not an AbortSignal, which http-client does not take.
  const timeUp = new Promise<Outcome>(resolve => {
    timer = setTimeout(() => {
      if (isLookingUp && proxy) resolve({ kind: 'proxy-failed', cause: noProxyAddress })
      else resolve({ kind: 'deadline', of: isLookingUp ? 'dns' : tunnel?.isWaiting ? 'proxy' : 'server' })
    }, deadline)
  })
  const cancellation = cancelled.then(signal => ({ kind: 'cancelled', signal }) as const)
  const outcome = await Promise.race([
    answerTo(request, agent, deadline).catch(error => failureOf(first.error ?? error)),
    timeUp,
    cancellation,
  ])
  clearTimeout(timer)
  agent.destroy()
  return outcome
}

/**
 * What http-client does not tell of a request: where an answer stops being HTTP, of which it shows only that the
 * connection ended; and status 101, after which it waits for ever.
 */
function watch(agent: http.Agent): { error?: Error } {
  const first: { error?: Error } = {}
  const watched = agent as http.Agent & { addRequest(request: http.ClientRequest, ...rest: unknown[]): void }
  const add = watched.addRequest
  watched.addRequest = function (request, ...rest) {
    request.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith('HPE_')) first.error = error
    })
    request.once('upgrade', (message, socket) => {
      socket.destroy()
      request.emit('response', message)
    })
    add.call(this, request, ...rest)
  }
  return first
}

async function answerTo(request: Request, agent: http.Agent, deadline: number): Promise<Outcome> {
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
  // Its own time limit of 3 minutes must not end an attempt.
  const options = { allowRedirects: false, allowRetries: false, socketTimeout: deadline + 1000 }
  const client = new HttpClient(userAgent, [handler], options)
  const headers = { ...request.headers, 'accept-encoding': 'identity' }
  const { message } = await client.request(request.method, request.url, request.body, headers)
  const { statusCode: status = 0, headers: its } = message
  const answer = {
    kind: 'answer',
    status,
    body: '',
    isWhole: true,
    location: its.location,
    retryAfter: its['retry-after'],
    mediaType: (its['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
    hasChallenge: its['www-authenticate'] !== undefined,
  } as const
  if (status !== 200) return answer
  const encodings = (its['content-encoding'] ?? '').toLowerCase().split(/[\s,]/)
  // As curl and fetch do, a name that is no encoding (`UTF-8`, `none`) is ignored.
  const encoding = [...new Set(encodings)].filter(name => registeredEncodings.has(name)).join(', ')
  if (encoding) return { kind: 'compressed', encoding }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = () => {
      const body = Buffer.concat(chunks).subarray(0, request.limit).toString()
      resolve({ ...answer, body, isWhole: size <= request.limit })
    }
    message.on('error', reject) // Also for a body that ends before its Content-Length.
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= request.limit) return
      message.destroy()
      finish()
    })
    message.on('end', finish)
  })
}

/** IANA's registry of content codings (RFC 9110, section 8.4.1), without `identity`. */
const registeredEncodings: ReadonlySet<string> = new Set([
  ...['gzip', 'x-gzip', 'deflate', 'compress', 'x-compress', 'br', 'zstd', 'dcb', 'dcz'],
  ...['aes128gcm', 'exi', 'pack200-gzip'],
])

function failureOf(error: unknown): Outcome {
  if (error instanceof TunnelError) return { kind: 'proxy-failed', cause: error.reason }
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string') return { kind: 'network', code: 'UNKNOWN' }
  return { kind: 'network', code, words: wordsOf(error as Error & { code: string }) }
}

/** OpenSSL's names of what is wrong with a certificate (X509_V_ERR_*), as Node has them. */
export const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERROR_IN_|CRL_|INVALID_|PATH_LENGTH_|HOSTNAME_MISMATCH$|UNSPECIFIED$)/

/**
 * OpenSSL's own words. Of an alert they are the `reason`, or stand in the message of an EPROTO; of a certificate they are
 * the message. No other message is looked at: it may repeat text of the server.
 */
function wordsOf({ code, message, reason }: Error & { code: string; reason?: unknown }): string | undefined {
  const words =
    reason ??
    /:error:[\dA-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ??
    (certificateCodes.test(code) ? message.split(';')[0] : undefined)
  return typeof words === 'string' && /^[a-z][a-z\d ./-]{0,80}$/i.test(words) ? words : undefined
}
