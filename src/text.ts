/** Text that comes from outside and goes into a line of the log. */

// C0, DEL, C1, line and paragraph separators, and the marks that reorder text: what could start a new line, hide
// text, or make it read differently. Unicode's own categories Cc and Cf, and Zl and Zp.
const unprintable = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]'
const invisible = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]'

/** ASCII first, and no literals above: V8 reads Unicode's tables for each literal that it parses, used or not. */
function contains(text: string, characters: string): boolean {
  return !/^[ -~]*$/.test(text) && new RegExp(characters, 'u').test(text)
}

/**
 * Whether a text may stand in a log line, the summary or an output as it is: one line, nothing invisible, and no
 * `##[`, by which the runner still takes a command in the *middle* of a line (its old command syntax).
 */
export function isPrintable(text: string): boolean {
  return !contains(text, unprintable) && !text.includes('##[')
}

/**
 * Whether a text contains what cannot be seen: control and formatting characters, fillers, half of a surrogate pair. A
 * space is seen.
 */
export function hasInvisible(text: string): boolean {
  return contains(text, invisible)
}

/**
 * A value for an error message: the value in quotes where it is short and printable, otherwise a description of it.
 * It is never altered: a mask hides a value only as it is.
 */
export function quoteOrDescribe(value: string): string {
  return value.length <= 80 && isPrintable(value) ? `is "${value}"` : 'is too long or contains invalid characters'
}

/** Plain text as text of HTML: the step summary is Markdown, which takes HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** Whether 8 letters and digits in a row of one of the secrets (or all of a shorter one) are in the text, in any case. */
export function sharesText(text: string, secrets: readonly string[]): boolean {
  const plain = (value: string) => value.toLowerCase().replace(/[^a-z0-9]/g, '')
  const haystack = plain(text)
  return secrets.map(plain).some(secret => {
    const length = Math.min(8, secret.length)
    const parts = Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length))
    return length > 0 && parts.some(part => haystack.includes(part))
  })
}

/** A span of time: `3600` seconds as `1 h`, `5400` as `1 h 30 min`; rounded to the minute above one. */
export function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  const parts = [Math.floor(minutes / 60) && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`]
  return parts.filter(Boolean).join(' ')
}

/** The whole of 127.0.0.0/8, and nothing that only begins like it: `127.0.0.1.example.org` is another host. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])\.?$/.test(hostname)
}

/** How many letters have to be inserted, left out, replaced or swapped to make one word of the other. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const at = (back: number, left: number) => rows[i - back]?.[j - left] ?? Number.POSITIVE_INFINITY
      const replaced = at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(at(1, 0) + 1, (row[j - 1] ?? 0) + 1, replaced, isSwapped ? at(2, 2) + 1 : replaced))
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}
