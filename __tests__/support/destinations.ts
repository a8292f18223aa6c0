/** What a check of OpenvCloud or AYS starts from. */

import type { Patience, Surroundings } from '../../src/http/attempts.ts'
import type { Token } from '../../src/jwt/token.ts'

export const userToken: Token = {
  jwt: 'header.payload.signature',
  authorizedParty: 'app-1234',
  identity: 'jane',
  issuer: 'itsyouonline',
  keyKind: 'user',
  scopes: ['user:name'],
  audiences: [],
  expiresAt: 0,
  refreshToken: undefined,
  signatureVerified: true,
}

export const organizationToken: Token = {
  ...userToken,
  identity: 'my-org',
  keyKind: 'organization',
  scopes: ['organization:owner'],
}

export function patience({ retries }: { retries: number }): Patience {
  return { end: Date.now() + 30_000, timeout: 30_000, retries }
}

/** Waits take no time, and lines of the log are kept. */
export function surroundings(lines: string[]): Surroundings {
  return {
    now: Date.now,
    random: () => 0,
    sleep: async () => {},
    cancelled: new Promise(() => {}),
    log: line => void lines.push(line),
  }
}
