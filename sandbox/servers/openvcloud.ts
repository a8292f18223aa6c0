/**
 * A stand-in for the APIs of an OpenvCloud location: it looks at a JWT as the real one does, and remembers what was made,
 * so that a list shows what a create made.
 */

import { randomUUID } from 'node:crypto'
import { html, json, listen, type Received, type RecordedRequest, type Reply, readParameters } from './http.ts'
import { jwtReader } from './jwt.ts'
import { calls, isMissing } from './openvcloud-calls.ts'
import { type Account, type OpenvCloudState, refusal } from './openvcloud-state.ts'

export type OpenvCloudOptions = {
  /** The key of the ItsYou.online that is trusted: production's, unless the location is configured with another. */
  publicKeyPem: string
  /** The users who have accounts here: `jane@itsyouonline`, or `jane` for short. */
  knownUsers: Record<string, { accounts: Account[] }>
  port?: number | undefined
  /** The one location there is; `my-location` unless given. */
  location?: string | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
}

export type OpenvCloud = {
  /** Without a trailing slash and without `/restmachine`. */
  url: string
  port: number
  /** All answered requests, oldest first; `who` is `<username>@<iss>`. */
  requests: RecordedRequest[]
  state: OpenvCloudState
  close(): Promise<void>
}

/** Whom a JWT stands for, or the answer that it gets. */
type Caller = { user: string } | { refused: Reply }

/** These answer an empty list to a user without an account, where other calls fail. */
const listsForAnyone = new Set(['accounts/list', 'cloudspaces/list', 'images/list'])

/** Starts the server on 127.0.0.1. */
export async function startOpenvCloud(options: OpenvCloudOptions): Promise<OpenvCloud> {
  const requests: RecordedRequest[] = []
  const location = options.location ?? 'my-location'
  const state: OpenvCloudState = {
    locations: [{ locationCode: location, name: location, gid: 1 }],
    cloudspaces: [],
    machines: [],
    portforwards: [],
  }
  const tasks = new Map<string, { isDone: boolean; reply: Reply }>()
  const now = options.now ?? Date.now
  const read = await jwtReader(options.publicKeyPem, now)

  /**
   * The check of a JWT. It knows no scopes and accepts any issuer. Its oddities are those of the real one:
   * - an audience is never accepted, because the library is given none to expect;
   * - what cannot be taken apart is an exception that the real one does not catch, and so 500 and not 401: an empty
   *   `$JWT`, `null` from jq, a JWT that was cut off, an opaque token;
   * - so is a JWT without `username`, which is that of an organization's key.
   */
  async function callerOf(received: Received): Promise<Caller> {
    // Any case of the word, and exactly one space. (HTTP drops the space of an empty token.)
    const token = /^bearer(?: (?! )|$)(.*)$/i.exec(received.headers['authorization'] ?? '')?.[1]
    if (token === undefined) return { refused: html(401, 'Unauthorized') }
    const { problem, claims } = await read(token)
    if (problem === 'malformed') return { refused: html(500, 'Internal Server Error') }
    if (problem !== undefined || claims.aud !== undefined) return { refused: html(401, 'Unauthorized') }
    if (typeof claims['username'] !== 'string') return { refused: html(500, 'Internal Server Error') }
    return { user: `${claims['username']}@${claims.iss}` }
  }

  async function answer(received: Received): Promise<Reply> {
    // The router strips doubled and trailing slashes.
    const path = received.path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
    const [, system, name] = /^\/restmachine\/(cloudapi|system)\/(.+)$/.exec(path) ?? []
    if (received.method !== 'POST' || name === undefined) return refusal(404, `${path} is not found`)
    if (system === 'cloudapi' && name === 'locations/list') return json(200, state.locations)
    const caller = await callerOf(received)
    if ('refused' in caller) return caller.refused
    const reply = system === 'system' ? performSystem(name, received) : performCall(name, received, caller.user)
    return { ...reply, who: caller.user }
  }

  function performSystem(name: string, received: Received): Reply {
    // Clients fetch the description of all calls first, and an empty one is enough for them.
    if (name === 'docgenerator/prepareCatalog') return json(200, { paths: {} })
    if (name !== 'task/get') return refusal(404, `${name} is not found`)
    const task = tasks.get(`${readOrUndefined(received)?.['taskguid']}`)
    if (!task) return refusal(404, 'no task has this taskguid')
    // It is done at the second look: no test waits for a clock.
    const { isDone, reply } = task
    task.isDone = true
    return isDone ? json(200, [reply.status === 200, JSON.parse(reply.body ?? '')]) : { status: 202 }
  }

  function performCall(name: string, received: Received, user: string): Reply {
    const call = calls.get(name)
    if (!call) return refusal(404, `${name} is not found`)
    const accounts = accountsOf(user)
    if (!accounts) {
      if (listsForAnyone.has(name)) return json(200, [])
      return name === 'machines/list' ? html(500, 'Internal Server Error') : refusal(403, `${user} has no access`)
    }
    const parameters = readOrUndefined(received)
    if (!parameters) return refusal(400, 'the parameters cannot be read')
    const missing = call.required.find(required => isMissing(parameters[required]))
    if (missing !== undefined) return refusal(400, `parameter ${missing} is missing`)
    const reply = call.perform({ state, accounts, user, parameters, now: Math.floor(now() / 1000) })
    if (parameters['_async'] !== true && parameters['_async'] !== 'true') return reply
    const guid = randomUUID()
    tasks.set(guid, { isDone: false, reply })
    return json(200, guid)
  }

  function accountsOf(user: string): Account[] | undefined {
    const name = [user, user.replace(/@itsyouonline$/, '')].find(known => Object.hasOwn(options.knownUsers, known))
    return name === undefined ? undefined : options.knownUsers[name]?.accounts
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin, port: server.port, requests, state, close: server.close }
}

/** A body that is not what its Content-Type says has no parameters. */
function readOrUndefined(received: Received): Record<string, unknown> | undefined {
  try {
    return readParameters(received)
  } catch {
    return undefined
  }
}
