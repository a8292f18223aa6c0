/** A stand-in for an AYS server: it keeps repositories, blueprints and runs for the members of its organization. */

import { randomBytes } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { json, listen, plain, type Received, type RecordedRequest, type Reply, readParameters } from './http.ts'
import { jwtReader } from './jwt.ts'

/** 9.0 and 9.1 behave alike. From 9.2 on a run tells its retries; from 9.3 on a JWT has no place in a blueprint. */
export type AysVersion = '9.0' | '9.1' | '9.2' | '9.3'

export type AysOptions = {
  /** The key of the ItsYou.online that is trusted. */
  publicKeyPem: string
  /** The organization that the server is configured with, by its global id. */
  organization: string
  /** `9.3` unless given. */
  version?: AysVersion | undefined
  port?: number | undefined
  /** The path that a proxy puts in front, such as `/api`; none unless given. */
  basePath?: '' | '/api' | undefined
  /** Whether each run fails. */
  failRuns?: boolean | undefined
  /** The clock, in milliseconds since the epoch. */
  now?: (() => number) | undefined
}

type Run = {
  key: string
  /** What the next look at it tells. */
  state: 'new' | 'running' | 'ok' | 'error'
  /** Seconds before each retry. */
  delays: number[]
  failures: number
}

type Blueprint = { name: string; content: string; executed: number }

