/** What the runner hides in a log: masked values, and the other forms of them that it knows. */

import { trim } from './dotnet.ts'

/**
 * The forms of a value that the runner masks by itself. These are its twelve, not more: base64url, hex, form-encoding
 * with `+`, and any part of the value stay readable, and tests have to see them.
 */
function maskedForms(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  // Base64 of the value behind one or two other bytes differs from its start on; the tail then looks like these.
  const shifted = (by: number) => (bytes.length > by ? bytes.subarray(by) : bytes).toString('base64')
  const forms = [
    value,
    bytes.toString('base64'),
    shifted(1),
    shifted(2),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    jsonEscaped(value),
    percentEncoded(value),
    xmlEscaped(value),
    value.length > 8 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : '',
    ...powerShellSections(value).filter(section => section.length >= 6),
  ]
  return [...new Set(forms.filter(form => form !== ''))]
}

/** As inside the quotes of a JSON string, with the line separators that the runner's library escapes as well. */
export function jsonEscaped(value: string): string {
  const separators = /[\u0085\u2028\u2029]/g
  const inside = JSON.stringify(value).slice(1, -1)
  return inside.replace(separators, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** RFC 3986: everything but letters, digits and `-._~`. `encodeURIComponent` leaves five more; a lone surrogate is U+FFFD. */
export function percentEncoded(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** With the five entities that XML predefines. */
export function xmlEscaped(value: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }
  return value.replace(/[&<>"']/g, char => entities[char] ?? char)
}

/** PowerShell colours a command that it cannot run and so cuts the value at its ampersand. */
function powerShellSections(value: string): string[] {
  const plus = value.indexOf('&+')
  if (plus >= 0) return [value.slice(0, plus + 2), value.slice(plus + 3)]
  const last = value.lastIndexOf('&')
  return last < 0 ? [] : [value.slice(0, last + 1), value.slice(last + 1)]
}

/** The masks of one job. They only ever grow: what is masked stays so until the job's end. */
export class Masker {
  readonly #values = new Set<string>()
  readonly #forms = new Set<string>()

  /** The values as they were given, and their lines; not the derived forms. */
  get values(): string[] {
    return [...this.#values]
  }

  /** Masks a whole value and each of its lines, trimmed. */
  add(value: string): void {
    const lines = value.split(/[\r\n]/).map(trim)
    for (const part of [value, ...lines]) {
      if (part === '' || this.#values.has(part)) continue
      this.#values.add(part)
      for (const form of maskedForms(part)) this.#forms.add(form)
    }
  }

  /** Puts `***` for what is masked. Finds that overlap or touch become one `***`, as on GitHub. */
  apply(text: string): string {
    const found: [start: number, end: number][] = []
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) found.push([at, at + form.length])
    }
    found.sort(([a], [b]) => a - b)
    let masked = ''
    let done = 0
    let open = false
    for (const [start, end] of found) {
      if (!open || start > done) masked += `${text.slice(done, start)}***`
      open = true
      done = Math.max(done, end)
    }
    return masked + text.slice(done)
  }
}
