/** What the server's 400 and 401 mean, deduced from what was sent, without printing anything secret. */

type Kind = 'user' | 'organization' | 'neither'

/** A user's application id: of the random ones, five in ten million have no capital. */
function isApplicationId(appId: string): boolean {
  return /^[\w-]{28}$/.test(appId) && /[A-Z]/.test(appId)
}

/** An organization's: the server's own rule, with the dots of suborganizations. */
function isGlobalId(appId: string): boolean {
  return /^[a-z\d\-_\s.]{3,150}$/.test(appId)
}

function kindOfId(appId: string): Kind {
  return isApplicationId(appId) ? 'user' : isGlobalId(appId) ? 'organization' : 'neither'
}

function kindOfSecret(secret: string): Kind {
  return /^[\w-]{28}$/.test(secret) ? 'user' : /^[\w-]{52}$/.test(secret) ? 'organization' : 'neither'
}

/**
 * The likely cause of status 400 (a wrong id, a wrong secret, or a flow that is switched off; the server does not tell
 * which), and the remedy. The length of the id may be told; its text not, since it could be the secret.
 *
 * @param server the address of the server that was asked.
 */
export function clauseFor400(appId: string, secret: string, server: string): string {
  const again = "Copy both again from the API key's page."
  const same = 'Copy both from the same API key.'
  const notAnId = `"app-id" is not an application id, which is 28 letters (some capital), digits, "-" or "_" (this has ${[...appId].length} characters)`
  if (kindOfSecret(appId) === 'organization' && !isGlobalId(appId)) {
    return isGlobalId(secret)
      ? '"app-id" and "secret" of an organization\'s key are swapped. Exchange them.'
      : '"app-id" has the length of an organization\'s secret (52 characters). Put the organization\'s global id there.'
  }
  const clauses: Record<Kind, Record<Kind, string>> = {
    user: {
      user: `"app-id" and "secret" do not belong together (they are swapped, or one is wrong), or the key was deleted or is a key of another server. Copy both from a key on ${server}.`,
      organization: `"app-id" has the form of a user's, and "secret" has the length of an organization's (52 characters). ${same}`,
      neither: `"app-id" has the form of a user's, and "secret" does not: it is not 28 letters, digits, "-" or "_". It was probably cut or changed. ${again}`,
    },
    organization: {
      user: `${notAnId}, and "secret" has the length of a user's (28 characters). ${same}`,
      organization: `"app-id" or "secret" is wrong, the key was deleted or is a key of another server than ${server}, or "May be used in client credentials grant types" is off. Check the key on the organization's settings page.`,
      neither: `"secret" is not 28 (user) or 52 (organization) letters, digits, "-" or "_". It was probably cut or changed. ${again}`,
    },
    neither: {
      user: `${notAnId}. ${again}`,
      organization: isGlobalId(appId.toLowerCase())
        ? '"app-id" has capital letters, which no organization\'s global id has. Write the global id, which the organization\'s settings page shows.'
        : `"app-id" is not an organization's global id, and "secret" has the length of an organization's (52 characters). ${same}`,
      neither: `${notAnId}, and not a global id, which is 3 to 150 lower-case letters, digits, "-", "_", dots or spaces. "secret" is not 28 or 52 letters, digits, "-" or "_". ${again}`,
    },
  }
  return clauses[kindOfId(appId)][kindOfSecret(secret)]
}

/**
 * The cause of status 401: this kind of key may not have these scopes. With the remedy.
 *
 * @returns undefined where it may: then the answer is not the server's.
 */
export function clauseFor401(appId: string, scopes: readonly string[]): string | undefined {
  const isUser = isApplicationId(appId)
  if (isUser && scopes.some(scope => scope.startsWith('organization:'))) {
    return 'a user\'s key may not have "organization:" scopes. Write "scope: user:name" for OpenvCloud, or "scope: user:memberof:<organization>" for AYS.'
  }
  if (!isUser && scopes.some(scope => scope.startsWith('user:'))) {
    return 'an organization\'s key may not have "user:" scopes. For AYS, write "scope: organization:owner:ays". For OpenvCloud, use a user\'s key.'
  }
  return undefined
}
