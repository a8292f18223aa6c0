/** What may be shown: text and names from servers and inputs, on their way into a line of the log. */

// Control and formatting characters, line and paragraph separators, fillers, half of a surrogate pair: what could start a
// new line, hide text, or make it read differently. A space is seen.
const invisible = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800]'

/**
 * Whether a text contains what cannot be seen. ASCII first, and no literal above: V8 reads Unicode's tables for each
 * literal that it parses, used or not.
 */
export function hasInvisible(text: string): boolean {
  return !/^[ -~]*$/.test(text) && new RegExp(invisible, 'u').test(text)
}

/** Not `##[` either, by which the runner still takes a command in the *middle* of a line (its old command syntax). */
function isPrintable(text: string): boolean {
  return !hasInvisible(text) && !text.includes('##[')
}

// What real names, e-mail addresses and labels need besides letters, marks and digits. Nothing that means something to a
// shell, to HTML or to the runner. Escaped: with one character beyond Latin 1, Node reads all of the bundle more slowly.
const punctuation = "\\-_.'\u2019\u00b7@+ "

/** A user's name, an organization's global id, or an application id. The server's longest has 150 characters. */
export function isName(text: string): boolean {
  return isPlain(text, '', 150)
}

/** Also a colon, which separates the parts of a scope. The longest is `user:memberof:` and a global id. */
export function isScopeName(text: string): boolean {
  return isPlain(text, ':', 164)
}

/** Also a colon and a slash: audiences and issuers may be URLs. */
export function isAudienceName(text: string): boolean {
  return isPlain(text, ':/', 150)
}

/**
 * @param more characters that are allowed, too.
 * @param longest in code points.
 */
function isPlain(text: string, more: string, longest: number): boolean {
  // ASCII first, and no literal below: to read the classes of Unicode takes most of the time, and few names need them.
  const isAllowed =
    new RegExp(`^[A-Za-z0-9${punctuation}${more}]+$`).test(text) ||
    // Some letters show nothing: those that Unicode calls ignorable, a joiner (U+2D7F), and fillers beyond the Basic
    // Multilingual Plane. Of the letters there, family names need Han. A heap of marks would strike out other text.
    new RegExp(
      `^(?!\\p{M})(?!.*\\p{M}{5})(?:(?!\\p{Default_Ignorable_Code_Point})(?![\\u2D7F\\u{10000}-\\u{10FFFF}])[\\p{L}\\p{M}\\p{Nd}]|(?=[\\u{20000}-\\u{3FFFF}])\\p{Script=Han}|[${punctuation}${more}])+$`,
      'u',
    ).test(text)
  // A space at an end would not be seen.
  return isAllowed && !/^ | $/.test(text) && [...text].length <= longest
}

/** For a line of the log: a name with a space is in quotes, so that it cannot imitate the words around it. */
export function shownName(text: string): string {
  return text.includes(' ') ? `"${text}"` : text
}

/** `"a", "b"`: names for a message. */
export function listInQuotes(names: readonly string[]): string {
  return shortList(names.map(name => `"${name}"`))
}

/** An annotation is cut off after 4096 characters, and may have three lists. */
export function shortList(parts: readonly string[]): string {
  const more = parts.length - 6
  return parts.slice(0, 6).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/**
 * A value for an error message: the value in quotes where it is short and printable, otherwise a description of it.
 * It is never altered: a mask hides a value only as it is.
 *
 * @param verb between the input and the value: a list contains its values.
 */
export function quoteOrDescribe(value: string, verb = 'is'): string {
  return value.length <= 80 && isPrintable(value)
    ? `${verb} "${value}", which is not valid`
    : 'is too long or contains invalid characters'
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
