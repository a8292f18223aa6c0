// Why this package exists: `@actions/http-client` imports `ProxyAgent` from undici at the top of its only file, and uses
// it in one method, `getAgentDispatcher`, which gives `fetch` a proxy. This action never calls `fetch`: its requests go
// through `node:https`, and proxies through `src/http/tunnel.ts`. The real undici would add 0.94 MB to a bundle that people review,
// and 25 ms to the start of every run. package.json names this folder as `undici`, and npm uses it for http-client too.
//
// If a later http-client calls this after all, the run ends with this sentence, not with a silent direct connection.
export class ProxyAgent {
  constructor() {
    throw new Error('undici is left out of this bundle (see stubs/undici/index.js): no proxy for fetch here')
  }
}
