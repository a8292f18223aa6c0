/**
 * A Jest transform for GitHub's workflow libraries: they import JSON without the attribute that ECMAScript asks for, which
 * Jest takes with a warning for each, and Node not at all.
 */
export default {
  process: source => ({ code: source.replace(/^(import .* from "[^"]+\.json");$/gm, '$1 with { type: "json" };') }),
}
