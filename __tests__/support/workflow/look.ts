/** What the tests of the examples look at. */

import { importSPKI, type JWTPayload, jwtVerify } from 'jose'
import type { World } from '../../../sandbox/example-world.ts'
import type { RecordedRequest } from '../../../sandbox/servers/http.ts'

/** The call and the status of a request, short enough to list: `cloudspaces/list 200`, `POST infra/aysrun 200`. */
export function brief({ method, path, status }: RecordedRequest): string {
  const cloudApi = /\/restmachine\/(?:cloudapi\/)?(.*)$/.exec(path)
  if (cloudApi) return `${cloudApi[1]} ${status}`
  return `${method} ${path.replace('/api/ays/repository', '').replace(/^\//, '')} ${status}`.replace('  ', ' ')
}

/**
 * The claims of a JWT that one of the servers got, its signature verified.
 *
 * @throws for none, and for one that the world's ItsYou.online did not sign
 */
export async function claimsOf(world: World, jwt: string | RecordedRequest | undefined): Promise<JWTPayload> {
  const text = typeof jwt === 'string' ? jwt : `${jwt?.headers['authorization']}`.replace(/^bearer /i, '')
  const key = await importSPKI(world.itsyouonline.publicKeyPem, 'ES384')
  const { payload } = await jwtVerify(text, key, { algorithms: ['ES384'], currentDate: new Date(0) })
  return payload
}

/** Seconds from now until the JWT expires. */
export function lifeOf({ exp }: JWTPayload): number {
  return (exp ?? 0) - Date.now() / 1000
}

/** The fields of a JSON body. */
export function bodyOf(request: RecordedRequest | undefined): Record<string, unknown> {
  return JSON.parse(request?.body ?? '')
}