type Repository = {
  name: string
  git_url: string
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

/** Seconds before each retry of a run that failed. */
const retryDelays = [10, 30, 60, 300, 600, 1800]

type Parameters = Record<string, unknown>

/** Starts the server on 127.0.0.1. */
export async function startAys(options: AysOptions): Promise<Ays> {
  const { basePath = '', version = '9.3', now = Date.now } = options
  const tellsRetries = version === '9.2' || version === '9.3'
  const requests: RecordedRequest[] = []
  const repositories = new Map<string, Repository>()
  const read = await jwtReader(options.publicKeyPem, now)

  /** @returns the claims of the JWT, or why there is no access */
  async function check(received: Received): Promise<JWTPayload | string> {
    const authorization = received.headers['authorization']
    if (authorization === undefined) return 'No JWT token'
    const [, scheme, token] = /^(.*?) (.*)$/.exec(authorization) ?? []
    if (token === undefined) return 'Unauthorized'
    if (scheme?.toLowerCase() !== 'bearer') return 'Your JWT is invalid'
    // A second space is part of the token.
    const { problem, claims } = await read(token)
    if (problem === 'expired') return 'Your JWT has expired'
    if (problem === 'malformed') return 'JWT Error: Error decoding token headers.'
    if (problem !== undefined) return 'JWT Error: Signature verification failed.'
    return refusal(claims, options.organization) ?? claims
  }

  async function answer(received: Received): Promise<Reply> {
    const root = `${basePath}/ays/repository`
    if (received.path !== root && !received.path.startsWith(`${root}/`)) return failure(404, 'not found')
    const claims = await check(received)
    if (typeof claims === 'string') return plain(401, claims)
    // Its version of sanic does not decode a path: a name that had to be encoded is not found.
    const path = received.path.slice(root.length).split('/').slice(1)
    return { ...route(received, path), who: `${claims['username'] ?? claims['globalid']}` }
  }

  /** @param path what follows `/ays/repository`: repository, kind of thing, name of the thing */
  function route(received: Received, [name, kind, of]: string[]): Reply {
    const parameters = readParameters(received)
    const isPost = received.method === 'POST'
    if (name === undefined)
      return isPost ? createRepository(parameters) : json(200, [...repositories.values()].map(shown))
    const repository = repositories.get(name)
    if (!repository) return failure(404, `Repository ${name} not found`)
    if (of === undefined && isPost) {
      if (kind === 'blueprint') return createBlueprint(repository, parameters)
      if (kind === 'aysrun') return createRun(repository, parameters)
      if (kind === 'configure-jslocation' && version === '9.3') return configureLocation(repository, parameters)
    }
    const blueprint = kind === 'blueprint' && repository.blueprints.get(`${of}`)
    if (blueprint) return isPost ? execute(blueprint) : updateBlueprint(blueprint, parameters)
    const run = kind === 'aysrun' && repository.runs.get(`${of}`)
    return run ? lookAtRun(run) : failure(404, `${kind} ${of} not found`)
  }

  function createRepository({ name, git_url }: Parameters): Reply {
    if (!isText(name) || !isText(git_url)) return badRequest
    if (repositories.has(name)) return failure(409, `AYS Repository "${name}" already exsits`)
    const repository = { name, git_url, blueprints: new Map(), runs: new Map(), locations: new Map() }
    repositories.set(name, repository)
    return json(201, shown(repository))
  }

  function execute(blueprint: Blueprint): Reply {
    const { name, content } = blueprint
    if (!/^\w+__\w+:/m.test(content)) return failure(400, `Blueprint ${name} has no service`)
    if (version === '9.3' && /^ +jwt:/m.test(content)) {
      return failure(400, `Blueprint ${name}: jwt is not in the schema`)
    }
    blueprint.executed++
    return json(200, { msg: `Blueprint ${name} executed` })
  }

  function createRun({ runs }: Repository, { retries }: Parameters): Reply {
    const key = randomBytes(16).toString('hex')
    const delays = tellsRetries && retries === '0' ? [] : retryDelays
    const run: Run = { key, state: 'new', delays, failures: 0 }
    runs.set(key, run)
    return json(200, view(run))
  }

  /** A run goes on by one state with each look at it, so that no test waits for a clock. */
  function lookAtRun(run: Run): Reply {
    const reply = json(200, view(run))
    if (run.state === 'new') run.state = 'running'
    else if (run.state === 'running') run.state = options.failRuns ? 'error' : 'ok'
    // Between the attempts of a run its state is `error`.
    else if (run.state === 'error' && run.failures++ < run.delays.length) run.state = 'running'
    return reply
  }

  function view({ key, state, delays, failures }: Run) {
    const isRepeated = failures > 0 && failures <= delays.length
    const left = {
      'retry-number': failures,
      duration: delays[failures - 1],
      'remaining-retries': delays.slice(failures),
    }
    return { key, state, steps: [], ...(tellsRetries && { retries: isRepeated ? left : {} }) }
  }

  const server = await listen({ port: options.port, record: request => void requests.push(request) }, answer)
  return { url: server.origin + basePath, port: server.port, requests, repositories, close: server.close }
}

/** An error of a call. */
function failure(status: number, error: string): Reply {
  return json(status, { error })
}

/** The answer to a body that lacks something. */
const badRequest = plain(400, 'Bad Request Body')

function shown({ name, git_url }: Repository) {
  return { name, git_url }
}

/** What is wrong with a blueprint is found when it is executed. */
function createBlueprint({ blueprints }: Repository, { name, content }: Parameters): Reply {
  if (!isText(name) || !isText(content)) return badRequest
  if (blueprints.has(name)) return failure(409, `Blueprint with the name ${name} already exists`)
  blueprints.set(name, { name, content, executed: 0 })
  return json(201, { name, content })
}

function updateBlueprint(blueprint: Blueprint, { name, content }: Parameters): Reply {
  if (!isText(name) || !isText(content)) return badRequest
  blueprint.content = content
  return json(200, { name, content })
}

function configureLocation({ locations }: Repository, { jslocation, instance, data }: Parameters): Reply {
  if (!`${jslocation}`.startsWith('j.')) return failure(400, 'Invalid location')
  locations.set(`${instance}`, data as Parameters)
  return json(201, { message: 'Instance configured' })
}

/**
 * The server's rule: the organization's own JWT, or that of a user who asked for (and got) the membership. A JWT with an
 * audience must have been made for the organization.
 *
 * @returns why there is no access; undefined where there is
 */
function refusal(claims: JWTPayload, organization: string): string | undefined {
  if (claims.aud !== undefined && ![claims.aud].flat().includes(organization)) return 'JWT Error: Invalid audience'
  if (claims.iss !== 'itsyouonline') return 'JWT Error: Invalid issuer'
  if (claims['globalid'] === organization || claims['azp'] === organization) return undefined
  const scopes = claims['scope']
  const isMember = Array.isArray(scopes) && scopes.includes(`user:memberof:${organization}`)
  return isMember ? undefined : 'Unauthorized'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
