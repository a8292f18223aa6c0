/** Reads inputs in process, as the runner would give them: each one set, those of action.yml with a default by it. */

import { readInputs } from '../../src/inputs/inputs.ts'

export type Texts = Readonly<Record<string, string>>

const defaults: Texts = {
  ...{ 'app-id': 'my-id', secret: 'my secret', scope: 'user:name', validity: '1h', 'env-var': 'JWT' },
  ...{ 'base-url': 'https://itsyou.online', summary: 'false', retries: '5', timeout: '60s' },
}

/** @throws ActionError for inputs that are wrong. */
export function read(inputs: Texts, env: Texts = {}, event: unknown = {}): ReturnType<typeof readInputs> {
  const all: Texts = { ...defaults, ...inputs }
  return readInputs({ get: name => all[name] ?? '', env, event: () => event })
}
