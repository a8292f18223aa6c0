/** Inputs that are the address of a server, which the secret or the JWT travels to. */

import { inputErrors } from '../errors/inputs.ts'
import { isLoopback } from '../text.ts'

const examples: Readonly<Record<string, string>> = { 'ovc-url': 'my-location.example', 'ays-url': 'ays.example/api' }

/**
 * Checks the address of a server.
 *
 * @param name of the input.
 * @returns scheme, host and path prefix, without a trailing slash.
 * @throws ActionError for anything but an https address without user, query and fragment; http is for loopback only.
 */
export function readAddress(name: string, value: string): string {
  const invalid = (found: string, remedy: string) => inputErrors.inputInvalid(name, found, remedy)
  const example = `such as https://${examples[name] ?? 'itsyou.online'}`
  // Not the default: an unset variable must not send the secret of one server to another.
  if (!value) throw invalid('is empty', `a variable that is not set is empty; set it, or leave "${name}" out.`)
  // No value in these sentences: a URL may contain a password.
  // `localhost:8443` and `example.com:8443/path` would be URLs, of a scheme that no one knows.
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(value))
    throw invalid('does not start with https://', 'put https:// in front of it.')
  if (!URL.canParse(value)) throw invalid('is not a URL', `write the address of the server, ${example}.`)
  const url = new URL(value)
  if (value.includes('@')) {
    throw invalid('contains a user or password', `write the address alone, ${example}.`)
  }
  if (/[?#\\\s]/.test(value)) {
    throw invalid('contains a query, a fragment, a backslash or a space', `write the address alone, ${example}.`)
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw invalid(
      'does not start with https://',
      'write https://, because a credential travels to it; only a loopback address may use http.',
    )
  }
  return url.href.replace(/\/+$/, '')
}
