/** The inputs "scope" and "audience": how their lists are read, and which mistakes are caught before any request. */

import { ActionError } from '../errors/error.ts'
import { isAudienceName, isScopeName } from '../shown.ts'
import { letters, nearestScope } from './spelling.ts'

/** A user's key and an organization's key with these can do everything that their owner can. */
export const allRights: ReadonlySet<string> = new Set(['user:admin', 'organization:owner'])

/**
 * The scopes of the input. Commas and newlines separate. A space separates, too, but a word without a colon belongs to the
 * scope before it, because the names of organizations and labels may have spaces: `user:memberof:cloud potatoes`.
 *
 * @throws ActionError for an empty list (the server would grant all rights), for what is a mistake for certain (the server
 *   would grant it as it stands, or refuse it with 401), and for all rights together with a refresh token.
 */
export function readScopes(value: string): string[] {
  const scopes = [...new Set(splitList(value).flatMap(joinWords))]
  if (!scopes.length) {
    const remedy =
      'write "user:name" for OpenvCloud, "user:memberof:<organization>" for AYS, or "organization:owner:ays" for an organization\'s key.'
    throw new ActionError('ERR_SCOPE_INVALID', 'scope', 'is empty', remedy)
  }
  for (const [at, scope] of scopes.entries()) {
    const mistake = mistakeIn(scope, scopes[at - 1] ?? '')
    if (mistake) throw new ActionError('ERR_SCOPE_INVALID', 'scope', ...mistake)
  }
  if (scopes.join() === 'offline_access') {
    throw new ActionError('ERR_SCOPE_UNSAFE', 'requests only offline_access, which the server grants with all rights')
  }
  const unsafe = scopes.includes('offline_access') ? scopes.find(growsToAllRights) : undefined
  if (unsafe !== undefined) {
    const found = `requests offline_access together with "${unsafe}", which leads to all rights or any membership`
    throw new ActionError('ERR_SCOPE_UNSAFE', found)
  }
  return scopes
}

/**
 * Whether a renewable JWT with this scope can be exchanged for all rights, or for the membership of any organization: the
 * server (`POST /v1/oauth/jwt`) grants what begins with a scope that the JWT has, so that `user:a` is enough.
 */
function growsToAllRights(scope: string): boolean {
  return [...allRights, 'user:memberof:'].some(all => all.startsWith(scope))
}

/** The audiences of the input. Only commas and newlines separate: a space belongs to the name. */
export function readAudiences(value: string): string[] {
  const audiences = splitList(value)
  const invalid = (found: string, remedy: string) => new ActionError('ERR_AUDIENCE_INVALID', 'audience', found, remedy)
  if (value && !audiences.length) throw invalid('contains no name', 'set the variables in it, or remove it.')
  if (!audiences.every(isAudienceName)) {
    const found = 'contains a character that is not accepted in an audience, or a name that is too long'
    throw invalid(found, 'write names, or URLs without a query, separated by commas or newlines.')
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
  for (const [, spaces = '', word = ''] of entry.matchAll(/([ \t]*)([^ \t]+)/g)) {
    const last = scopes.at(-1)
    const isOwnScope = last === undefined || /[^:]:/.test(word) || [word, last].some(isOfflineAccess)
    // A colon at an end, a dash or a quote is a mistake, which is found in the word itself.
    if (isOwnScope || last.endsWith(':')) scopes.push(word)
    else scopes[scopes.length - 1] = last + spaces + word
  }
  return scopes
}

/** Also where it is misspelt. A long scope is not searched again for each word that joins it. */
function isOfflineAccess(word: string): boolean {
  return word.length < 32 && letters(word) === 'offlineaccess'
}

/** What is wrong with a scope, and what to do; undefined where nothing is wrong for certain. */
function mistakeIn(scope: string, before: string): [found: string, remedy: string] | undefined {
  if (/(^|[ \t:]):|:$/.test(scope)) {
    const remedy = 'a variable is empty, or there is a space beside the colon. Set the variable, or remove the space.'
    return ['contains a scope with nothing before or after a colon', remedy]
  }
  if (/^[-'"`]|['"`]$|[;"[\]{}()]/.test(scope) || !isScopeName(scope)) {
    const remedy =
      'write scopes separated by commas or newlines, without quotation marks, brackets, dashes or semicolons.'
    return ['contains a character that no scope has, or is too long', remedy]
  }
  if (isOfflineAccess(scope) && scope !== 'offline_access') {
    return [`contains "${scope}", which is not a scope`, 'write "offline_access".']
  }
  if (/^user:memberof:.*[A-Z]/.test(scope)) {
    return [`contains "${scope}", but no organization's global id has capitals`, `write "${scope.toLowerCase()}".`]
  }
  if (/^(offline_access$|user:|organization:owner)/.test(scope)) return undefined
  return [`contains "${scope}", which is not a scope`, whatToWrite(scope, before)]
}

/** @param before the scope before it in the list. */
function whatToWrite(scope: string, before: string): string {
  if (before.startsWith('user:memberof:') && !scope.includes(':')) {
    return `write "user:memberof:${scope.toLowerCase()}" if it is an organization.`
  }
  if (/^organi[sz]ation(?!s)/i.test(scope)) {
    return 'write "organization:owner:ays" for an organization\'s key, or "user:memberof:<organization>" for a user\'s key.'
  }
  const nearest = nearestScope(scope.replace(/^user[-_:. ]/i, ''))
  return nearest
    ? `write "${nearest}".`
    : 'a scope is "offline_access", or begins with "user:", or with "organization:owner" for an organization\'s key.'
}
