/** Which public keys verify the signature: the user's, otherwise the one that is known for the server. */

import { type CryptoKey, importSPKI } from 'jose'
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
  const pems = splitPem(text)
  const keys = await Promise.all(pems.map(pem => importSPKI(pem, 'ES384'))).catch(() => [])
  if (!keys.length) throw inputErrors.publicKeyInvalid()
  return { keys, issuer: publicKey === undefined ? 'itsyouonline' : undefined }
}

const block = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/g

/** The PEM blocks (RFC 7468, section 13), each as it should be; none where there is anything else beside them. */
function splitPem(text: string): string[] {
  const lines = text.replaceAll(/\\r|\\n/g, '\n')
  if (lines.replaceAll(block, '').trim()) return []
  return [...lines.matchAll(block)].map(
    ([, body = '']) => `-----BEGIN PUBLIC KEY-----\n${body.replaceAll(/\s/g, '')}\n-----END PUBLIC KEY-----`,
  )
}
