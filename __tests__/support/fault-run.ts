import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from '@jest/globals'
import { type ActionOptions, findLeaks, Job, type StepResult } from '../../sandbox/runner.ts'
import { type Certificates, makeCertificates } from './certificates.ts'
import { answer, type Behaviour, type FaultyServer, serverText, startFaultyServer } from './faulty-server.ts'
import { applicationId, claims, publicKeyPem, type SignOptions, signJwt } from './forge.ts'

/**
 * One row of the fault table: the built action runs as a step against a server that misbehaves. Whatever the row is
 * about, the step has to keep the promises of `expectPromisesKept`.
 */

/** The built action, as the runner would start it; the sources for scripts/coverage.ts, which counts them. */
export const main = process.env['ACTION_MAIN'] ?? fileURLToPath(new URL('../../dist/index.js', import.meta.url))

/** Every character that is written differently somewhere. */
export const secret = 's3cr3t +%&=/#"\'<é€>'
const oldRefreshToken = 'refresh-token-of-the-old-jwt'
const newRefreshToken = 'refresh-token-of-the-new-jwt'

/** What the step is given: an API key, or a JWT to renew. */
export const grants = ['app-id and secret', 'jwt'] as const
export type Grant = (typeof grants)[number]
export const schemes = ['http', 'https'] as const
export type Scheme = (typeof schemes)[number]

/** What a row's server has to work with. */
export type Given = {
  readonly grant: Grant
  /** A JWT as asked for, with these claims changed; it counts as secret from then on. */
  issue(changes?: Record<string, unknown>, options?: SignOptions): string
  /** Takes note of a secret that was made in another way. */
  secret(text: string): string
  /** The answer with a good JWT. */
  readonly good: Behaviour
}

/** The same for both grants, or one for each. */
type ForEach<T> = T | { [grant in Grant]: T }

export type Fault = {
  /** A sentence: what the server does, and what then happens. */
  name: string
  /** What the server does with each request, the last one repeated. */
  answers: (given: Given) => readonly Behaviour[]
  /** Over the default inputs. */
  inputs?: Record<string, string> | undefined
  /** Changes claims of the JWT to renew. */
  old?: Record<string, unknown> | undefined
  /** Instead of a JWT of good form: what the input `jwt` holds. */
  renew?: string | undefined
  /** Leaves out `public-key`, so that the server is not known. */
  withoutKey?: boolean | undefined
  env?: Record<string, string> | undefined
  signal?: ActionOptions['signal']
  /** The one error; undefined where the step succeeds. */
  error?: ForEach<RegExp> | undefined
  /** All warnings, in order; none unless given. */
  warnings?: readonly RegExp[] | undefined
  /** How many requests reach the server. */
  requests: number
  /** How many attempts the log tells of, where some of them do not reach the server. */
  attempts?: number | undefined
  /** The cause of each retry in the log. */
  cause?: RegExp | undefined
  check?: ((run: Run) => void) | undefined
}

export type Run = {
  result: StepResult
  server: FaultyServer
  /** The waits that the log tells, in seconds. */
  waits: number[]
  /** The JWT that was issued last. */
  issued: string | undefined
}

export type Setting = {
  scheme?: Scheme | undefined
  grant?: Grant | undefined
  /** Overrides `base-url`, from the server's port. */
  baseUrl?: ((port: number) => string) | undefined
  /** Of the server; the good one unless given. */
  certificate?: keyof Certificates | undefined
  /** Whether the step trusts the test's authority; it does unless told otherwise. */
  trust?: boolean | undefined
  onConnection?: Parameters<typeof startFaultyServer>[0]['onConnection']
}

export const certificates = await makeCertificates()
const folder = mkdtempSync(join(tmpdir(), 'faults-'))
const authorityFile = join(folder, 'authority.pem')
writeFileSync(authorityFile, certificates.authority.cert)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Makes a test of each row, run a few at a time: they wait for timers and processes more than they compute. */
export function testFaults(faults: readonly Fault[], setting: Setting = {}): void {
  for (const fault of faults) test.concurrent(fault.name, () => runFault(fault, setting).then(() => {}))
}

