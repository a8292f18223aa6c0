/** A stand-in for the Cloud API of one OpenvCloud location: it checks a JWT as the real one does, and remembers what was made. */

import { randomUUID } from 'node:crypto'
import { html, json, listen, type Received, type RecordedRequest, type Reply, readParameters } from './http.ts'
import { jwtReader } from './jwt.ts'
import { type Account, type Cloudspace, type OpenvCloudState, perform, refusal } from './openvcloud-calls.ts'
import { slidingWindow } from './sliding-window.ts'

export type OpenvCloudOptions = {
  /** The key of the ItsYou.online that is trusted: production's, unless the location is configured with another. */
  publicKeyPem: string
  /** By username: the accounts that name the user, and the cloud spaces of other accounts that are shared with the user. */
  users: Record<string, User>
  port?: number | undefined
  /** The name of the location; `my-location` unless given. */
  location?: string | undefined
  /**
   * Answers 429 above OpenvCloud's limit for each user. Its documentation does not say whether a request that was rejected
   * counts.
   */
  requestLimit?: { countsRejected: boolean } | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
}

type User = { accounts: Account[]; cloudspaces?: Omit<Cloudspace, 'location' | 'access'>[] }

export type OpenvCloud = {
  /** Without a trailing slash and without `/restmachine`. */
  url: string
  port: number
  /** All answered requests, oldest first; `who` is `<username>@<iss>`. */
  requests: RecordedRequest[]
  state: OpenvCloudState
  close(): Promise<void>
}

/** OpenvCloud's documentation: 20 requests in 5 seconds for each user. */
const limit = { requests: 20, milliseconds: 5000 }

/** Starts the server on 127.0.0.1. */
export async function startOpenvCloud(options: OpenvCloudOptions): Promise<OpenvCloud> {
  const { location = 'my-location', now = Date.now, requestLimit } = options
  const users = new Map(Object.entries(options.users).map(([name, user]) => [`${name}@itsyouonline`, user]))
  const shared = [...users].flatMap(([access, { cloudspaces = [] }]) =>
    cloudspaces.map(cloudspace => ({ ...cloudspace, location, access })),
  )
  const state: OpenvCloudState = { cloudspaces: shared, machines: [] }
  const requests: RecordedRequest[] = []
  const tasks = new Map<string, { isDone: boolean; reply: Reply }>()
  const isWithinLimit = requestLimit && slidingWindow({ ...limit, ...requestLimit, now })
  const read = await jwtReader(options.publicKeyPem, now)

  /**
   * The check of a JWT. It knows no scopes and accepts any issuer. An audience is never accepted, because the library is
   * given none to expect. What cannot be taken apart is an exception that the real one does not catch: 500 and not 401 for
   * an empty `$JWT`, `null` from jq, a JWT that was cut off, an opaque token, and a JWT without `username`, which is that
   * of an organization's key.
   *
   * @returns the user, or the answer to a JWT that is not accepted
   */
  async function userOf(received: Received): Promise<string | Reply> {
    // Any case of the word, and exactly one space. (HTTP drops the space of an empty token.)
    const token = /^bearer(?: (?! )|$)(.*)$/i.exec(received.headers['authorization'] ?? '')?.[1]
    if (token === undefined) return html(401, 'Unauthorized')
    const { problem, claims } = await read(token)
    if (problem === 'malformed') return html(500, 'Internal Server Error')
    if (problem !== undefined || claims.aud !== undefined) return html(401, 'Unauthorized')
    if (typeof claims['username'] !== 'string') return html(500, 'Internal Server Error')
    return `${claims['username']}@${claims.iss}`
  }

  async function answer(received: Received): Promise<Reply> {
    // The router strips doubled and trailing slashes.
    const path = received.path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
    const [, name] = /^\/restmachine\/(cloudapi\/.+|system\/task\/get)$/.exec(path) ?? []
    if (received.method !== 'POST' || name === undefined) return refusal(404, `${path} is not found`)
    const user = await userOf(received)
    if (typeof user !== 'string') return user
    if (isWithinLimit?.(user) === false) return { ...html(429, 'Too Many Requests'), who: user }
    return { ...answerTo(name, user, readParameters(received)), who: user }
  }

  function answerTo(name: string, user: string, parameters: Record<string, unknown>): Reply {
    if (name === 'system/task/get') return lookAtTask(`${parameters['taskguid']}`)
    const { accounts } = users.get(user) ?? { accounts: [] }
    const reply = perform(name.replace('cloudapi/', ''), { state, location, user, accounts, parameters })
    if (parameters['_async'] !== true) return reply
    const guid = randomUUID()
    tasks.set(guid, { isDone: false, reply })
    return json(200, guid)
  }

  /** A task is done at the second look: no test waits for a clock. */
  function lookAtTask(guid: string): Reply {
    const task = tasks.get(guid)
    if (!task) return refusal(404, 'no task has this taskguid')
    const { isDone, reply } = task
    task.isDone = true
    return isDone ? json(200, [reply.status === 200, JSON.parse(reply.body ?? '')]) : { status: 202 }
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin, port: server.port, requests, state, close: server.close }
}
