/** What a check of OpenvCloud or AYS starts from. */

import { afterAll, beforeEach, expect } from '@jest/globals'
import { listen, type Received, type Reply } from '../../sandbox/servers/http.ts'
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
  verifiedAt: 0,
}

const ofOrganization = { identity: 'my-org', keyKind: 'organization', scopes: ['organization:owner'] } as const
export const organizationToken: Token = { ...userToken, ...ofOrganization }

export function patience({ retries }: { retries: number }): Patience {
  return { end: Date.now() + 30_000, timeout: 30_000, retries }
}

/** Waits take no time, and no one reads the log. */
export const surroundings: Surroundings = {
  now: Date.now,
  random: () => 0,
  sleep: async () => {},
  cancelled: new Promise(() => {}),
  log: () => {},
}

type Check<T> = (token: Token, url: string, patience: Patience, surroundings: Surroundings) => Promise<T>

/** A server for all tests of a file, which gives the same answer to each request; `requests` and `lines` are a test's own. */
export async function checkedServer<T>(check: Check<T>, path = '') {
  const requests: Received[] = []
  const lines: string[] = []
  let reply: Reply
  const server = await listen({ record: () => {} }, async received => {
    requests.push(received)
    return reply
  })
  afterAll(() => server.close())
  beforeEach(() => {
    requests.splice(0)
    lines.splice(0)
  })

  /** @param scheme https for a client that does not know that this server speaks plain http */
  function run(answer: Reply, token: Token = userToken, retries = 0, scheme = 'http'): Promise<T> {
    reply = answer
    const log = (line: string) => void lines.push(line.replace(server.origin, 'URL'))
    return check(token, server.origin.replace('http', scheme) + path, patience({ retries }), { ...surroundings, log })
  }

  /** The error has to have the code; its message, with the server's address as `URL`. */
  async function errorFor(code: string, ...options: Parameters<typeof run>): Promise<string> {
    const error = await run(...options).then(
      () => new Error('none'),
      (error: Error) => error,
    )
    expect(error.message).toMatch(new RegExp(`\\[${code}\\]$`))
    return error.message.replaceAll(server.origin, 'URL')
  }
  return { requests, lines, run, errorFor }
}
