/**
 * The one way to run the built action: as a step of a job in the sandbox's runner. Whatever a test is about, each run has
 * to keep the promises of `expectPromisesKept`.
 */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'
import { type ActionOptions, findLeaks, Job, type StepResult } from '../../sandbox/runner/job.ts'
import { type Certificates, makeCertificates } from '../../sandbox/servers/certificates.ts'
import {
  defaultUserKey,
  type ItsYouOnline,
  type ItsYouOnlineOptions,
  type RecordedRequest,
  startItsYouOnline,
} from '../../sandbox/servers/itsyouonline.ts'
import { answer, type Behaviour, type FaultyServer, serverText, startFaultyServer } from './faulty-server.ts'
import { temporaryFolder } from './folder.ts'
import { applicationId, claims, publicKeyPem, type SignOptions, signJwt } from './forge.ts'

/** The built action, as the runner would start it; the sources for scripts/coverage.ts, which counts them. */
export const main = process.env['ACTION_MAIN'] ?? fileURLToPath(new URL('../../dist/index.js', import.meta.url))

export type Inputs = Record<string, string | undefined>

type RunOptions = Pick<ActionOptions, 'env' | 'event' | 'signal' | 'nodeArguments'> & {
  /** An input that is undefined is left out, so that the default of action.yml is taken. */
  with: Inputs
  /** What must not be seen, besides the inputs "secret" and "jwt" and all that the step masks. */
  secrets?: readonly string[]
}

/** Runs the action once. */
export async function runAction({ with: inputs, secrets = [], env, ...others }: RunOptions): Promise<StepResult> {
  const job = new Job()
  try {
    const given = Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== undefined)
    // Debug lines count as log, too.
    const withEnv = { with: Object.fromEntries(given), env: { RUNNER_DEBUG: '1', ...env } }
    const result = await job.runAction({ main, ...withEnv, ...others })
    expectPromisesKept(result, [inputs['secret'] ?? '', inputs['jwt'] ?? '', ...secrets])
    return result
  } finally {
    job.dispose()
  }
}

