/** What the token endpoint and the destinations start from: a server, its answer, and the JWT. */

import type { Server } from '../../src/address.ts'
import type { Ask } from '../../src/http/attempts.ts'
import type { Answer, Request } from '../../src/http/request.ts'
import type { Token } from '../../src/jwt/token.ts'

export const userToken: Token = {
  ...{ jwt: 'header.payload.signature', authorizedParty: 'app-1234', identity: 'jane', issuer: 'itsyouonline' },
  ...{ keyKind: 'user', scopes: ['user:name'], audiences: [], expiresAt: 0, refreshToken: undefined, verifiedAt: 0 },
}

const ofOrganization = { identity: 'my-org', keyKind: 'organization', scopes: ['organization:owner:ays'] } as const
export const organizationToken: Token = { ...userToken, ...ofOrganization }

export function serverOf(input: Server['input'], url: string): Server {
  return { input, url, name: url, proxy: undefined }
}

/** Text, as Go's `http.Error` and sanic send it. */
export function answerOf(status: number, changes: Partial<Answer> = {}): Answer {
  return { status, body: '', isWhole: true, mediaType: 'text/plain', hasChallenge: false, ...changes }
}

/** A server that gives the same answer to each request, and the requests. */
export function answering(answer: Answer): { ask: Ask; requests: [Request, Server][] } {
  const requests: [Request, Server][] = []
  const ask: Ask = async (...asked) => {
    requests.push(asked)
    return answer
  }
  return { ask, requests }
}

/** What no server of this action sends: something in between answered. */
export const foreignAnswers: Answer[] = [
  answerOf(400, { mediaType: 'text/html' }), // nginx: "The plain HTTP request was sent to HTTPS port"
  answerOf(400, { mediaType: '' }), // Go's TLS port: "Client sent an HTTP request to an HTTPS server."
  answerOf(401, { hasChallenge: true }), // a gateway with a login of its own
  answerOf(401, { mediaType: 'text/html', hasChallenge: true }),
  answerOf(401, { mediaType: 'application/json' }),
  answerOf(403, { mediaType: 'text/html' }), // a firewall for web applications
  answerOf(403),
  answerOf(405),
  answerOf(431, { mediaType: 'text/html' }),
  answerOf(204),
]
