/** Inputs that do not exist, but were probably meant for one that does. */

import { inputErrors } from '../errors/inputs.ts'
import { distance } from '../text.ts'

/**
 * Each runner sets `INPUT_...` for whatever stands under `with:`, and fills in the default of the right input. A misspelt
 * `base_url` would send the secret of a private server to the public one. Only names that mean nothing else are here: some
 * runners leak the inputs of a composite action into its steps, and `server-url` or `expiry` may belong to it.
 */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  'app-id': ['application-id', 'client-id', 'app-key', 'appid-key', 'global-id', 'iyo-app-id'],
  secret: ['client-secret', 'app-secret', 'application-secret', 'secrets', 'secret-key', 'api-secret', 'iyo-secret'],
  scope: ['scopes'],
  audience: ['audiences', 'aud'],
  validity: ['valid-for'],
  'base-url': ['base-uri', 'iyo-url', 'itsyouonline-url', 'identity-url'],
  'public-key': ['public-keys', 'pub-key', 'publickey-pem'],
  'ovc-url': ['openvcloud-url', 'ovc-uri'],
  'ays-url': ['ays-uri'],
  jwt: ['jwt-token', 'refresh-jwt', 'jwts'],
  'env-var': ['env-vars', 'env-variable'],
  summary: ['step-summary', 'job-summary'],
  retries: ['max-retries'],
  timeout: ['time-out', 'timeouts'],
}

/** Shorter names are too near to other words: `scope` to `score`. */
const shortestTyped = 6

/**
 * @param isMissing whether an input is missing: the workflow does not give it, and it would have an effect.
 * @throws ActionError for the first input that is misspelt, where the right one is missing.
 */
export function refuseMisspelt(
  env: Readonly<Record<string, string | undefined>>,
  isMissing: (name: string) => boolean,
): void {
  const wrong = Object.keys(env)
    .filter(variable => variable.startsWith('INPUT_'))
    .map(variable => ({ variable, name: variable.slice('INPUT_'.length).toLowerCase() }))
    .filter(({ name }) => !(name in synonyms))
  for (const [right, others] of Object.entries(synonyms)) {
    const found = wrong.find(({ variable, name }) => {
      // An empty one is no harm, except that the default of "base-url" is another server.
      if (!env[variable] && right !== 'base-url') return false
      const isSynonym = [right, ...others].some(known => bare(known) === bare(name))
      return isSynonym || (right.length >= shortestTyped && distance(bare(name), bare(right)) === 1)
    })
    if (found && isMissing(right)) throw inputErrors.misspelt(found.name, right)
  }
}

/** `base url` arrives with an underscore, `baseUrl` in upper case. */
function bare(name: string): string {
  return name.replace(/[-_]/g, '')
}
