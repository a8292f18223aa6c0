/** What the checks of both destinations share: a call with the JWT, and a JSON list as its answer. */

import type { Server } from '../errors/network.ts'
import { ask, type LastAnswer, type Patience, type Surroundings } from '../http/attempts.ts'
import type { Request } from '../http/request.ts'

/** Bytes. A list of accounts or repositories is far smaller. */
export const listLimit = 1024 * 1024

/** Calls with the JWT (RFC 6750, section 2.1). Every line of the log says which server it is about. */
export function call(
  request: Pick<Request, 'method' | 'url'>,
  jwt: string,
  server: Server,
  patience: Patience,
  surroundings: Surroundings,
): Promise<LastAnswer> {
  const headers: Record<string, string> = { authorization: `bearer ${jwt}`, accept: 'application/json' }
  if (request.method === 'POST') headers['content-type'] = 'application/x-www-form-urlencoded'
  const log = (line: string) => surroundings.log(`${server.url}: ${line}`)
  return ask({ ...request, headers, body: '', limit: listLimit }, server, patience, { ...surroundings, log })
}

/**
 * The list in an answer.
 *
 * @throws through `wrong`, with a few words about what was found instead.
 */
export function readList(answer: LastAnswer, wrong: (found: string) => Error): unknown[] {
  if (answer.kind === 'too-large') throw wrong(`it answered with more than ${listLimit} bytes`)
  if (answer.kind === 'compressed') throw wrong(`it answered with ${answer.encoding} encoding`)
  const { status, body } = answer
  if (status !== 200) throw wrong(status >= 300 && status < 400 ? `redirect, status ${status}` : `status ${status}`)
  if (body.trimStart().startsWith('<')) throw wrong('it answered with an HTML page')
  try {
    const list: unknown = JSON.parse(body)
    if (Array.isArray(list)) return list
  } catch {
    // The same as JSON of another shape.
  }
  throw wrong('it did not answer with a JSON list')
}
