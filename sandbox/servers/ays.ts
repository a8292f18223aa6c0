/** A stand-in for an AYS server: it keeps repositories, blueprints and runs for the members of its organization. */

import { randomBytes } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { json, listen, plain, type Received, type RecordedRequest, type Reply, readParameters } from './http.ts'
import { jwtReader } from './jwt.ts'

/** Up to 9.1 runs have no `retries`; from 9.3 on a JWT has no place in a blueprint. */
export type AysVersion = '9.1' | '9.2' | '9.3'

export type AysOptions = {
  /** The key of the ItsYou.online that is trusted. */
  publicKeyPem: string
  /** The organization that the server is configured with, by its global id. */
  organization: string
  /** `9.2` unless given. */
  version?: AysVersion | undefined
  port?: number | undefined
  /** The path that a proxy puts in front, such as `/api`; none unless given. */
  basePath?: '' | '/api' | undefined
  /** How often each run fails before it is ok; true for always. */
  failRuns?: boolean | number | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
}

export type RunState = 'new' | 'running' | 'ok' | 'error'

export type Run = {
  key: string
  /** What the next look at it tells. */
  state: RunState
  /** The seconds to wait before each retry that is left. An `error` is the end only when there is none. */
  retries: number[]
  failures: number
  /** When it was created, in seconds since the epoch. */
  epoch: number
}

export type Blueprint = { name: string; content: string; executed: number }

export type Repository = {
  name: string
  git_url: string
  /** Where it is on the server. */
  path: string
  /** By name. */
  blueprints: Map<string, Blueprint>
  /** By key. */
  runs: Map<string, Run>
  /** What `configure-jslocation` stored, by instance. */
  locations: Map<string, Record<string, unknown>>
}

export type Ays = {
  /** With the base path, without a trailing slash. */
  url: string
  port: number
  /** All answered requests, oldest first; `who` is the user or the organization of the JWT. */
  requests: RecordedRequest[]
  /** By name. */
  repositories: Map<string, Repository>
  close(): Promise<void>
}

/** Seconds before each retry of a failed run. */
const retryDelays = [10, 30, 60, 300, 600, 1800]

type Parameters = Record<string, unknown>

