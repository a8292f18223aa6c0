/** The two kinds of API key of ItsYou.online, and those that the sandbox knows unless told otherwise. */

import { randomBytes } from 'node:crypto'

/** A key that a person makes on their settings page: an application id and a secret. */
export type UserKey = {
  applicationId: string
  secret: string
  username: string
  /** The organizations that the person is a member or an owner of, by global id. */
  memberOf: string[]
  firstname?: string
  lastname?: string
  /** By label; a scope without a label means `main`. */
  email?: Record<string, string>
  /** By label; a scope without a label means `main`. */
  phone?: Record<string, string>
  /** What an organization granted to the person, with or without the `grant:` in front. */
  grants?: string[]
}

/** A key of an organization: its client id is the organization's global id. */
export type OrganizationKey = {
  globalId: string
  secret: string
  /** The switch "may be used in client credentials grant type" on the organization's page. */
  clientCredentials: boolean
}

/** Made anew in each process, so no secret stands in a file. The length is a multiple of 3: base64 without padding. */
function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}

export const defaultUserKey: UserKey = {
  applicationId: random(21),
  secret: random(21),
  username: 'deployer',
  memberOf: ['my-org'],
  firstname: 'Dee',
  lastname: 'Ployer',
  email: { main: 'deployer@example.com' },
  phone: { main: '+3200000000' },
}

export const defaultOrganizationKey: OrganizationKey = {
  globalId: 'my-org',
  secret: random(39),
  clientCredentials: true,
}

/** A key whose id and secret were right: who asks, and all that the key may do. */
export type Holder =
  | { kind: 'user'; clientId: string; key: UserKey; rights: 'user:admin' }
  | { kind: 'organization'; clientId: string; key: OrganizationKey; rights: 'organization:owner' }

/**
 * Finds the key that an id and a secret open. An organization key whose client credentials flow is off does not count as a key,
 * which is why the server's answer cannot tell it from a wrong secret.
 */
export function findHolder(
  users: UserKey[],
  organizations: OrganizationKey[],
  clientId: string,
  secret: string,
): Holder | undefined {
  const organization = organizations.find(key => key.globalId === clientId && key.secret === secret)
  if (organization?.clientCredentials) {
    return { kind: 'organization', clientId, key: organization, rights: 'organization:owner' }
  }
  const user = users.find(key => key.applicationId === clientId && key.secret === secret)
  return user && { kind: 'user', clientId, key: user, rights: 'user:admin' }
}
