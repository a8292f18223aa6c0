/** The inputs "scope" and "audience": how their lists are read, and which mistakes are caught before any request. */

import { inputErrors } from '../errors/inputs.ts'
import { isAudienceName, isScopeName } from '../names.ts'
import { distance } from '../text.ts'

/**
 * The scopes of the input. Commas and newlines separate. A space separates, too, but a word without a colon belongs to the
 * scope before it, because the names of organizations and labels may have spaces: `user:memberof:cloud potatoes`.
 *
 * @throws ActionError for what is a mistake for certain: the server would grant it as it stands, or refuse it with 401.
 */
export function readScopes(value: string): string[] {
  const scopes = splitList(value).flatMap(joinWords)
  for (const scope of scopes) {
    const mistake = mistakeIn(scope)
    if (mistake) throw inputErrors.inputInvalid('scope', ...mistake)
  }
  return [...new Set(scopes)]
}

/** The audiences of the input. Only commas and newlines separate: a space belongs to the name. */
export function readAudiences(value: string): string[] {
  const audiences = splitList(value)
  if (!audiences.every(isAudienceName)) {
    throw inputErrors.inputInvalid(
      'audience',
      'contains a character that no audience has',
      'write names or URLs, separated by commas or newlines.',
    )
  }
  return [...new Set(audiences)]
}

function splitList(value: string): string[] {
  return value
    .split(/[,\r\n]/)
    .map(entry => entry.trim())
    .filter(Boolean)
}

function joinWords(entry: string): string[] {
  const scopes: string[] = []
  for (const word of entry.split(/[ \t]+/)) {
    const last = scopes.at(-1)
    const isOwnScope = last === undefined || word.includes(':') || [word, last].includes('offline_access')
    // A colon at an end, a dash or a quote is a mistake, which is found in the word itself.
    if (isOwnScope || last.endsWith(':')) scopes.push(word)
    else scopes[scopes.length - 1] = `${last} ${word}`
  }
  return scopes
}

/** What is wrong with a scope, and what to do; undefined where nothing is wrong for certain. */
function mistakeIn(scope: string): [found: string, remedy: string] | undefined {
  const list = 'separated by commas or newlines, such as user:name, user:email.'
  const without = (what: string) => `write scopes without ${what}, ${list}`
  const variable = 'set the variable, or remove the space.'
  if (scope.endsWith(':')) {
    const why = 'the variable that should follow is empty, or there is a space after the colon'
    return ['contains a scope that ends with a colon', `${why}; ${variable}`]
  }
  if (/^:|::/.test(scope)) {
    const why = 'a variable is empty, or there is a space before the colon'
    return ['contains a scope with nothing before a colon', `${why}; ${variable}`]
  }
  if (scope.startsWith('-')) return ['contains a dash of its own, as in a YAML list', without('it')]
  if (scope.includes(';')) return ['contains a semicolon', without('it')]
  if (/^['"`]|['"`]$|"/.test(scope)) return ['contains quotation marks', without('them')]
  if (/[[\]{}()]/.test(scope)) return ['contains brackets', without('them')]
  if (!isScopeName(scope)) return ['contains a character that no scope has, or is too long', `write names, ${list}`]
  return undefined
}

/**
 * The kinds of `user:` scopes in the server's documentation, and what may follow each: nothing, a label, or a name that has
 * to follow.
 */
const kinds: Readonly<Record<string, 'nothing' | 'label' | 'name'>> = {
  name: 'nothing',
  memberof: 'name',
  organizations: 'label',
  address: 'label',
  email: 'label',
  phone: 'label',
  'validated:email': 'label',
  'validated:phone': 'label',
  github: 'nothing',
  facebook: 'nothing',
  bankaccount: 'label',
  digitalwalletaddress: 'label',
  publickey: 'label',
  avatar: 'label',
  keystore: 'label',
  see: 'label',
  'ownerof:email': 'label',
  admin: 'nothing',
}

/**
 * A scope that the server grants as it stands, though no consumer knows it.
 *
 * @returns the likely scope that was meant, `''` where none is near; undefined for a scope of a known kind.
 */
export function likelyScope(scope: string): string | undefined {
  if (!scope.startsWith('user:')) return undefined
  const rest = scope.slice('user:'.length)
  // A label after a kind that takes none is not warned about: a warning must never be wrong.
  const isKnown = ([kind, follows]: [string, string]) =>
    `${rest}${follows === 'name' ? '' : ':'}`.startsWith(`${kind}:`)
  if (Object.entries(kinds).some(isKnown)) return undefined
  for (const [kind, follows] of Object.entries(kinds)) {
    // As many words as the kind has; what separates them may be mistyped, too.
    const words = rest
      .split(/[:\-_.= ]/)
      .slice(0, kind.split(':').length)
      .join(':')
    if (distance(words.toLowerCase(), kind) > (kind.length > 4 ? 2 : 1)) continue
    const label =
      follows === 'nothing' ? '' : rest.slice(words.length + 1) || (follows === 'name' ? '<organization>' : '')
    return `user:${kind}${label && `:${label}`}`
  }
  return ''
}