/** What is true of every run, good or bad, whatever the server does. */
function expectPromisesKept(result: StepResult, secrets: readonly string[]): void {
  expect(result).toMatchObject({ timedOut: false, signal: null, stderr: '', notices: [] })
  expect([0, 1]).toContain(result.exitCode)

  // One error in a failed run, and none in a good one: as the runner reads it, and as it was printed.
  expect(result.errors).toHaveLength(result.exitCode ?? Number.NaN)
  const lines = result.stdout.split(/[\r\n]/)
  expect(lines.filter(line => line.trimStart().startsWith('::error'))).toHaveLength(result.exitCode ?? Number.NaN)
  for (const error of result.errors) expect(error).toMatch(/ \[ERR_[A-Z0-9_]+\]$/)
  expect(result.stdout).not.toContain('ERR_UNEXPECTED]')
  if (result.exitCode === 1) expect(result).toMatchObject({ outputFile: '', envFile: '', summary: '' })

  // No one but the action gives commands, it uses only these, and no mask is empty.
  for (const { command, message, properties } of result.commands) {
    expect(['add-mask', 'warning', 'error']).toContain(command)
    expect(message.trim()).not.toBe('')
    expect(properties).toEqual({})
  }

  // Neither masked nor unmasked: the action prints no secret but to mask it. Masks come first.
  const all = [...secrets.map(secret => secret.trim()), ...result.masks].filter(Boolean)
  const spoken = result.stdout.replace(/^::add-mask::.*$/gm, '')
  const readable = [result.log, spoken, result.summary, ...result.errors, ...result.warnings]
  expect(findLeaks(readable.join('\n'), all)).toEqual([])
  expect(readable.join('\n')).not.toContain(serverText)
  expect(spoken).not.toMatch(/undefined|NaN|\[object|^\s+at .*:\d+:\d+\)?$/m)
  // One line each, nothing invisible.
  expect(spoken.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
}

// --- against the sandbox ---

export type StepOptions = Partial<RunOptions> & {
  server?: ItsYouOnlineOptions
  /** Makes inputs that depend on the server. */
  prepare?: (server: ItsYouOnline) => Promise<Inputs> | Inputs
}

export type Step = { result: StepResult; requests: RecordedRequest[]; server: ItsYouOnline }

/** Of a good run: a user's key, and the scope user:name. */
export function inputsFor({ url, publicKeyPem: key }: ItsYouOnline): Record<string, string> {
  const { applicationId: id, secret } = defaultUserKey
  return { 'app-id': id, secret, scope: 'user:name', 'base-url': url, 'public-key': key }
}

/** Runs the action against the sandbox. A good run unless the options say otherwise. */
export async function runStep({ server: serverOptions, prepare, ...options }: StepOptions = {}): Promise<Step> {
  const server = await startItsYouOnline(serverOptions)
  try {
    const inputs = { ...inputsFor(server), ...options.with, ...(await prepare?.(server)) }
    return { result: await runAction({ ...options, with: inputs }), requests: server.requests, server }
  } finally {
    await server.close()
  }
}

// --- against a server that misbehaves ---

/** Every character that is written differently somewhere. */
export const secret = 's3cr3t +%&=/#"\'<é€>'

/** What the step is given: an API key, or a JWT to renew. */
export const grants = ['app-id and secret', 'jwt'] as const
export type Grant = (typeof grants)[number]
export const schemes = ['http', 'https'] as const

/** What a row's server has to work with. */
type Given = {
  /** A JWT as asked for, with these claims changed; it counts as secret from then on. */
  issue(changes?: Record<string, unknown>, options?: SignOptions): string
  /** The answer with a good JWT. */
  readonly good: Behaviour
}

export type Fault = Partial<Pick<RunOptions, 'env' | 'event' | 'signal' | 'nodeArguments'>> & {
  /** What the server does with each request, the last one repeated. */
  answers: (given: Given) => readonly Behaviour[]
  /** Over the default inputs. */
  inputs?: Inputs | undefined
  /** The one error; undefined where the step succeeds. */
  error?: RegExp | undefined
  /** All warnings, in order; none unless given. */
  warnings?: readonly RegExp[] | undefined
  /** How many requests reach the server. */
  requests: number
  /** How many attempts the log tells of, where some of them do not reach the server. */
  attempts?: number | undefined
  /** The cause of each retry in the log. */
  cause?: RegExp | undefined
}

/** `issued` is the JWT that was issued last. */
export type Run = { result: StepResult; server: FaultyServer; issued: string | undefined }

export type Setting = {
  scheme?: (typeof schemes)[number] | undefined
  grant?: Grant | undefined
  /** Overrides `base-url`, from the server's port. */
  baseUrl?: ((port: number) => string) | undefined
  /** Of the server; the good one unless given. */
  certificate?: keyof Certificates | undefined
  /** Whether the step trusts the test's authority; it does unless told otherwise. */
  trust?: boolean | undefined
  onConnection?: Parameters<typeof startFaultyServer>[0]['onConnection']
  /** Of the server's side of TLS. */
  tlsOptions?: Parameters<typeof startFaultyServer>[0]['tlsOptions']
}

export const certificates = await makeCertificates()
export const folder = temporaryFolder()
const authorityFile = join(folder, 'authority.pem')
writeFileSync(authorityFile, certificates.authority.cert)

/** Runs one row, and checks it. */
export async function runFault(fault: Fault, setting: Setting = {}): Promise<Run> {
  const { scheme = 'http', grant = 'app-id and secret', certificate = 'good', trust = true } = setting
  const secrets: string[] = []
  let issued: string | undefined
  const given: Given = {
    issue: (changes, options) => {
      const refreshToken = grant === 'jwt' ? { refresh_token: 'refresh-token-of-the-new-jwt' } : {}
      issued = signJwt(claims({ ...refreshToken, ...changes }), options)
      secrets.push(issued)
      return issued
    },
    good: answer(200, () => given.issue(), { 'content-type': 'application/jwt' }),
  }
  const credentials: Inputs =
    grant === 'jwt'
      ? { jwt: signJwt(claims({ refresh_token: 'refresh-token-of-the-old-jwt' })) }
      : { 'app-id': applicationId, secret, scope: 'user:name' }
  const server = await startFaultyServer({
    behaviours: fault.answers(given),
    tls: scheme === 'https' ? certificates[certificate] : undefined,
    tlsOptions: setting.tlsOptions,
    onConnection: setting.onConnection,
  })
  try {
    const result = await runAction({
      with: {
        ...credentials,
        'base-url': setting.baseUrl?.(server.port) ?? `${scheme}://127.0.0.1:${server.port}`,
        'public-key': publicKeyPem,
        retries: '1',
        timeout: '20s',
        summary: 'true',
        ...fault.inputs,
      },
      env: { ...(scheme === 'https' && trust && { NODE_EXTRA_CA_CERTS: authorityFile }), ...fault.env },
      event: fault.event,
      signal: fault.signal,
      secrets,
      ...(fault.nodeArguments && { nodeArguments: fault.nodeArguments }),
    })
    const run = { result, server, issued }
    expectRow(fault, grant, run)
    return run
  } finally {
    await server.close()
  }
}

const retryLine = /^Attempt (\d+) failed \((.*)\); trying again in (\d+\.\d) s\.$/gm

function expectRow(fault: Fault, grant: Grant, { result, server, issued }: Run): void {
  expect(result.errors).toEqual(fault.error ? [expect.stringMatching(fault.error)] : [])
  const renewable = grant === 'jwt' && !fault.error ? [/^Anyone who reads this JWT can renew it/] : []
  const warnings = [...renewable, ...(fault.warnings ?? [])]
  expect(result.warnings).toEqual(warnings.map(warning => expect.stringMatching(warning)))
  if (!fault.error) expect(result).toMatchObject({ outputs: { jwt: issued }, env: { JWT: issued } })

  expect(server.requests).toHaveLength(fault.requests)
  for (const request of server.requests) expectRequest(request, grant)
  const retries = [...result.log.matchAll(retryLine)]
  const attempts = fault.attempts ?? fault.requests
  expect(retries.map(([, number]) => Number(number))).toEqual(Array.from({ length: attempts - 1 }, (_, at) => at + 1))
  for (const [, , cause, seconds] of retries) {
    expect(cause).toMatch(fault.cause ?? /./)
    expect(Number(seconds)).toBeGreaterThan(0)
  }
}

/** The same request every time, with the credential where no access log writes it down. */
function expectRequest(request: string, grant: Grant): void {
  const [path, credential] =
    grant === 'jwt'
      ? ['/v1/oauth/jwt/refresh', /^authorization: bearer [\w-]+\.[\w-]+\.[\w-]+\r$/im]
      : ['/v1/oauth/access_token', /\r\n\r\n.*&client_secret=s3cr3t\+%2B%25%26.*&response_type=id_token/]
  expect(request.split('\r\n')[0]).toBe(`POST ${path} HTTP/1.1`)
  expect(request).toMatch(credential)
  expect(request).toMatch(/^accept-encoding: identity\r$/im)
}
