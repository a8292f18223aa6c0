/** Workflow commands as the runner reads them: `::name key=value::message`, and the older `##[name key=value]message`. */

import { trim, trimStart } from './dotnet.ts'

export type Command = { command: string; properties: Record<string, string>; message: string }

/**
 * Finds a command in a line. The newer form must open the line, apart from spaces; the older one is found **anywhere** in it,
 * which is how text from a server that is printed as it came can give orders to the runner.
 *
 * @param isKnown whether the runner has a command of that name; an unknown one is just text
 */
export function parseCommand(line: string, isKnown: (name: string) => boolean): Command | undefined {
  return parseColons(trimStart(line), isKnown) ?? parseBrackets(line, isKnown)
}

function parseColons(line: string, isKnown: (name: string) => boolean): Command | undefined {
  const end = line.indexOf('::', 2)
  if (!line.startsWith('::') || end < 0) return undefined
  const head = splitHead(line.slice(2, end))
  if (!isKnown(head.name)) return undefined
  const escapes = { '%0D': '\r', '%0A': '\n' }
  return {
    command: head.name,
    properties: readProperties(trim(head.properties), ',', { ...escapes, '%3A': ':', '%2C': ',' }),
    message: unescaped(line.slice(end + 2), escapes),
  }
}

function parseBrackets(line: string, isKnown: (name: string) => boolean): Command | undefined {
  const start = line.indexOf('##[')
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  const head = splitHead(line.slice(start + 3, end))
  if (!isKnown(head.name)) return undefined
  const escapes = { '%3B': ';', '%0D': '\r', '%0A': '\n', '%5D': ']' }
  return {
    command: head.name,
    properties: readProperties(head.properties, ';', escapes),
    message: unescaped(line.slice(end + 1), escapes),
  }
}

function splitHead(head: string): { name: string; properties: string } {
  const space = head.indexOf(' ')
  return space < 0 ? { name: head, properties: '' } : { name: head.slice(0, space), properties: head.slice(space + 1) }
}

function readProperties(text: string, separator: string, escapes: Record<string, string>): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const pair of text.split(separator)) {
    const equals = pair.indexOf('=')
    const [name, value] = [pair.slice(0, equals), pair.slice(equals + 1)]
    if (equals > 0 && value !== '') properties[name] = unescaped(value, escapes)
  }
  return properties
}

/** `%25` comes last, so that `%250A` is the text `%0A` and not a line's end. */
function unescaped(text: string, escapes: Record<string, string>): string {
  let plain = text
  for (const [code, char] of Object.entries(escapes)) plain = plain.replaceAll(code, char)
  return plain.replaceAll('%25', '%')
}
