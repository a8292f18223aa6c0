/** The two kinds of API key of ItsYou.online, and those that the sandbox knows unless told otherwise. */

import { randomBytes } from 'node:crypto'

/** A key that a person makes on their settings page: an application id and a secret. */
export type UserKey = {
  applicationId: string
  secret: string
  username: string
  /** The organizations that the person is a member or an owner of, by global id. */
  memberOf: string[]
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
}

/** A key of an organization: its client id is the organization's global id. */
export const defaultOrganizationKey = { globalId: 'my-org', secret: random(39) }
