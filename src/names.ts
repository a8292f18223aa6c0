/** Names that come from a server or an input and are shown in the log: of users, organizations, scopes and audiences. */

/** In characters (code points). The server's longest name, an organization's global id, has 150. */
const longest = 150

// What real names, e-mail addresses and labels need besides letters, marks and digits. Nothing that means something to a
// shell, to HTML or to the runner. Escaped: with one character beyond Latin 1, Node reads all of the bundle more slowly.
const marks = "\\-_.'\u2019\u00b7@+ "

/** A user's name or an organization's global id. */
export function isName(text: string): boolean {
  return isPlain(text, '')
}

/** Also a colon, which separates the parts of a scope. */
export function isScopeName(text: string): boolean {
  return isPlain(text, ':')
}

/** Also a colon and a slash: people use URLs. */
export function isAudienceName(text: string): boolean {
  return isPlain(text, ':/')
}

/** @param more characters that are allowed, too. */
function isPlain(text: string, more: string): boolean {
  // ASCII first, and no literal below: to read the classes of Unicode takes most of the time, and few names need them.
  const isAllowed =
    new RegExp(`^[A-Za-z0-9${marks}${more}]+$`).test(text) ||
    // Letters that show nothing, such as the Hangul fillers, are letters to Unicode, too.
    new RegExp(`^(?:(?!\\p{Default_Ignorable_Code_Point})[\\p{L}\\p{M}\\p{Nd}${marks}${more}])+$`, 'u').test(text)
  // A space at an end, or two in a row, would not be seen.
  return isAllowed && !/^ | $| {2}/.test(text) && [...text].length <= longest
}

/** For a line of the log: a name with a space is in quotes, so that it cannot imitate the words around it. */
export function shownName(text: string): string {
  return text.includes(' ') ? `"${text}"` : text
}
