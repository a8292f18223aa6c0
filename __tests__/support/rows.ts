/** Rows for `test.each` of values that are told the same: each value of a group, with what the group says. */
export function rowsOf(groups: Record<string, readonly string[]>): [value: string, says: string][] {
  return Object.entries(groups).flatMap(([says, values]) => values.map((value): [string, string] => [value, says]))
}
