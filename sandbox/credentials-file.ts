import { renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Ays } from './ays.ts'
import { defaultOrganizationKey, defaultUserKey, type ItsYouOnline } from './itsyouonline.ts'
import type { OpenvCloud } from './openvcloud.ts'

/** What a program needs in order to use the sandbox, as JSON: the addresses, the public key and the API keys. */

/**
 * Writes the file, for its owner's eyes only. It takes its name when it is whole, so that who waits for it can read it
 * as soon as it is there.
 *
 * @throws the system's own error where the file cannot be written
 */
export function writeCredentials(
  file: string,
  servers: { itsyouonline: ItsYouOnline; openvcloud: OpenvCloud; ays: Ays },
): void {
  const { itsyouonline, openvcloud, ays } = servers
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

/** Removes the file: what it names is gone when the servers are. */
export function removeCredentials(file: string): void {
  rmSync(file, { force: true })
}
