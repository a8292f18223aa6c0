// Why this package exists: `@actions/http-client` uses tunnel to reach a server through a proxy. This action has an agent
// of its own for that, src/http/tunnel.ts, because tunnel cannot reach an IPv6 server, gives every fault of a proxy the
// code of a lost connection, and cannot be closed. The real package would be 8 kB that never run. package.json names this
// folder as `tunnel`, and npm uses it for http-client too.
//
// http-client makes this agent before ours takes its place. If ours ever does not, the run ends with this sentence.
class LeftOut {
  addRequest() {
    throw new Error('tunnel is left out of this bundle (see stubs/tunnel/index.js)')
  }
}
const leftOut = () => new LeftOut()

export { leftOut as httpOverHttp, leftOut as httpOverHttps, leftOut as httpsOverHttp, leftOut as httpsOverHttps }
