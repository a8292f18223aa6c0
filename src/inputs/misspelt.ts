/** A misspelt `base-url` or `public-key`, with which the secret of one's own server would go to the public one. */

import { ActionError } from '../errors/error.ts'
import type { Environment } from './source.ts'

/**
 * Each runner sets `INPUT_...` for whatever is under `with:`, and fills in the default of the right input. All ways to
 * spell these two with other characters around and between the words, such as the hyphens that a page has in place of
 * dashes; capitals are gone.
 *
 * @param get an input of this action, where `base-url` has its default.
 * @throws ActionError where a misspelt input has another value than the right one. A wrapper's own input of such a name,
 *   which Gitea's runner passes on to this step, has the same value.
 */
export function refuseMisspelt(env: Environment, get: (name: string) => string | undefined): void {
  for (const [variable, value = ''] of Object.entries(env)) {
    const wrong = /^INPUT_(.*)$/.exec(variable)?.[1]?.toLowerCase() ?? ''
    const isUrl = /^[^a-z\d]*base[^a-z\d]*ur[li][^a-z\d]*$/.test(wrong)
    const isKey = /^[^a-z\d]*public[^a-z\d]*key[^a-z\d]*$/.test(wrong)
    const right = isUrl ? 'base-url' : isKey ? 'public-key' : wrong
    if (right === wrong || normal(value) === normal(get(right) ?? '')) continue
    // What looks like the right name, or is not seen, is named: U+2011 is a hyphen.
    const shown = wrong.replace(
      /[^ -~]/gu,
      character => `(U+${character.codePointAt(0)?.toString(16).padStart(4, '0')})`,
    )
    throw new ActionError('ERR_INPUT_MISSPELT', shown, right)
  }
}

/** The same address may be written in more than one way. */
function normal(value: string): string {
  return URL.canParse(value) ? new URL(value).href : value.trim()
}
