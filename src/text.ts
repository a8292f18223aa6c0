/** Text that comes from outside and goes into a line of the log. */

// C0, DEL, C1, line and paragraph separators, and the marks that reorder text: what could start a new line, hide
// text, or make it read differently. Unicode's own categories Cc and Cf, and Zl and Zp.
const unprintable = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]'

/**
 * Whether a text may stand in a log line, the summary or an output as it is: one line, nothing invisible, and no
 * `##[`, by which the runner still takes a command in the *middle* of a line (its old command syntax).
 */
export function isPrintable(text: string): boolean {
  // Plain ASCII first, and no literal above: to read the classes of Unicode takes 0.4 ms, and hardly any run needs them.
  return (/^[ -~]*$/.test(text) || !new RegExp(unprintable, 'u').test(text)) && !text.includes('##[')
}

/**
 * A value for an error sentence: the value in quotes where it is short and harmless, else a description of it.
 * It is never altered: a mask hides a value only as it is.
 */
export function describe(value: string): string {
  return value.length <= 80 && isPrintable(value)
    ? `is "${value}"`
    : 'holds characters or a length that cannot be right'
}

/** Plain text as text of HTML: the step summary is Markdown, which takes HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
