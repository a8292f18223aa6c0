/** Where the inputs come from. */

export type Environment = Readonly<Record<string, string | undefined>>

/** What the inputs are read from: the runner's answers, as plain values. */
export type InputSource = {
  /** An input, trimmed; undefined where the runner did not set it at all (it sets each, `''` for an empty one). */
  readonly get: (name: string) => string | undefined
  readonly env: Environment
  /** The payload of the event that started the workflow; only asked for when a credential is empty. */
  readonly event: () => unknown
}
