/**
 * Finds out the public key of an ItsYou.online server that does not publish it: the one key that two of its signatures fit
 * (SEC 1, section 4.1.6). This is trust on first use over TLS.
 */

import { createHash, createPublicKey } from 'node:crypto'
import { p384 } from '@noble/curves/nist.js'
import { ExplainedError, parseOptions, runCommand } from '../sandbox/command-line.ts'

const help = `Asks an ItsYou.online server for two JWTs, and prints the public key that both are
signed with, for the input "public-key". Nothing secret is printed or stored.

Usage: APP_ID=... SECRET=... npm run --silent public-key -- --base-url https://id.example.com

  --base-url <url>  the address of the server
  --scope <scope>   what to request: user:name (the default), or organization:owner:ays
                    for the key of an organization
  --help            show this text

For a private CA, set NODE_EXTRA_CA_CERTS; behind a proxy, https_proxy and NODE_USE_ENV_PROXY=1.

Exit code: 0 when exactly one key was found, 1 when not, 2 for wrong arguments.
`

function fail(message: string): never {
  throw new ExplainedError(message, 1)
}

export type Request = { baseUrl: string; scope: string; appId: string; secret: string }

/**
 * Asks the server for two JWTs. Their `validity` differs, because the same JWT twice leaves two keys to choose from.
 *
 * @returns the public key, PEM
 * @throws ExplainedError where there is not exactly one
 */
export async function findPublicKey(request: Request): Promise<string> {
  const { origin, pathname } = readAddress(request.baseUrl)
  const endpoint = `${origin}${pathname.replace(/\/+$/, '')}/v1/oauth/access_token`
  const [first, second] = [await requestJwt(endpoint, request, 300), await requestJwt(endpoint, request, 600)]
  const [key, ...others] = keysOf(first, endpoint).filter(candidate => keysOf(second, endpoint).includes(candidate))
  if (key === undefined) {
    fail(
      `${origin} signed two JWTs with different keys: several servers share this name, so ask the operator for all their keys.`,
    )
  }
  if (others.length > 0) {
    fail(
      `${origin} answered twice with the same JWT: a proxy or CDN caches its answers, so use an address without a cache.`,
    )
  }
  return key
}

function readAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLoopback = url && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const isPlain = url && !/[?#]/.test(text) && url.username === '' && url.password === ''
  if (isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) return url
  throw new ExplainedError('--base-url takes an https address, such as https://id.example.com.', 2)
}

async function requestJwt(endpoint: string, { scope, appId, secret }: Request, validity: number): Promise<string> {
  const credentials = { client_id: appId, client_secret: secret, scope, validity: `${validity}` }
  const body = new URLSearchParams({ grant_type: 'client_credentials', response_type: 'id_token', ...credentials })
  const init = { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(30_000) } as const
  try {
    const response = await fetch(endpoint, init)
    const text = await response.text()
    if (response.status === 200) return text
    fail(`${endpoint} answered with status ${response.status}: ${remedyFor(response.status)}.`)
  } catch (error) {
    if (error instanceof ExplainedError) throw error
    const { cause, name } = error as Error & { cause?: NodeJS.ErrnoException }
    fail(
      `Could not connect to ${endpoint} (${cause?.code ?? name}): check --base-url, and NODE_EXTRA_CA_CERTS for a private CA.`,
    )
  }
}

function remedyFor(status: number): string {
  if (status === 400) return 'check APP_ID and SECRET'
  if (status === 401) return 'for the key of an organization, use --scope organization:owner:ays'
  if (status === 429 || status >= 500) return 'try again later'
  return status < 400 ? 'redirects are not followed, so check --base-url' : 'check --base-url'
}

/** The keys that a JWT's signature fits: two, since the signature does not say on which side of the axis a point is. */
function keysOf(jwt: string, endpoint: string): string[] {
  const [, signed = '', signature = ''] = /^([\w-]+\.[\w-]+)\.([\w-]{128})$/.exec(jwt) ?? []
  const hash = createHash('sha384').update(signed).digest()
  try {
    const points = p384.Signature.fromBytes(Buffer.from(signature, 'base64url'))
    return [0, 1].map(bit => pemOf(points.addRecoveryBit(bit).recoverPublicKey(hash).toBytes(false)))
  } catch {
    fail(`${endpoint} did not answer with a JWT that is signed with ES384: check --base-url.`)
  }
}

/** @param point the byte 4, x and y */
function pemOf(point: Uint8Array): string {
  const base64url = (start: number, end: number) => Buffer.from(point.subarray(start, end)).toString('base64url')
  const jwk = { kty: 'EC', crv: 'P-384', x: base64url(1, 49), y: base64url(49, 97) }
  return `${createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' })}`.trim()
}

if (import.meta.main) {
  await runCommand(async () => {
    const options = {
      'base-url': { type: 'string', default: '' },
      scope: { type: 'string', default: 'user:name' },
      help: { type: 'boolean', short: 'h' },
    } as const
    const { 'base-url': baseUrl, scope, help: isHelp } = parseOptions(options, process.argv.slice(2))
    if (isHelp) {
      process.stdout.write(help)
      return 0
    }
    const { APP_ID: appId, SECRET: secret } = process.env
    if (!appId || !secret) throw new ExplainedError('Set APP_ID and SECRET in the environment. --help shows how.', 2)
    // Node would skip the verification of TLS.
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    process.stdout.write(`${await findPublicKey({ baseUrl, scope, appId, secret })}\n`)
    process.stderr.write(
      `\nThis is the key that ${baseUrl} uses now (trust on first use, over TLS). Compare it with the operator's before you store it.\n`,
    )
    return 0
  })
}
