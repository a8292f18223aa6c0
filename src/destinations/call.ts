/** What the checks of both destinations share: a call with the JWT, and a JSON list as its answer. */

import type { Server } from '../address.ts'
import { ActionError } from '../errors/error.ts'
import type { Ask } from '../http/attempts.ts'
import { type Answer, type Request, redirectStatuses } from '../http/request.ts'

/** Bytes: enough to see that a list begins. What is in it does not matter, so no more of it is read. */
const readLimit = 64 * 1024

/** Calls with the JWT (RFC 6750, section 2.1). Both servers want exactly one space after `bearer`. */
export function call(ask: Ask, { method, url }: Pick<Request, 'method' | 'url'>, jwt: string, server: Server) {
  const headers: Record<string, string> = { authorization: `bearer ${jwt}`, accept: 'application/json' }
  if (method === 'POST') headers['content-type'] = 'application/x-www-form-urlencoded'
  return ask({ method, url, headers, body: '', limit: readLimit }, server)
}

/**
 * Whether an answer is an empty list, and not a list of objects, of which only the beginning matters. `found` in the error
 * of `wrong` says in a few words what came instead.
 *
 * @throws ActionError through `wrong` for an address that is not the server's, and for a status that is none of its own.
 */
export function isEmptyList(answer: Answer, server: Server, wrong: (found: string) => ActionError): boolean {
  const { status, body } = answer
  if (redirectStatuses.has(status)) throw wrong(`redirect, status ${status}`)
  if (status === 404) throw wrong('status 404')
  if (status !== 200) throw new ActionError('ERR_UNEXPECTED_STATUS', server, status)
  if (body.trimStart().startsWith('<')) throw wrong('an HTML page')
  const isEmpty = /^\s*\[\s*\]\s*$/.test(body)
  if (!isEmpty && !/^\s*\[\s*\{\s*("|\}|$)/.test(body)) throw wrong('not a list of objects in JSON')
  return isEmpty
}
