/**
 * Finds out the public key of an ItsYou.online server that does not publish it: the one key that two of its signatures fit
 * (SEC 1, section 4.1.6). This is trust on first use over TLS. The requests are those of the action itself.
 */

import { createHash, createPublicKey } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { p384 } from '@noble/curves/nist.js'
import { decodeProtectedHeader } from 'jose'
import { ExplainedError, parseOptions, runCommand } from '../sandbox/command-line.ts'
import { ActionError } from '../src/errors/error.ts'
import { askWithin } from '../src/http/attempts.ts'
import { serverAt } from '../src/http/proxy.ts'
import { readAddress } from '../src/inputs/address.ts'
import { readInputs } from '../src/inputs/inputs.ts'
import { readNetwork } from '../src/runner/files.ts'
import { requestJwt } from '../src/token-endpoint/request.ts'

const help = `Asks an ItsYou.online server for two JWTs, and prints the public key that both are
signed with, for the input "public-key". Nothing secret is printed or stored.

Usage: APP_ID=... SECRET=... npm run --silent public-key -- --base-url https://id.example.com

  --base-url <url>  the address of the server
  --scope <scope>   what to request: user:name (the default), or organization:owner:ays
                    for the key of an organization
  --help            show this text

For a private CA, set NODE_EXTRA_CA_CERTS; behind a proxy, https_proxy.

Exit code: 0 when exactly one key was found, 1 when not, 2 for wrong arguments.`

type Inputs = { 'base-url': string; 'app-id': string; secret: string; scope?: string | undefined }

/**
 * Asks the server for two JWTs. Their `validity` differs, because the same JWT twice leaves two keys to choose from.
 *
 * @param inputs those of the action
 * @returns the public key, PEM
 * @throws ActionError where the server gives no JWT; ExplainedError where there is not exactly one key
 */
export async function findPublicKey(inputs: Inputs): Promise<string> {
  const get = (name: string) => inputs[name as keyof Inputs]
  const { settings } = readInputs({ get, env: process.env, event: () => undefined })
  const { proxies, hasExtraCa } = readNetwork()
  const server = serverAt('base-url', settings.baseUrl, proxies)
  const grant = { grant: 'client_credentials', clientId: inputs['app-id'], clientSecret: inputs.secret } as const
  const clock = { now: Date.now, elapsed: () => performance.now(), random: Math.random, sleep }
  const log = (line: string) => void process.stderr.write(`${line}\n`)
  const ask = askWithin(settings, hasExtraCa, { ...clock, cancelled: new Promise(() => {}), log })
  const request = (validity: number) => requestJwt(ask, server, grant, { ...settings, validity })
  const [first, second] = [keysOf(await request(300)), keysOf(await request(600))]
  const [key, ...others] = first.filter(candidate => second.includes(candidate))
  if (key !== undefined && others.length === 0) return key
  const why = key
    ? 'answered twice with the same JWT: a proxy or CDN caches its answers. Use an address without a cache.'
    : 'signed two JWTs with different keys: several servers share this name. Ask the operator for all their keys.'
  throw new ExplainedError(`${server.url} ${why}`, 1)
}

/** The keys that a JWT's signature fits: two, since the signature does not say on which side of the axis a point is. */
function keysOf(jwt: string): string[] {
  const [, signed = '', signature = ''] = /^(.+)\.([\w-]{128})$/.exec(jwt) ?? []
  const hash = createHash('sha384').update(signed).digest()
  try {
    if (decodeProtectedHeader(jwt).alg !== 'ES384') throw new Error('another algorithm')
    const points = p384.Signature.fromBytes(Buffer.from(signature, 'base64url'))
    return [0, 1].map(bit => pemOf(points.addRecoveryBit(bit).recoverPublicKey(hash).toBytes(false)))
  } catch {
    throw new ExplainedError('The server did not answer with a JWT that is signed with ES384. Check --base-url.', 1)
  }
}

/** @param point the byte 4, x and y */
function pemOf(point: Uint8Array): string {
  const base64url = (start: number, end: number) => Buffer.from(point.subarray(start, end)).toString('base64url')
  const key = { kty: 'EC', crv: 'P-384', x: base64url(1, 49), y: base64url(49, 97) }
  return `${createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })}`.trim()
}

if (import.meta.main) {
  await runCommand(async () => {
    const { 'base-url': given, scope } = parseOptions(help, {
      'base-url': { type: 'string' },
      scope: { type: 'string' },
    })
    const { APP_ID, SECRET } = process.env
    // As the runner trims the action's inputs.
    const [appId, secret, url] = [APP_ID, SECRET, given].map(value => value?.trim())
    if (!appId || !secret || !url) {
      throw new ExplainedError('Set APP_ID and SECRET in the environment, and --base-url. --help shows how.', 2)
    }
    if (scope !== undefined && !/^(user:name|organization:owner:ays)$/.test(scope)) {
      throw new ExplainedError('Write user:name or organization:owner:ays for --scope.', 2)
    }
    const key = await findPublicKey({ 'base-url': url, 'app-id': appId, secret, scope }).catch(error => {
      throw error instanceof ActionError ? new ExplainedError(error.message, 1) : error
    })
    process.stdout.write(`${key}\n`)
    process.stderr.write(
      `\nThis is the key that ${readAddress('base-url', url)} uses now (trust on first use, over TLS). Compare it with the operator's before you store it.\n`,
    )
    return 0
  })
}
