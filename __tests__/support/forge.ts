/**
 * JWTs as ItsYou.online issues them, and as nobody should: every part is made by hand, since no library makes the wrong
 * ones.
 */

import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { Keys } from '../../src/jwt/keys.ts'
import type { Verifier } from '../../src/jwt/verify.ts'
import { serverOf } from './destinations.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })

/** The key that these tests' server signs with, as the input `public-key` takes it. */
export const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** The public keys of these private ones, as the verification takes them. */
export function publicKeysOf(...privateKeys: KeyObject[]): Keys {
  const p384 = { name: 'ECDSA', namedCurve: 'P-384' }
  return {
    trusted: privateKeys.map(key => createPublicKey(key).toCryptoKey(p384, true, ['verify'])),
    issuer: undefined,
  }
}

export const keys = publicKeysOf(privateKey)
export const anotherKey = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey

/** Milliseconds since the epoch: the time of these tests where no process is started. */
export const now = 1_700_000_000_000
export const verifier: Verifier = { keys, server: serverOf('base-url', 'https://id.example'), now: () => now }

export const applicationId = 'app-1234'

/** Seconds since the epoch, so many from now. */
function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds
}

/** The claims of a good JWT, for the scope `user:name`. A claim that is undefined in `changes` is left out. */
export function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const names = { azp: applicationId, iss: 'itsyouonline', username: 'jane' }
  return { ...names, exp: inSeconds(3600), scope: ['user:name'], ...changes }
}

export type SignOptions = { header?: Record<string, unknown>; key?: KeyObject }

/**
 * Signs a payload with ECDSA over SHA-384, which is ES384 with a P-384 key: `r || s`, 96 bytes (RFC 7518, section 3.4).
 *
 * @param payload claims, or the text or bytes that stand in their place
 */
export function signJwt(payload: Record<string, unknown> | string | Buffer, options: SignOptions = {}): string {
  const { header = { alg: 'ES384', typ: 'JWT' }, key = privateKey } = options
  const signed = unsigned(payload, header)
  return `${signed}.${sign('sha384', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

/** Header and payload, which is what a signature is made for. */
export function unsigned(payload: Record<string, unknown> | string | Buffer, header: Record<string, unknown>): string {
  const content = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
  // RFC 7797: a payload that is not encoded.
  const encoded = header['b64'] === false ? content : Buffer.from(content).toString('base64url')
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${encoded}`
}
