import type { JWTPayload } from 'jose'
import {
  bearerToken,
  html,
  json,
  jwtCheck,
  listen,
  type Received,
  type RecordedRequest,
  type Reply,
  readParameters,
  text,
} from './http.ts'
import { type Account, calls, isMissing, type OpenvCloudState } from './openvcloud-calls.ts'

export type { Account, OpenvCloudState }

/**
 * A stand-in for the Cloud API of an OpenvCloud location: it looks at a JWT as the real one does, and remembers what was
 * made, so that a list shows what a create made.
 */

export type OpenvCloudOptions = {
  /** The key of the ItsYou.online that is trusted. A real location trusts the production server alone. */
  publicKeyPem: string
  /** By the `username` of the JWT: those whom an administrator gave an account. */
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
  /** All answered requests, oldest first; `who` is `<username>@itsyouonline`. */
  requests: RecordedRequest[]
  state: OpenvCloudState
  close(): Promise<void>
}

const prefix = '/restmachine/cloudapi/'

/** Starts the server on 127.0.0.1. */
export async function startOpenvCloud(options: OpenvCloudOptions): Promise<OpenvCloud> {
  const requests: RecordedRequest[] = []
  const state: OpenvCloudState = {
    locations: [{ locationCode: options.location ?? 'my-location', name: options.location ?? 'my-location', gid: 1 }],
    cloudspaces: [],
    machines: [],
    portforwards: [],
  }
  const check = await jwtCheck(options.publicKeyPem, options.now ?? Date.now)

  async function answer(received: Received): Promise<Reply> {
    if (received.method !== 'POST' || !received.path.startsWith(prefix)) return text(404)
    const name = received.path.slice(prefix.length)
    if (name === 'locations/list') return json(200, state.locations)

    const claims = await check(bearerToken(received))
    if (!claims || claims.aud !== undefined) return html(401, 'Unauthorized')
    const username = claims['username']
    // An organization key's JWT has none, and the server does not expect that.
    if (typeof username !== 'string') return html(500, 'Internal Server Error')
    const accounts = Object.hasOwn(options.knownUsers, username) ? options.knownUsers[username]?.accounts : undefined
    return { ...perform(name, received, accounts), who: whoIs(claims) }
  }

  /** Scopes play no part: whoever is known may do everything with their own accounts. */
  function perform(name: string, received: Received, accounts: Account[] | undefined): Reply {
    // A user whom nobody invited is no error here, which is why a smoke test looks for a non-empty list.
    if (name === 'accounts/list') return json(200, accounts ?? [])
    const call = calls.get(name)
    if (!call) return text(404)
    if (!accounts) return text(403)
    const parameters = readOrUndefined(received)
    const missing = call.required.find(required => isMissing(parameters?.[required]))
    if (!parameters || missing !== undefined) return text(400, `Bad Request: parameter ${missing} is missing`)
    return call.perform({ state, accounts, parameters })
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin, port: server.port, requests, state, close: server.close }
}

function whoIs(claims: JWTPayload): string {
  return `${claims['username']}@itsyouonline`
}

/** A body that is not what its Content-Type says has no parameters. */
function readOrUndefined(received: Received): Record<string, unknown> | undefined {
  try {
    return readParameters(received)
  } catch {
    return undefined
  }
}
