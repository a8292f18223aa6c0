import { randomBytes } from 'node:crypto'
import type { JWTPayload } from 'jose'
import {
  bearerToken,
  json,
  jwtCheck,
  listen,
  type Received,
  type RecordedRequest,
  type Reply,
  readParameters,
  text,
} from './http.ts'

/** A stand-in for an AYS server: it keeps repositories, blueprints and runs, and lets in whom its organization lets in. */

export type AysOptions = {
  /** The key of the ItsYou.online that is trusted. */
  publicKeyPem: string
  /** The organization that the server is configured with, by its global id. */
  organization: string
  port?: number | undefined
  /** The path that a proxy puts in front, such as `/api`; none unless given. */
  basePath?: '' | '/api' | undefined
  /** Lets every run end in `error`. */
  failRuns?: boolean | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
}

export type RunState = 'new' | 'running' | 'ok' | 'error'

export type Blueprint = { name: string; content: string; executed: number }

export type Repository = {
  name: string
  git_url: string
  /** By name. */
  blueprints: Map<string, Blueprint>
  /** By key; the state is the one that the next poll is told. */
  runs: Map<string, { key: string; state: RunState }>
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

/** Starts the server on 127.0.0.1. */
export async function startAys(options: AysOptions): Promise<Ays> {
  const basePath = options.basePath ?? ''
  const requests: RecordedRequest[] = []
  const repositories = new Map<string, Repository>()
  const check = await jwtCheck(options.publicKeyPem, options.now ?? Date.now)

  async function answer(received: Received): Promise<Reply> {
    const root = `${basePath}/ays/repository`
    if (received.path !== root && !received.path.startsWith(`${root}/`)) return text(404)
    const claims = await check(bearerToken(received) ?? cookieToken(received))
    if (!claims || !isMember(claims, options.organization)) return text(401)
    const path = received.path.slice(root.length).split('/').slice(1).map(decodeURIComponent)
    return { ...route(received, path), who: `${claims['username'] ?? claims['globalid']}` }
  }

  /** @param path what follows `/ays/repository`: repository, kind of thing, name of the thing */
  function route(received: Received, path: string[]): Reply {
    const parameters = readOrEmpty(received)
    const { method } = received
    if (path.length === 0) return method === 'POST' ? createRepository(parameters) : text(405)

    const repository = repositories.get(path[0] ?? '')
    if (!repository || path.length > 3) return text(404)
    const [, kind, name] = path
    if (kind === 'blueprint') {
      if (name === undefined) return method === 'POST' ? createBlueprint(repository, parameters) : text(405)
      const blueprint = repository.blueprints.get(name)
      if (!blueprint) return text(404)
      if (method === 'PUT') return updateBlueprint(blueprint, parameters)
      return method === 'POST' ? executeBlueprint(blueprint) : text(405)
    }
    if (kind === 'aysrun') {
      if (name === undefined) return method === 'POST' ? createRun(repository) : text(405)
      return method === 'GET' ? pollRun(repository, name) : text(405)
    }
    return text(404)
  }

  function createRepository({ name, git_url }: Record<string, unknown>): Reply {
    if (!isText(name) || !isText(git_url)) return text(400)
    if (repositories.has(name)) return text(409)
    repositories.set(name, { name, git_url, blueprints: new Map(), runs: new Map() })
    return json(201, { name, git_url })
  }

  /** A run goes on by one state with each look at it: no test waits for a clock. */
  function pollRun(repository: Repository, key: string): Reply {
    const run = repository.runs.get(key)
    if (!run) return text(404)
    const told = { ...run }
    if (run.state === 'running') run.state = options.failRuns ? 'error' : 'ok'
    if (run.state === 'new') run.state = 'running'
    return json(200, told)
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin + basePath, port: server.port, requests, repositories, close: server.close }
}

function createBlueprint(repository: Repository, { name, content }: Record<string, unknown>): Reply {
  if (!isText(name) || !isText(content)) return text(400)
  if (repository.blueprints.has(name)) return text(409)
  repository.blueprints.set(name, { name, content, executed: 0 })
  return json(201, { name, content })
}

function updateBlueprint(blueprint: Blueprint, { content }: Record<string, unknown>): Reply {
  if (!isText(content)) return text(400)
  blueprint.content = content
  return json(200, { name: blueprint.name, content })
}

function executeBlueprint(blueprint: Blueprint): Reply {
  blueprint.executed++
  return json(200, { msg: `Blueprint ${blueprint.name} executed` })
}

function createRun(repository: Repository): Reply {
  const run = { key: randomBytes(16).toString('hex'), state: 'new' as const }
  repository.runs.set(run.key, run)
  return json(200, run)
}

/**
 * The server's rule: the organization's own JWT, or that of a user who asked for (and got) the membership. A JWT with an
 * audience must have been made for the organization.
 */
function isMember(claims: JWTPayload, organization: string): boolean {
  const audience = claims.aud === undefined ? undefined : [claims.aud].flat()
  if (audience && !audience.includes(organization)) return false
  if (claims['globalid'] === organization || claims['azp'] === organization) return true
  const scopes = claims['scope']
  return Array.isArray(scopes) && scopes.includes(`user:memberof:${organization}`)
}

/** Browsers send the JWT in a cookie. */
function cookieToken(received: Received): string | undefined {
  return /(?:^|; *)jwt=([^;]+)/.exec(received.headers['cookie'] ?? '')?.[1]
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A body that cannot be read has none of the fields that the call needs. */
function readOrEmpty(received: Received): Record<string, unknown> {
  try {
    return readParameters(received)
  } catch {
    return {}
  }
}
