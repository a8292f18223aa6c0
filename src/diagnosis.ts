/** What 400 and 401 probably mean, deduced from what was sent, without printing anything secret. */

/** A user's API key: application id and secret, from the settings page. */
const userKey = /^[\w-]{28}$/
/** An organization's: the server's own rule for a global id. */
const globalId = /^[a-z\d\-_\s.]{3,150}$/
const userSecretLength = 28
const organizationSecretLength = 52

/**
 * The likely cause of status 400 (a wrong id, a wrong secret, or a flow that is switched off; the server does not tell
 * which), and the remedy.
 */
export function whyRejected(appId: string, secret: string): string {
  if (appId.length === organizationSecretLength && (userKey.test(secret) || globalId.test(secret))) {
    return '"app-id" and "secret" are probably swapped; exchange them.'
  }
  if (/^["'`]|["'`]$/.test(secret)) return '"secret" has quotation marks around it; store it again without them.'
  if (/^["'`]|["'`]$/.test(appId)) return '"app-id" has quotation marks around it; store it again without them.'
  // No word about its length: it is a secret's.
  const again = "copy it again from the API key's page."
  if (![userSecretLength, organizationSecretLength].includes(secret.length)) {
    return `"secret" is not as long as a secret (28 or 52 characters), so it was probably cut or changed; ${again}`
  }
  if (userKey.test(appId) && secret.length !== userSecretLength) {
    return `"app-id" is a user's, and "secret" is not as long as a user's (28 characters); ${again}`
  }
  if (globalId.test(appId) && !userKey.test(appId) && secret.length !== organizationSecretLength) {
    return `"app-id" is an organization's, and "secret" is not as long as an organization's (52 characters); ${again}`
  }
  const wrong = '"app-id" or "secret" is wrong, or the key was deleted or made on another server'
  if (userKey.test(appId)) return `${wrong}; copy both again from the API key's page.`
  return `${wrong}, or the organization's API key has its "client credentials" flow switched off; check both on the API key's page.`
}

/** The likely cause of status 401 (a scope that this key may not have), and the remedy. */
export function whyRefused(appId: string, scopes: readonly string[]): string {
  if (scopes.every(scope => scope.startsWith('user:') || scope === 'offline_access') && scopes.length) {
    const them = scopes.length > 1 ? 'them' : 'it'
    return `a user's key may request ${them}, so this is probably an organization's key. Use a user's key for OpenvCloud; for AYS, leave "scope" empty.`
  }
  if (scopes.some(scope => scope.startsWith('organization:'))) {
    return userKey.test(appId)
      ? 'only an organization\'s key may request it, and this is a user\'s key; request user: scopes, such as "scope: user:name".'
      : 'an organization\'s key may request "organization:owner" and what begins with it, and nothing else; correct "scope".'
  }
  return 'scopes begin with "user:" for a user\'s key, and with "organization:owner" for an organization\'s key; correct "scope".'
}
