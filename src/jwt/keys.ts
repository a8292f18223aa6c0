/** Which public keys verify the signature: the user's, otherwise the one that is known for the server. */

import type { CryptoKey } from 'jose'
import { inputErrors } from '../errors/inputs.ts'
import { knownKey } from '../known-servers.ts'

export type Keys = {
  /** Any of them verifies; empty where the user wants no verification. */
  readonly keys: readonly CryptoKey[]
  /** What the claim `iss` must be. With a key of the user's own any name will do: the key is what binds. */
  readonly issuer: string | undefined
}

/**
 * @param publicKey the input `public-key`: PEM, one key or several (while a server changes its key), or `none`; undefined
 *   where it is empty. Line breaks may be written as `\n`, or have become spaces.
 * @throws ActionError where no key is known, and where the input is not P-384 keys in SPKI PEM form and nothing else.
 */
export async function verificationKeys(publicKey: string | undefined, baseUrl: string): Promise<Keys> {
  if (publicKey === 'none') return { keys: [], issuer: undefined }
  const known = knownKey(baseUrl)
  const text = publicKey ?? known
  if (text === undefined) throw inputErrors.publicKeyMissing(baseUrl)
  const keys = await readKeys(text)
  if (!keys.length) throw inputErrors.publicKeyInvalid()
  return { keys, issuer: publicKey === undefined ? 'itsyouonline' : undefined }
}

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
