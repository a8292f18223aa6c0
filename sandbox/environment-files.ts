/** The format of `GITHUB_OUTPUT`, `GITHUB_ENV` and `GITHUB_STATE`: `name=value` lines and heredocs. */

/** How the file is wrong, in the runner's words. */
export class MalformedFileError extends Error {}

/**
 * Reads the pairs one by one: those before a mistake have already counted when the mistake is found, as on GitHub.
 *
 * @throws MalformedFileError for a line that is neither form, and for a heredoc without its end
 */
export function* readPairs(file: string): Generator<[name: string, value: string]> {
  const lines = file.replace(/^\uFEFF/, '').split('\n')
  // Text that ends with a newline has no further line behind it.
  if (lines.at(-1) === '') lines.pop()

  for (let at = 0; at < lines.length; at++) {
    const line = withoutReturn(lines[at] ?? '')
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new MalformedFileError(`Invalid format '${line}'. Name must not be empty`)
      yield [line.slice(0, equals), line.slice(equals + 1)]
    } else if (heredoc >= 0) {
      const [name, delimiter] = [line.slice(0, heredoc), line.slice(heredoc + 2)]
      if (name === '' || delimiter === '') {
        throw new MalformedFileError(`Invalid format '${line}'. Name must not be empty and delimiter must not be empty`)
      }
      const end = lines.findIndex((text, index) => index > at && withoutReturn(text) === delimiter)
      if (end < 0) throw new MalformedFileError(`Invalid value. Matching delimiter not found '${delimiter}'`)
      yield [name, withoutReturn(lines.slice(at + 1, end).join('\n'))]
      at = end
    } else {
      throw new MalformedFileError(`Invalid format '${line}'`)
    }
  }
}

/** On Windows a carriage return before the newline belongs to the line's end; elsewhere it belongs to the value. */
function withoutReturn(line: string): string {
  return process.platform === 'win32' ? line.replace(/\r$/, '') : line
}
