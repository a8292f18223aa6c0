/** Does an OpenvCloud location take the JWT, and which accounts does its user have there? */

import { destinationErrors } from '../errors/destinations.ts'
import type { Patience, Surroundings } from '../http/attempts.ts'
import { transientStatuses } from '../http/retry.ts'
import { type Token, userOf } from '../jwt/token.ts'
import { isPrintable, sharesText } from '../text.ts'
import { call, readList } from './call.ts'

export type Account = {
  readonly id: number
  readonly name: string
}

/**
 * Asks for the accounts of the JWT's user: a call that changes nothing, and that every user may make.
 *
 * @param url the address of the location, as the input `ovc-url` has it.
 * @param issuedBy the address of the identity server, for messages.
 * @returns the accounts whose name can be shown. The server's text reaches an output and the summary, so one whose name
 *   is not plain text, or has a part of the JWT or its refresh token in it, is left out.
 * @throws ActionError where OpenvCloud does not take the JWT or cannot be asked.
 */
export async function openvCloudAccounts(
  token: Token,
  url: string,
  issuedBy: string,
  patience: Patience,
  surroundings: Surroundings,
): Promise<Account[]> {
  // OpenvCloud answers these two with 500 and 401, which say nothing: they are never sent.
  const user = userOf(token)
  if (user === undefined) throw destinationErrors.ovcNeedsUser()
  if (token.audiences.length) throw destinationErrors.ovcAudience(token.audiences)

  const request = { method: 'POST', url: `${url}/restmachine/cloudapi/accounts/list` } as const
  const answer = await call(request, token.jwt, { url, input: 'ovc-url' }, patience, surroundings)
  if (answer.kind === 'answer') {
    if (answer.status === 401) throw destinationErrors.ovcRefused(url, issuedBy)
    if (transientStatuses.has(answer.status)) {
      throw destinationErrors.ovcUnavailable(url, answer.status, answer.attempts)
    }
  }
  const wrong = (found: string) => destinationErrors.notOpenvCloud(url, found)
  const list = readList(answer, wrong)
  // Not an error to OpenvCloud, but nothing can be deployed with it.
  if (!list.length) throw destinationErrors.ovcNoAccount(url, user)
  const accounts = list.filter(isAccount)
  if (!accounts.length) throw wrong('it did not answer with a list of accounts')
  surroundings.log(
    `OpenvCloud at ${url} accepts the JWT: ${accounts.length} ${accounts.length === 1 ? 'account' : 'accounts'}.`,
  )
  const secrets = [token.jwt, token.refreshToken ?? '']
  const isShown = (name: string) => name !== '' && isPrintable(name) && !sharesText(name, secrets)
  return accounts.filter(({ name }) => isShown(name)).map(({ id, name }) => ({ id, name }))
}

function isAccount(entry: unknown): entry is Account {
  const { id, name } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>
  return Number.isSafeInteger(id) && typeof name === 'string'
}