/** Starts the server on 127.0.0.1. */
export async function startAys(options: AysOptions): Promise<Ays> {
  const basePath = options.basePath ?? ''
  const version = options.version ?? '9.2'
  const now = options.now ?? Date.now
  const requests: RecordedRequest[] = []
  const repositories = new Map<string, Repository>()
  const read = await jwtReader(options.publicKeyPem, now)

  /**
   * The check of a JWT. Its oddities are those of the real one: a cookie, which browsers send, wins over the header, even
   * when it is worse; and an error is plain text here, while those of calls are JSON.
   *
   * @returns the claims, or why there is no access
   */
  async function check(received: Received): Promise<JWTPayload | string> {
    const cookie = /(?:^|; *)jwt="?([^;"]*)/.exec(received.headers['cookie'] ?? '')?.[1]
    const authorization = cookie || received.headers['authorization']
    if (!authorization) return 'No JWT token'
    const token = /^bearer +(.+)$/i.exec(authorization)?.[1]
    if (token === undefined) return 'JWT Error: Unsupported authorization type'
    const { problem, claims } = await read(token)
    if (problem === 'expired') return 'Your JWT has expired'
    if (problem === 'malformed') return 'JWT Error: Error decoding token'
    if (problem !== undefined) return 'JWT Error: Signature verification failed'
    return refusal(claims, options.organization) ?? claims
  }

  async function answer(received: Received): Promise<Reply> {
    const root = `${basePath}/ays/repository`
    if (received.path !== root && !received.path.startsWith(`${root}/`)) return failure(404, 'not found')
    const claims = await check(received)
    if (typeof claims === 'string') return plain(401, claims)
    const path = received.path.slice(root.length).split('/').slice(1).map(decodeURIComponent)
    return { ...route(received, path), who: `${claims['username'] ?? claims['globalid']}` }
  }

  /** @param path what follows `/ays/repository`: repository, kind of thing, name of the thing */
  function route(received: Received, path: string[]): Reply {
    const parameters = readOrEmpty(received)
    const choose = (calls: Record<string, () => Reply>) =>
      calls[received.method]?.() ?? failure(405, 'method not allowed')
    if (path.length === 0) {
      return choose({
        GET: () => json(200, [...repositories.values()].map(shown)),
        POST: () => createRepository(parameters),
      })
    }
    const [name = '', kind, of] = path
    const repository = repositories.get(name)
    if (!repository || path.length > 3) return failure(404, `Repository ${name} not found`)
    const { blueprints, runs } = repository
    if (kind === undefined) return choose({ GET: () => json(200, shown(repository)) })
    if (kind === 'configure-jslocation' && of === undefined && version === '9.3') {
      return choose({ POST: () => configureLocation(repository, parameters) })
    }
    if (kind === 'blueprint' && of === undefined) {
      return choose({
        GET: () =>
          json(
            200,
            [...blueprints.keys()].map(key => ({ name: key })),
          ),
        POST: () => createBlueprint(repository, parameters),
      })
    }
    if (kind === 'aysrun' && of === undefined) {
      return choose({
        GET: () =>
          json(
            200,
            [...runs.values()].map(({ key, state, epoch }) => ({ key, state, epoch })),
          ),
        POST: () => createRun(repository, parameters),
      })
    }
    const blueprint = kind === 'blueprint' ? blueprints.get(of ?? '') : undefined
    if (blueprint) {
      return choose({
        GET: () => json(200, { name: blueprint.name, content: blueprint.content }),
        PUT: () => updateBlueprint(blueprint, parameters),
        POST: () => {
          blueprint.executed++
          return json(200, { msg: `Blueprint ${blueprint.name} executed` })
        },
      })
    }
    const run = kind === 'aysrun' ? runs.get(of ?? '') : undefined
    return run ? choose({ GET: () => lookAtRun(run) }) : failure(404, `${of ?? kind} not found`)
  }

  function createRepository({ name, git_url }: Parameters): Reply {
    if (!isText(name) || !isText(git_url)) return failure(400, 'name and git_url are required')
    if (repositories.has(name)) return failure(409, `AYS Repository ${name} already exists`)
    const path = `/optvar/cockpit_repos/${name}`
    const repository = { name, git_url, path, blueprints: new Map(), runs: new Map(), locations: new Map() }
    repositories.set(name, repository)
    return json(201, shown(repository))
  }

  function createBlueprint({ blueprints }: Repository, parameters: Parameters): Reply {
    const { name, content } = parameters
    const refused = refuseBlueprint(parameters)
    if (refused) return refused
    if (blueprints.has(`${name}`)) return failure(409, `Blueprint ${name} already exists`)
    blueprints.set(`${name}`, { name: `${name}`, content: `${content}`, executed: 0 })
    return json(201, { name, content })
  }

  function updateBlueprint(blueprint: Blueprint, parameters: Parameters): Reply {
    const refused = refuseBlueprint(parameters)
    if (refused) return refused
    blueprint.content = `${parameters['content']}`
    return json(200, { name: blueprint.name, content: blueprint.content })
  }

  function refuseBlueprint({ name, content }: Parameters): Reply | undefined {
    if (!isText(name) || !isText(content)) return failure(400, 'name and content are required')
    if (!/^(\w+__\w+|actions):/m.test(content)) return failure(400, `Blueprint ${name} has no service and no action`)
    if (version === '9.3' && /^ +jwt:/m.test(content))
      return failure(400, `Blueprint ${name}: jwt is not in the schema`)
    return undefined
  }

  function configureLocation({ locations }: Repository, { jslocation, instance, data }: Parameters): Reply {
    const { address, jwt_ } = (typeof data === 'object' && data !== null ? data : {}) as Parameters
    if (jslocation !== 'j.clients.openvcloud' || !isText(instance) || !isText(address) || !isText(jwt_)) {
      return failure(400, 'jslocation, instance and data with address and jwt_ are required')
    }
    locations.set(instance, data as Parameters)
    return json(200, { msg: `Location ${instance} configured` })
  }

  function createRun({ runs }: Repository, { retries }: Parameters): Reply {
    const key = randomBytes(16).toString('hex')
    const delays = retries === '0' || retries === 0 ? [] : [...retryDelays]
    runs.set(key, { key, state: 'new', retries: delays, failures: 0, epoch: Math.floor(now() / 1000) })
    return json(200, { key, state: 'new' })
  }

  /** A run goes on by one state with each look at it, so that no test waits for a clock. */
  function lookAtRun(run: Run): Reply {
    const { key, state, epoch } = run
    const steps = [{ number: 1, state, jobs: [] }]
    const reply = json(200, { key, state, steps, epoch, ...(version !== '9.1' && { retries: run.retries }) })
    const fails = options.failRuns === true || run.failures < Number(options.failRuns ?? 0)
    if (state === 'new') run.state = 'running'
    if (state === 'running') run.state = fails ? 'error' : 'ok'
    if (state === 'running' && fails) run.failures++
    // The run waits, and is tried again: its state until then is `error`.
    if (state === 'error' && run.retries.shift() !== undefined) run.state = 'running'
    return reply
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin + basePath, port: server.port, requests, repositories, close: server.close }
}

/** An error of a call. */
function failure(status: number, error: string): Reply {
  return json(status, { error })
}

function shown({ name, git_url, path }: Repository) {
  return { name, git_url, path }
}

/**
 * The server's rule: the organization's own JWT, or that of a user who asked for (and got) the membership. A JWT with an
 * audience must have been made for the organization.
 *
 * @returns why there is no access; undefined where there is
 */
function refusal(claims: JWTPayload, organization: string): string | undefined {
  const audience = claims.aud === undefined ? undefined : [claims.aud].flat()
  if (audience && !audience.includes(organization)) return 'JWT Error: Invalid audience'
  if (claims['globalid'] === organization || claims['azp'] === organization) return undefined
  const scopes = claims['scope']
  const isMember = Array.isArray(scopes) && scopes.includes(`user:memberof:${organization}`)
  return isMember ? undefined : 'JWT Error: Invalid organization'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A body that cannot be read has none of the fields that the call needs. */
function readOrEmpty(received: Received): Parameters {
  try {
    return readParameters(received)
  } catch {
    return {}
  }
}
