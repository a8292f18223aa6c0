/** Errors of the check whether OpenvCloud or AYS takes the JWT. Each function returns the error. */

import { ActionError, attemptsInWords as inWords, listInQuotes } from './error.ts'

const notSet = 'so it was not set'

export const destinationErrors = {
  // --- OpenvCloud ---

  ovcNeedsUser: () =>
    new ActionError(
      'ERR_OVC_NEEDS_USER',
      `OpenvCloud answers 500 to the JWT of an organization's API key, ${notSet}: use the API key of a user in "app-id" and "secret", or leave "ovc-url" empty.`,
    ),

  ovcAudience: (audiences: readonly string[]) =>
    new ActionError(
      'ERR_OVC_AUDIENCE',
      `OpenvCloud rejects a JWT with an audience, and this one has ${listInQuotes(audiences)}, ${notSet}: get a JWT without an audience, or leave "ovc-url" empty.`,
    ),

  ovcNoAccount: (url: string, user: string) =>
    new ActionError(
      'ERR_OVC_NO_ACCOUNT',
      `OpenvCloud at ${url} accepts the JWT but has no account for "${user}", ${notSet}: have that user added to an account there, or use the API key of a user who is.`,
    ),

  ovcRefused: (url: string, server: string) =>
    new ActionError(
      'ERR_OVC_REFUSED',
      `OpenvCloud at ${url} refused the JWT (401), ${notSet}: its clock differs, or it trusts another ItsYou.online than ${server}; check "ovc-url" and "base-url", or ask its operator.`,
    ),

  ovcUnavailable: (url: string, status: number, attempts: number) =>
    new ActionError(
      'ERR_OVC_UNAVAILABLE',
      `OpenvCloud at ${url} is unavailable (status ${status} after ${inWords(attempts)}), and the JWT is not the cause: run the job again later, or leave "ovc-url" empty.`,
    ),

  notOpenvCloud: (url: string, found: string) =>
    new ActionError(
      'ERR_NOT_OPENVCLOUD',
      `${url} is not the address of an OpenvCloud location (${found}): write the address of its portal into "ovc-url", such as https://my-location.example.`,
    ),

  // --- AYS ---

  aysRefusedUser: (url: string, granted: readonly string[]) =>
    new ActionError(
      'ERR_AYS_REFUSED',
      granted.length
        ? `AYS at ${url} refused the JWT (401) with the scope ${listInQuotes(granted)}, ${notSet}: request "user:memberof:<organization>" for the organization that this AYS server is configured with in "scope".`
        : `AYS at ${url} refused the JWT (401), which has no scope "user:memberof:<organization>", ${notSet}: request it in "scope" for the organization that this AYS server is configured with.`,
    ),

  aysRefusedOrganization: (url: string, organization: string) =>
    new ActionError(
      'ERR_AYS_REFUSED',
      `AYS at ${url} refused the JWT (401) of the organization "${organization}", ${notSet}: use the API key of the organization that this AYS server is configured with, or of a member.`,
    ),

  aysRefusedAudience: (url: string, audiences: readonly string[]) =>
    new ActionError(
      'ERR_AYS_REFUSED',
      `AYS at ${url} refused the JWT (401) with the audience ${listInQuotes(audiences)}, ${notSet}: leave "audience" empty, or name the organization that this AYS server is configured with.`,
    ),

  aysUnavailable: (url: string, status: number, attempts: number) =>
    new ActionError(
      'ERR_AYS_UNAVAILABLE',
      `AYS at ${url} is unavailable (status ${status} after ${inWords(attempts)}): run the job again later, or leave "ays-url" empty.`,
    ),

  notAys: (url: string, found: string) =>
    new ActionError(
      'ERR_NOT_AYS',
      `${url} is not the address of an AYS server (${found}): write its address with its prefix into "ays-url", such as https://ays.example/api.`,
    ),
}
