/** `strategy:` of a job: for which values it runs, and whether one failure ends the others. */

export type Strategy = { failFast: boolean; combinations: Record<string, unknown>[] }

type Matrix = Record<string, unknown[]> & { include?: Record<string, unknown>[] }

/**
 * Expands a matrix: the product of its lists, or else the entries of `include`.
 *
 * @param strategy plain JSON, its expressions evaluated; undefined for a job that runs once
 * @throws Error for an empty matrix, as GitHub does, and for what is not known here
 */
export function readStrategy(strategy: unknown): Strategy {
  if (strategy === undefined) return { failFast: true, combinations: [{}] }
  const { matrix, 'fail-fast': failFast } = strategy as { matrix?: Matrix; 'fail-fast'?: boolean }
  return { failFast: failFast !== false, combinations: matrix ? expand(matrix) : [{}] }
}

function expand({ include, ...lists }: Matrix): Record<string, unknown>[] {
  const names = Object.keys(lists)
  if (names.includes('exclude') || (include && names.length > 0)) {
    throw new Error("the tests' runner knows a matrix of lists or of 'include', not both, and no 'exclude'")
  }
  const combinations =
    include ??
    names.reduce((all, name) => all.flatMap(entry => (lists[name] ?? []).map(value => ({ ...entry, [name]: value }))), [
      {},
    ] as Record<string, unknown>[])
  if (combinations.length === 0) throw new Error('Matrix must define at least one vector')
  return combinations
}
