/** Looks for secrets in text that others will read, in every form that a secret takes on its way there. */

import { jsonEscaped, percentEncoded, xmlEscaped } from './masker.ts'

/** Shorter forms would be found in any text. */
const shortestForm = 6

/**
 * Searches a text for every form of each secret: as it is, trimmed, line by line, and encoded. Of a JWT also its payload
 * and its signature alone, and the `refresh_token` claim inside, none of which the runner would mask.
 *
 * @param secrets each named in the result by its place in this list, from 1
 * @returns a sentence per find, without the secret; empty when there is none
 */
export function findLeaks(text: string, secrets: string[]): string[] {
  return secrets.flatMap((secret, index) => {
    const finds = parts(secret).flatMap(([part, value]) =>
      forms(value)
        .filter(([, form]) => form.length >= shortestForm && text.includes(form))
        .map(([name]) => `secret ${index + 1}${part}: found ${name}`),
    )
    return [...new Set(finds)]
  })
}

type Named = [name: string, value: string]

/** The secret, and what inside it is a secret of its own. */
function parts(secret: string): Named[] {
  const found: Named[] = [['', secret]]
  const lines = secret.split(/[\r\n]+/).filter(line => line.trim() !== '')
  if (lines.length > 1) found.push(...lines.map((line, at): Named => [`, its line ${at + 1}`, line]))

  const [, payload, signature] = /^[\w-]+\.([\w-]+)\.([\w-]+)$/.exec(secret.trim()) ?? []
  if (payload && signature) {
    found.push([', its payload', payload], [', its signature', signature])
    const refreshToken = refreshTokenOf(payload)
    if (refreshToken !== undefined) found.push([', its refresh_token', refreshToken])
  }
  return found
}

function refreshTokenOf(payload: string): string | undefined {
  try {
    const { refresh_token } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return typeof refresh_token === 'string' ? refresh_token : undefined
  } catch {
    return undefined
  }
}

/** All ways to write the value, each once, under the first of its names. */
function forms(value: string): Named[] {
  const bytes = Buffer.from(value, 'utf8')
  // RFC 3986 and JavaScript disagree about five characters.
  const percents = [percentEncoded(value), encodeURIComponent(value.toWellFormed())]
  const all: Named[] = [
    ['as it is', value],
    ['trimmed', value.trim()],
    ...[0, 1, 2].map((before): Named => [`in base64, ${before} bytes into a longer text`, innerBase64(bytes, before)]),
    ...[0, 1, 2].map(
      (before): Named => [
        `in base64url, ${before} bytes into a longer text`,
        innerBase64(bytes, before).replaceAll('+', '-').replaceAll('/', '_'),
      ],
    ),
    ['in hex', bytes.toString('hex')],
    ['in upper-case hex', bytes.toString('hex').toUpperCase()],
    ...percents.map((percent): Named => ['percent-encoded', percent]),
    ...percents.map(
      (percent): Named => ['percent-encoded in lower case', percent.replace(/%../g, code => code.toLowerCase())],
    ),
    ['form-encoded', new URLSearchParams([['', value]]).toString().slice(1)],
    ['JSON-escaped', jsonEscaped(value)],
    ['XML-escaped', xmlEscaped(value)],
  ]
  const seen = new Set<string>()
  return all.filter(([, form]) => !seen.has(form) && seen.add(form))
}

/**
 * The characters of a base64 text that depend on these bytes alone, when `before` other bytes (modulo 3) come first and
 * anything may follow. They are found whether the value was encoded by itself or inside `id:secret`.
 */
function innerBase64(bytes: Buffer, before: number): string {
  const skip = (3 - before) % 3
  const whole = Math.max(0, Math.floor((bytes.length - skip) / 3)) * 3
  return bytes.subarray(skip, skip + whole).toString('base64')
}
