/**
 * What the packages in the bundle load of Node, or have V8 compile, each time they start, though a run may not use it:
 * here it is put off until it is used. Measured with `npm run bench`, together they save 5 ms of a run of 55 ms over http, and
 * 3 ms of one of 58 ms over https.
 *
 * `line` must be in the bundle exactly once, or the build fails: look then whether the package has changed, and whether
 * its item is still needed here.
 */

/** A module of Node of which the bundle uses these members only, as an object that loads it at their first use. */
function onDemand(name: string, ...members: readonly string[]): string {
  return `{ ${members.map(member => `get ${member}() { return require("${name}").${member}; }`).join(', ')} }`
}

const putOff: readonly { readonly line: RegExp; readonly becomes: string }[] = [
  {
    // http-client and tunnel, for https alone; see also src/preload.ts.
    line: /(?<=^module\.exports = )require\("https"\);$/gm,
    becomes: `${onDemand('https', 'Agent', 'request')};`,
  },
  {
    // tunnel, for a proxy alone.
    line: /(?<=^module\.exports = )require\("tls"\);$/gm,
    becomes: `${onDemand('tls', 'connect')};`,
  },
  {
    // tunnel: nothing there uses it.
    line: /^var assert = __nccwpck_require__\(\d+\);\n/gm,
    becomes: '',
  },
  {
    // @actions/core/lib/file-command.js: the global `crypto`, which jose needs anyway, has the same function.
    line: /(?<=^const external_crypto_namespaceObject = )require\("crypto"\);$/gm,
    becomes: '{ randomUUID: () => crypto.randomUUID() };',
  },
  {
    // @actions/core/lib/summary.js: `fs.promises` brings readline and more with it.
    line: /^const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;$/gm,
    becomes: `const access = (...args) => external_fs_namespaceObject.promises.access(...args);
const appendFile = (...args) => external_fs_namespaceObject.promises.appendFile(...args);
const writeFile = (...args) => external_fs_namespaceObject.promises.writeFile(...args);`,
  },
  {
    // jose/dist/webapi/lib/jws_verify.js: nothing uses it, but V8 reads Unicode's tables for its regular expressions.
    line: /^function encodeJsonUnencodedPayload\(payload\) \{\n(?: .*\n)*\}\n/gm,
    becomes: '',
  },
]

/**
 * @param bundle what ncc wrote.
 * @returns the same program, which starts sooner.
 * @throws Error where a line is not there exactly once.
 */
export function loadOnDemand(bundle: string): string {
  return putOff.reduce((text, { line, becomes }) => {
    const count = text.match(line)?.length ?? 0
    if (count !== 1) throw new Error(`scripts/on-demand.ts: found ${count} times in the bundle: ${line}`)
    return text.replace(line, becomes)
  }, bundle)
}
