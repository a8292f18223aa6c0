/** The one way to run the built action: as a step of a job in the sandbox's runner. What came of it is up to the tests. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from '@jest/globals'
import { type ActionOptions, Job } from '../../sandbox/runner/job.ts'
import { type Certificates, makeCertificates } from '../../sandbox/servers/certificates.ts'
import {
  type ItsYouOnline,
  type ItsYouOnlineOptions,
  inputsFor,
  type RecordedRequest,
  startItsYouOnline,
} from '../../sandbox/servers/itsyouonline.ts'
import {
  answer,
  type Behaviour,
  type FaultyServer,
  type FaultyServerOptions,
  startFaultyServer,
} from './faulty-server.ts'
import { temporaryFolder } from './folder.ts'
import { applicationId, claims, publicKeyPem, type SignOptions, signJwt } from './forge.ts'
import type { Run } from './promises.ts'
import './promises.ts' // For `toKeepPromises`.

/** The built action, as the runner would start it; the sources for scripts/coverage.ts, which counts them. */
export const main = process.env['ACTION_MAIN'] ?? fileURLToPath(new URL('../../dist/index.js', import.meta.url))

/** An input that is undefined is left out, so that the default of action.yml is taken. */
export type Inputs = Record<string, string | undefined>

type RunOptions = Pick<ActionOptions, 'env' | 'event' | 'signal' | 'node' | 'nodeArguments' | 'timeoutSeconds'> & {
  with: Inputs
  /** What must not be seen, besides the inputs "secret" and "jwt" and all that the step masks. */
  secrets?: readonly string[]
}

/** Runs the action once, with debug logging unless the environment says otherwise: debug lines are read by others, too. */
export async function runAction({ with: inputs, secrets = [], env, ...options }: RunOptions): Promise<Run> {
  const job = new Job({ env: { RUNNER_DEBUG: '1', ...env } })
  try {
    const given = Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== undefined)
    const result = await job.runAction({ main, with: Object.fromEntries(given), ...options })
    return { ...result, secrets: [inputs['secret'] ?? '', inputs['jwt'] ?? '', ...secrets] }
  } finally {
    job.dispose()
  }
}

/** Arguments for Node that run a module before the action. */
export function preload(module: string): string[] {
  return ['--import', `data:text/javascript,${encodeURIComponent(module)}`]
}

/** A test for machines that can do what it needs; on others it is skipped, and says why. */
export function testWhere(isPossible: boolean, needs: string) {
  return (name: string, run: () => Promise<void>): void =>
    isPossible ? test.concurrent(name, run) : test.skip(`${name} (needs ${needs})`, run)
}

// --- against the sandbox ---

type StepOptions = Partial<RunOptions> & {
  server?: ItsYouOnlineOptions
  /** Makes inputs that depend on the server. */
  prepare?: (server: ItsYouOnline) => Promise<Inputs> | Inputs
}

export type Step = { run: Run; requests: RecordedRequest[]; server: ItsYouOnline }

/** Runs the action against the sandbox. A good run unless the options say otherwise. */
export async function runStep({ server: serverOptions, prepare, ...options }: StepOptions = {}): Promise<Step> {
  const server = await startItsYouOnline(serverOptions)
  try {
    const inputs = { ...inputsFor(server), ...options.with, ...(await prepare?.(server)) }
    return { run: await runAction({ ...options, with: inputs }), requests: server.requests, server }
  } finally {
    await server.close()
  }
}

// --- against a server that does what it is told ---

/** Every character that is written differently somewhere. */
export const secret = 's3cr3t +%&=/#"\'<é€>'

/** Credentials, and a JWT that can be renewed in their place. */
export const keyInputs: Inputs = { 'app-id': applicationId, secret }
export function renewalInputs(): Inputs {
  return { jwt: signJwt(claims({ refresh_token: 'refresh-token-of-the-old-jwt' })) }
}

/** The answer with a new JWT as asked for, with these claims changed. */
export function issues(changes?: Record<string, unknown>, options?: SignOptions): Behaviour {
  return answer(200, () => signJwt(claims(changes), options), { 'content-type': 'application/jwt' })
}

type Setting = Omit<Partial<RunOptions>, 'with'> &
  Partial<Pick<FaultyServerOptions, 'onConnection' | 'tlsOptions'>> & {
    /** Over the key, the server's address and key, and `retries: 1`. */
    inputs?: Inputs
    scheme?: 'http' | 'https'
    /** The value of `base-url`, from the server's port. */
    baseUrl?: (port: number) => string
    /** Of the server; the good one unless given. */
    certificate?: Pick<Certificates['good'], 'key' | 'cert'>
  }

export const certificates = await makeCertificates()
export const folder = temporaryFolder()
const authorityFile = join(folder, 'authority.pem')
writeFileSync(authorityFile, certificates.authority.cert)
/** For a step that trusts the authority of `certificates`. */
export const trust = { NODE_EXTRA_CA_CERTS: authorityFile }

/**
 * Runs the action against a server that treats each request so, the last one repeated.
 *
 * @returns also the JWTs that the server sent. They are secret from then on.
 */
export async function runAgainst(
  behaviours: readonly Behaviour[],
  { inputs = keyInputs, scheme = 'http', certificate = certificates.good, ...setting }: Setting = {},
): Promise<{ run: Run; server: FaultyServer; jwts: string[] }> {
  const { baseUrl = port => `${scheme}://127.0.0.1:${port}`, onConnection, tlsOptions, ...options } = setting
  const tls = scheme === 'https' ? certificate : undefined
  const server = await startFaultyServer({ behaviours, tls, tlsOptions, onConnection })
  try {
    const all = { 'base-url': baseUrl(server.port), 'public-key': publicKeyPem, retries: '1', ...inputs }
    const run = await runAction({ ...options, with: all })
    const jwts = server.sent.match(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g) ?? []
    return { run: { ...run, secrets: [...run.secrets, ...jwts] }, server, jwts }
  } finally {
    await server.close()
  }
}

/** The cause of each repetition that a log tells of. */
export function causesIn(log: string): string[] {
  return [...log.matchAll(/^Attempt \d+ failed \((.*)\); trying again in \d+\.\d s\.$/gm)].map(
    ([, cause = '']) => cause,
  )
}
