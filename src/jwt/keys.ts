/** Which public keys verify the signature: the user's, otherwise the one that is known for the server. */

import type { CryptoKey } from 'jose'
import { builtInKey } from '../address.ts'
import { ActionError } from '../errors/error.ts'

export type Keys = {
  /** Any of them verifies. */
  readonly trusted: readonly CryptoKey[]
  /** What the claim `iss` must be. With a key of the user's own any name will do: the key is what binds. */
  readonly issuer: string | undefined
}

/**
 * @param publicKey the input `public-key`: PEM, one key or several (while a server changes its key); undefined where it is
 *   empty. Line breaks may be written as `\n`, or have become spaces.
 * @throws ActionError where no key is known, where the input is not P-384 keys in SPKI PEM form and nothing else, and
 *   where `baseUrl` is a public server and its own key is not among them: the secret was meant for another server.
 */
export async function verificationKeys(publicKey: string | undefined, baseUrl: string): Promise<Keys> {
  const builtIn = builtInKey(baseUrl)
  const text = publicKey ?? builtIn
  if (text === undefined) throw new ActionError('ERR_PUBLIC_KEY_MISSING', baseUrl)
  // PEM or only its base64, PuTTY's form or a JWK; each of them in base64, too.
  if ([text, Buffer.from(text, 'base64').toString('latin1')].some(form => privateKey.test(form))) {
    throw new ActionError('ERR_PRIVATE_KEY')
  }
  const trusted = await readKeys(text)
  if (!trusted.length) throw new ActionError('ERR_PUBLIC_KEY_INVALID')
  if (builtIn === undefined) return { trusted, issuer: undefined }
  const [points, known] = await Promise.all([pointsOf(trusted), pointsOf(await readKeys(builtIn))])
  if (!points.some(point => known.includes(point))) throw new ActionError('ERR_PUBLIC_KEY_CONFLICT', baseUrl)
  return { trusted, issuer: 'itsyouonline' }
}

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY|^Private-Lines:|\\?"d\\?"\s*:\s*\\?"[\w-]{40}|MIG.AgE[AB]/im

const p384 = { name: 'ECDSA', namedCurve: 'P-384' }

const block = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/g

/** The keys of the PEM blocks (RFC 7468, section 13); none where one is wrong, or anything else stands beside them. */
async function readKeys(text: string): Promise<CryptoKey[]> {
  const pem = text.replaceAll(/\\r|\\n/g, '\n')
  if (pem.replaceAll(block, '').trim()) return []
  // WebCrypto reads keys itself, and refuses another curve. jose's own reader would make the bundle 10 kB larger.
  const keys = [...pem.matchAll(block)].map(([, body = '']) =>
    crypto.subtle.importKey('spki', Buffer.from(body, 'base64'), p384, true, ['verify']),
  )
  return Promise.all(keys).catch(() => [])
}

/** The points on the curve, which are the same however the PEM writes them. */
function pointsOf(keys: readonly CryptoKey[]): Promise<string[]> {
  return Promise.all(keys.map(key => crypto.subtle.exportKey('jwk', key).then(({ x, y }) => `${x} ${y}`)))
}
