/** The form of a JWT, and the claims in it, before anyone trusts them. */

/** The two numbers of an ES384 signature, 48 bytes each (RFC 7518, section 3.4), in base64url. */
const signatureLength = 128

/**
 * Three parts of unpadded base64url (RFC 7515, section 7.1). An empty signature passes: it belongs to `alg: none`, which
 * gets a message of its own later.
 */
export function hasJwtForm(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
}

/** Whether it looks like a JWT of an ItsYou.online server: ES384 in its header, and a signature of that length. */
export function hasIssuedForm(text: string): boolean {
  const [, , signature = ''] = text.split('.')
  return hasJwtForm(text) && signature.length === signatureLength && readHeader(text)['alg'] === 'ES384'
}

/** The header; empty where it is not a JSON object. */
export function readHeader(jwt: string): Record<string, unknown> {
  return readPart(jwt, 0) ?? {}
}

/** The claims of the payload; undefined where it is not a JSON object. */
export function readClaims(jwt: string): Record<string, unknown> | undefined {
  return readPart(jwt, 1)
}

/** The refresh token in the claims; empty where there is none. */
export function readRefreshToken(jwt: string): string {
  const refreshToken = readClaims(jwt)?.['refresh_token']
  return typeof refreshToken === 'string' ? refreshToken : ''
}

function readPart(jwt: string, index: number): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(String(jwt.split('.')[index]), 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
