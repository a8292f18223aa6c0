/** The scopes that known programs use, and which of them a misspelt one was meant to be. */

/**
 * The kinds of `user:` scopes in the server's documentation, and what may follow each: nothing, a label, or a name that has
 * to follow.
 */
const kinds: readonly (readonly [kind: string, follows: 'nothing' | 'label' | 'name'])[] = [
  ...['name', 'github', 'facebook', 'admin'].map(kind => [kind, 'nothing'] as const),
  ['memberof', 'name'],
  ...['organizations', 'address', 'email', 'phone', 'validated:email', 'validated:phone', 'bankaccount', 'publickey']
    .concat(['digitalwalletaddress', 'avatar', 'keystore', 'see', 'ownerof:email'])
    .map(kind => [kind, 'label'] as const),
]

/**
 * A `user:` scope that the server grants as it stands, though no known program uses it.
 *
 * @returns the likely scope that was meant, `''` where none is near; undefined for a scope of a known kind.
 */
export function likelyScope(scope: string): string | undefined {
  if (!scope.startsWith('user:')) return undefined
  const rest = scope.slice('user:'.length)
  // A label after a kind that takes none is not warned about: a warning must never be wrong.
  const isKnown = kinds.some(([kind, follows]) => `${rest}${follows === 'name' ? '' : ':'}`.startsWith(`${kind}:`))
  return isKnown ? undefined : nearestScope(rest)
}

/**
 * @param rest what follows `user:`.
 * @returns the scope of a known kind with the fewest mistyped letters; `''` where none is near.
 */
export function nearestScope(rest: string): string {
  const near = kinds.flatMap(([kind, follows]) =>
    // What separates the words may be mistyped, too: `member-of:x` and `memberof-x`. Not before a label: what follows could
    // be a part of a secret, which no mask hides.
    [/:/, ...(follows === 'label' ? [] : [/[:\-_. ]/])].map(separator => {
      const head = rest.split(separator).slice(0, kind.split(':').length).join(':')
      const label = follows === 'nothing' ? '' : rest.slice(head.length + 1)
      return { kind, follows, label, edits: distance(letters(head), letters(kind)) }
    }),
  )
  const [nearest] = near
    // All rights only where the letters are the same.
    .filter(({ kind, edits }) => edits <= (kind === 'admin' ? 0 : kind.length > 4 ? 2 : 1))
    .sort((a, b) => a.edits - b.edits)
  if (!nearest) return ''
  const isName = nearest.follows === 'name'
  const label = isName ? nearest.label.toLowerCase() || '<organization>' : nearest.label
  return `user:${nearest.kind}${label && `:${label}`}`
}

/** How many letters have to be inserted, left out, replaced or swapped to make one word of the other. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const at = (back: number, left: number) => rows[i - back]?.[j - left] ?? Number.POSITIVE_INFINITY
      const replaced = at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(Math.min(at(1, 0) + 1, (row[j - 1] ?? 0) + 1, replaced, isSwapped ? at(2, 2) + 1 : replaced))
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}

/** What is left of a word whose capitals, dashes and underscores make no difference. */
export function letters(word: string): string {
  return word.toLowerCase().replace(/[-_:. ]/g, '')
}
