/** What must never be read in a log: every form that the runner does not derive from another mask by itself. */

import { longestSecret } from '../inputs/credentials.ts'
import type { InputSource } from '../inputs/source.ts'
import type { Token } from '../jwt/token.ts'

/** No mask is shorter, apart from the user's own secret: a short mask hides innocent text in the rest of the job. */
const shortest = 8
/** No JWT gets more masks: a runner searches each line of the job for each of them. */
const most = 256
/** Characters: 240 pieces of 21, for three alignments. The other 16 masks are for the wholes. */
const longestInPieces = 80 * 21

/**
 * The credentials that a run starts with: the inputs `secret` and `jwt`, and the password of a proxy. They are masked
 * before anything else happens.
 */
export function secretsOfRun({ get, env }: InputSource): string[] {
  const secret = (get('secret') ?? '').trim()
  const jwt = (get('jwt') ?? '').trim().replace(/^bearer\s+/i, '')
  const proxies = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].flatMap(name => env[name] || [])
  // Too long for a secret: an error will say so, and a mask for each part would slow down the rest of the job.
  const forms = secret.length > longestSecret ? [] : [formEncoded(secret), ...formsOfSecret(secret)]
  return unique([
    // An empty mask would be a warning on every run.
    ...[secret, ...forms].filter(Boolean),
    ...atLeast(shortest, [jwt]),
    ...secretsOfJwt(jwt),
    ...atLeast(4, proxies.flatMap(secretsOfProxy)),
  ])
}

/**
 * A JWT that is not verified. None where it does not have the form of this server's JWT: a mask made from any other text
 * would hide innocent words.
 */
export function secretsOfJwt(jwt: string): string[] {
  const [header = '', payload = ''] = jwt.split('.')
  if (!/^[\w-]+\.[\w-]+\.[\w-]{128}$/.test(jwt) || readPart(header)['alg'] !== 'ES384') return []
  const refreshToken = readPart(payload)['refresh_token']
  return secretsOfToken({ jwt, refreshToken: typeof refreshToken === 'string' ? refreshToken : undefined })
}

/**
 * A JWT, and its parts that are of use by themselves.
 *
 * The order matters in runners that replace mask after mask (act, Gitea, Forgejo): with the whole or the payload first,
 * the signature of a second JWT with the same payload would stay readable.
 */
export function secretsOfToken({ jwt, refreshToken = '' }: Pick<Token, 'jwt' | 'refreshToken'>): string[] {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  // What does not look like one could be a word of the log.
  const wholes = [signature, payload, jwt, /^[\w-]{16,}$/.test(refreshToken) ? refreshToken : '']
  // The end of the header belongs to the pieces, so that every group of three bytes with a byte of the payload does.
  const text = jwt.slice(header.length - 2)
  const pieces = text.length <= longestInPieces ? piecesOfJwt(text) : piecesOfLongJwt(text, jwt)
  const base64 = alignments.flatMap(skip => [base64Of(jwt, skip), base64Of(jwt, skip, 'utf16le')])
  return unique(atLeast(shortest, [...wholes, ...base64, ...pieces])).slice(0, most)
}

/** A part of a JWT that is not verified; empty where it is not a JSON object. */
function readPart(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** Base64 has three looks, by the number of bytes before the text, modulo 3. What differs is how many bytes to skip. */
const alignments = [0, 1, 2] as const

/**
 * Pieces, because a mask hides a value only as a whole: what is cut off, or broken into lines, stays readable up to the
 * length of a piece. The runner itself derives the base64 of each piece for the first alignment.
 *
 * 21 bytes are 28 characters of base64. `base64` and `openssl base64` break lines between groups of 4, so that at most
 * 24 characters of a broken piece stay readable.
 */
function piecesOfJwt(text: string): string[] {
  return alignments.flatMap(skip => {
    const groups = wholeGroups(Buffer.from(text), skip)
    const pieces = [...cut(groups, 21), groups.subarray(-21), groups.subarray(-12)]
    return pieces.map(bytes => (skip ? bytes.toString('base64') : bytes.toString()))
  })
}

/**
 * Fewer pieces, for a JWT that is too long for those above: plain ones, and the lines of its base64 by `base64` (76
 * columns: 57 bytes) and `openssl base64` (64 columns: 48 bytes), where nothing stands before it.
 */
function piecesOfLongJwt(text: string, jwt: string): string[] {
  const size = Math.max(24, Math.ceil(text.length / 200))
  const plain = [...cut(Buffer.from(text), size), Buffer.from(text.slice(-size))].map(String)
  const groups = wholeGroups(Buffer.from(jwt), 0)
  const lines = [57, 48].flatMap(bytes => [
    ...cut(groups, bytes),
    groups.subarray(groups.length - (groups.length % bytes)),
  ])
  return [...plain, ...lines.map(line => line.toString('base64'))]
}

/**
 * Base64 of a secret, as in `Authorization: Basic`: its interior, and pieces of 12 characters for where a line breaks
 * inside it. So at most 12 characters of it stay readable.
 */
function formsOfSecret(secret: string): string[] {
  const interiors = alignments.flatMap(skip => {
    const groups = wholeGroups(Buffer.from(secret), skip)
    // Only for secrets with `>`, `?`, `~` or other scripts does base64url differ.
    return [groups.toString('base64'), groups.toString('base64url')]
  })
  const forms = unique(interiors).flatMap(text => [text, ...(text.match(/.{12}/g) ?? []), text.slice(-12)])
  const utf16 = alignments.map(skip => base64Of(secret, skip, 'utf16le'))
  // In lower case, as in a host name, or in the right spelling of a scope that it was put into. Not a word or a line.
  const lower = /^\S{16,}$/.test(secret) ? [secret.toLowerCase()] : []
  return atLeast(shortest, [...forms, ...utf16, ...lower])
}

/**
 * The interior of a text's base64 that is the same whatever stands after it.
 *
 * @param encoding of the text: `pwsh -EncodedCommand` takes base64 of UTF-16.
 */
function base64Of(text: string, skip: number, encoding: BufferEncoding = 'utf8'): string {
  return wholeGroups(Buffer.from(text, encoding), skip).toString('base64')
}

function wholeGroups(bytes: Buffer, skip: number): Buffer {
  return bytes.subarray(skip, bytes.length - ((bytes.length - skip) % 3))
}

function cut(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size))
}

/** As it stands in the request's body, where a space is `+`; the runner derives only the form with `%20`. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

/**
 * The password of a proxy's URL, alone and with its user, as written and decoded. Where the URL parser finds one, and
 * where it finds no URL at all: a URL that is wrong must not show its password either.
 */
function secretsOfProxy(text: string): string[] {
  const userInfos = [text, `http://${text}`].filter(url => URL.canParse(url)).map(url => new URL(url))
  const parsed = userInfos.map(({ username, password }) => [username, password] as const)
  const [, user = '', password = ''] =
    /^[\s"'`<]*(?:\w+=["'`]?)?(?:[\w+.-]+(?::[/\\]+|[/\\]{2}))*([^:@/]*):([^/\\].*)@/s.exec(text) ?? []
  return [...parsed, [user, password] as const].flatMap(([name, word]) => {
    // Not with an empty name: act prints a mask that begins with a colon.
    const pairs = name && word ? [`${name}:${word}`, `${percentDecoded(name)}:${percentDecoded(word)}`] : []
    return word ? [...pairs, word, percentDecoded(word)] : []
  })
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function atLeast(length: number, values: readonly string[]): string[] {
  return values.filter(value => value.trim().length >= length)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}
