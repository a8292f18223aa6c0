// Why this package exists: `@actions/core` imports @actions/exec for one function, `platform.getDetails`, which asks
// programs for the name of the operating system. This action never calls it. The real package and what it brings would
// be a quarter of the bundle, and a reviewer would have to find out that `child_process` is not used. package.json names
// this folder as `@actions/exec`, and npm uses it for core too.
export async function getExecOutput() {
  throw new Error('@actions/exec is left out of this bundle (see stubs/actions-exec/index.js): no program is started')
}