/** Runs one row, and checks it. */
export async function runFault(fault: Fault, setting: Setting = {}): Promise<Run> {
  const { scheme = 'http', grant = 'app-id and secret', certificate = 'good', trust = true } = setting
  const secrets: string[] = []
  const keep = (text: string) => {
    secrets.push(text)
    return text
  }
  let issued: string | undefined
  const given: Given = {
    grant,
    issue: (changes, options) => {
      const refreshToken = grant === 'jwt' ? { refresh_token: newRefreshToken } : {}
      issued = keep(signJwt(claims({ ...refreshToken, ...changes }), options))
      return issued
    },
    secret: text => {
      issued = keep(text)
      return text
    },
    good: answer(200, () => given.issue(), { 'content-type': 'application/jwt' }),
  }
  const old = fault.renew ?? signJwt(claims({ refresh_token: oldRefreshToken, ...fault.old }))
  const credentials: Record<string, string> =
    grant === 'jwt' ? { jwt: old } : { 'app-id': applicationId, secret, scope: 'user:name' }
  keep(grant === 'jwt' ? old : secret)
  for (const name of ['secret', 'jwt']) if (fault.inputs?.[name]) keep(fault.inputs[name].trim())

  const server = await startFaultyServer({
    behaviours: fault.answers(given),
    tls: scheme === 'https' ? certificates[certificate] : undefined,
    onConnection: setting.onConnection,
  })
  const job = new Job()
  try {
    const result = await job.runAction({
      main,
      with: {
        ...credentials,
        'base-url': setting.baseUrl?.(server.port) ?? `${scheme}://127.0.0.1:${server.port}`,
        ...(!fault.withoutKey && { 'public-key': publicKeyPem }),
        retries: '1',
        timeout: '20s',
        summary: 'true',
        ...fault.inputs,
      },
      env: {
        // Debug lines count as log, too.
        RUNNER_DEBUG: '1',
        ...(scheme === 'https' && trust && { NODE_EXTRA_CA_CERTS: authorityFile }),
        ...fault.env,
      },
      signal: fault.signal,
    })
    const waits = [...result.log.matchAll(retryLine)].map(([, , , seconds]) => Number(seconds))
    const run = { result, server, waits, issued }
    expectPromisesKept(run, secrets)
    expectRow(fault, grant, run)
    fault.check?.(run)
    return run
  } finally {
    job.dispose()
    await server.close()
  }
}

const retryLine = /^Attempt (\d+) failed \((.*)\); trying again in (\d+\.\d) s\.$/gm

/** What holds in every run, whatever the server does. */
export function expectPromisesKept({ result, issued }: Pick<Run, 'result' | 'issued'>, secrets: string[]): void {
  expect(result).toMatchObject({ timedOut: false, signal: null, stderr: '' })

  // Nobody but the action gives commands, and masks come first.
  const commands = result.commands.map(({ command }) => command)
  expect(commands.filter(command => !['add-mask', 'warning', 'error'].includes(command))).toEqual([])
  expect(result.commands[0]).toMatchObject({ command: 'add-mask', line: 0 })
  expect(secrets).toContain(result.commands[0]?.message)
  // One line, nothing invisible.
  expect(result.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)

  // Neither masked nor unmasked: the action prints no secret but to mask it.
  const spoken = result.stdout.replace(/^::add-mask::.*$/gm, '')
  for (const text of [result.log, spoken, result.stderr, result.summary]) expect(findLeaks(text, secrets)).toEqual([])
  expect(result.stdout).not.toContain(serverText)
  expect(result.summary).not.toContain(serverText)
  expect(result.stdout).not.toMatch(/^\s+at .*\d+:\d+\)?$/m)
  expect(spoken).not.toMatch(/undefined|NaN|\[object/)

  if (result.exitCode === 0) {
    expect(result.errors).toEqual([])
    expect(result.outputs['jwt']).toBe(issued)
    expect(result.env).toEqual({ JWT: issued })
    const parts = String(issued).split('.').slice(1).filter(Boolean)
    expect(result.masks).toEqual(expect.arrayContaining([issued, ...parts]))
  } else {
    expect(result.exitCode).toBe(1)
    expect(result.errors).toHaveLength(1)
    expect(result).toMatchObject({ outputFile: '', envFile: '', summary: '' })
  }
}

function expectRow(fault: Fault, grant: Grant, { result, server }: Run): void {
  const error = fault.error && 'jwt' in fault.error ? fault.error[grant] : fault.error
  expect(result.errors).toEqual(error ? [expect.stringMatching(error)] : [])
  expect(result.warnings).toEqual((fault.warnings ?? []).map(warning => expect.stringMatching(warning)))

  expect(server.requests).toHaveLength(fault.requests)
  for (const request of server.requests) expectRequest(request, grant)
  const retries = [...result.log.matchAll(retryLine)]
  const attempts = fault.attempts ?? fault.requests
  expect(retries.map(([, number]) => Number(number))).toEqual(Array.from({ length: attempts - 1 }, (_, at) => at + 1))
  for (const [, , cause] of retries) expect(cause).toMatch(fault.cause ?? /./)
}

/** The same request every time, with the credential where no access log writes it down. */
function expectRequest(request: string, grant: Grant): void {
  const [path, credential] =
    grant === 'jwt'
      ? ['/v1/oauth/jwt/refresh', /^authorization: bearer [\w-]+\.[\w-]+\.[\w-]+\r$/im]
      : ['/v1/oauth/access_token', /\r\n\r\n.*&client_secret=s3cr3t\+%2B%25%26.*&response_type=id_token/]
  expect(request.split('\r\n')[0]).toBe(`POST ${path} HTTP/1.1`)
  expect(request).toMatch(credential)
}
