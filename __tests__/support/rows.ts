/** Rows for `test.each`: each value of a group, with the text that the group shares. */
export function rowsOf(groups: Record<string, readonly string[]>): [value: string, says: string][] {
  return Object.entries(groups).flatMap(([says, values]) => values.map((value): [string, string] => [value, says]))
}
