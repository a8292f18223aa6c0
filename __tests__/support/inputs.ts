/** Reads inputs in process, as the runner would give them: each one set, those of action.yml with a default by it. */

import { ActionError } from '../../src/errors/error.ts'
import { readInputs } from '../../src/inputs/inputs.ts'
import type { InputSource } from '../../src/inputs/source.ts'

export type Texts = Readonly<Record<string, string>>

const defaults: Texts = {
  'app-id': 'my-id',
  secret: 'my secret',
  scope: 'user:name',
  validity: '1h',
  'base-url': 'https://itsyou.online',
  'env-var': 'JWT',
  summary: 'false',
  retries: '5',
  timeout: '60s',
}

export function sourceOf(inputs: Texts, env: Texts = {}, event: unknown = {}): InputSource {
  const all: Texts = { ...defaults, ...inputs }
  return { get: name => all[name] ?? '', env, event: () => event }
}

export function read(inputs: Texts, env?: Texts, event?: unknown): ReturnType<typeof readInputs> {
  return readInputs(sourceOf(inputs, env, event))
}

/** The message about inputs that are wrong. */
export function inputErrorFor(inputs: Texts, env?: Texts, event?: unknown): string {
  try {
    return `no error, but ${JSON.stringify(read(inputs, env, event))}`
  } catch (error) {
    if (error instanceof ActionError) return error.message
    throw error
  }
}
