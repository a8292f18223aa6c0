/** What a program needs in order to use the sandbox, as JSON: the addresses, the public key and the API keys. */

import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Ays } from './servers/ays.ts'
import { defaultOrganizationKey, defaultUserKey, type ItsYouOnline } from './servers/itsyouonline.ts'
import type { OpenvCloud } from './servers/openvcloud.ts'

export type Servers = { itsyouonline: ItsYouOnline; openvcloud: OpenvCloud; ays: Ays }

/**
 * Writes the file so that only its owner can read it. It gets its name when it is whole: a program that waits for the file
 * can read it as soon as it exists.
 *
 * @throws the system's own error where the file cannot be written
 */
export function writeCredentials(file: string, { itsyouonline, openvcloud, ays }: Servers): void {
  const content = {
    'base-url': itsyouonline.url,
    'public-key': itsyouonline.publicKeyPem,
    'app-id': defaultUserKey.applicationId,
    secret: defaultUserKey.secret,
    username: defaultUserKey.username,
    organization: defaultOrganizationKey.globalId,
    'organization-secret': defaultOrganizationKey.secret,
    'openvcloud-url': openvcloud.url,
    'ays-url': ays.url,
  }
  const unfinished = `${file}.unfinished`
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(unfinished, file)
}

/** Removes the file: what it names ends with the servers. */
export function removeCredentials(file: string): void {
  rmSync(file, { force: true })
}
