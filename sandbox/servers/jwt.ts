/** What OpenvCloud and AYS find in a JWT before each applies rules of its own: its form, its signature, its expiry. */

import { errors, importSPKI, type JWTPayload, jwtVerify } from 'jose'

type JwtReading =
  | { problem?: undefined; claims: JWTPayload }
  /** `malformed`: not three parts of a JWT with ES384, such as an opaque token or a JWT that was cut off. */
  | { problem: 'malformed' | 'expired' | 'invalid'; claims?: undefined }

/**
 * Makes the function that reads JWTs of one identity server.
 *
 * @param publicKeyPem the identity server's key, SPKI
 * @param now the clock, in milliseconds since the epoch
 */
export async function jwtReader(
  publicKeyPem: string,
  now: () => number,
): Promise<(jwt: string) => Promise<JwtReading>> {
  const key = await importSPKI(publicKeyPem, 'ES384')
  return async jwt => {
    if (!isWellFormed(jwt)) return { problem: 'malformed' }
    try {
      return { claims: (await jwtVerify(jwt, key, { algorithms: ['ES384'], currentDate: new Date(now()) })).payload }
    } catch (error) {
      return { problem: error instanceof errors.JWTExpired ? 'expired' : 'invalid' }
    }
  }
}

/** A signature of ES384 has 96 bytes (RFC 7518, section 3.4), and so 128 characters. */
function isWellFormed(jwt: string): boolean {
  const [header, payload] = /^([\w-]+)\.([\w-]+)\.[\w-]{128}$/.exec(jwt)?.slice(1) ?? []
  return isJsonObject(header) && isJsonObject(payload)
}

function isJsonObject(part: string | undefined): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
