/** The form of a JWT and the claims as they stand in it, before anybody trusts them. */

/**
 * Three parts of unpadded base64url (RFC 7515, section 7.1). An empty signature passes: it belongs to `alg: none`, which
 * gets a sentence of its own later.
 */
export function hasJwtForm(text: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
}

/**
 * The claims of the payload; undefined where it is no JSON object, or names a member twice. RFC 7519, section 4, lets a
 * parser reject that: two readers that choose differently would see two different JWTs.
 */
export function readClaims(jwt: string): Record<string, unknown> | undefined {
  try {
    const json = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()
    let members = -1 // The reviver is also called for the whole, as the one member of an object around it.
    const claims: unknown = JSON.parse(json, function (this: unknown, _name, value) {
      if (!Array.isArray(this)) members++
      return value
    })
    // In what JSON.parse accepts, a text with a colon behind it is a member's name, and nothing else is.
    const names = [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(match => match[1])
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims)
    return isObject && names.length === members ? (claims as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
