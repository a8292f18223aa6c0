/** How ItsYou.online reads, allows and grants scopes. */

import type { Holder, UserKey } from './keys.ts'

const memberOf = 'user:memberof:'

/** Splits a list at its commas and trims. A space separates nothing: `user:name user:email` is one, bogus, scope. */
export function splitList(list: string): string[] {
  return list
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => entry !== '')
}

/**
 * Whether a key with these rights may ask for the scope. The match is by prefix, and `user:admin` alone stands for all of
 * `user:`. So `user:admin` covers any `user:...`, known to the server or not, while `organization:owner` covers only what
 * starts with `organization:owner`.
 */
export function isAllowed(rights: Holder['rights'], scope: string): boolean {
  return scope.startsWith(rights) || (rights === 'user:admin' && scope.startsWith('user:'))
}

/** Leaves out, without a word, the membership of organizations that the person is not in. */
export function possible(key: UserKey, scopes: string[]): string[] {
  return scopes.filter(scope => !scope.startsWith(memberOf) || key.memberOf.includes(scope.slice(memberOf.length)))
}

/** The `[scope]:value` entries of `store_info=true`. They follow the scopes that they belong to. */
export function storedInfo(key: UserKey, scopes: string[]): string[] {
  return scopes.flatMap(scope => {
    const value = infoOf(key, scope)
    return value === undefined ? [] : [`[${scope}]:${value}`]
  })
}

function infoOf(key: UserKey, scope: string): string | undefined {
  if (scope === 'user:name') return `${key.firstname ?? ''} ${key.lastname ?? ''}`
  const labelled = /^user:(email|phone)(?::(.*))?$/.exec(scope)
  if (!labelled) return undefined
  return (labelled[1] === 'email' ? key.email : key.phone)?.[labelled[2] || 'main']
}

/** The user's grants, each with the prefix that marks it in a scope claim. */
export function grantsOf(key: UserKey): string[] {
  return (key.grants ?? []).map(grant => (grant.startsWith('grant:') ? grant : `grant:${grant}`))
}

/** The server joins and splits the list on its way into the claim: an empty list becomes one empty string. */
export function asClaim(scopes: string[]): string[] {
  return scopes.length === 0 ? [''] : scopes
}
