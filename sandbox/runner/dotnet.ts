/** Where .NET, in which the runner is written, differs from JavaScript: U+0085 is white space, and U+FEFF is not. */

export function trimStart(text: string): string {
  return text.replace(/^(?:\u0085|[^\S\uFEFF])+/, '')
}

export function trim(text: string): string {
  return trimStart(text).replace(/(?:\u0085|[^\S\uFEFF])+$/, '')
}
