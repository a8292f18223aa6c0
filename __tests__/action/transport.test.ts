/** Attempts of the built action on real sockets; `unit/http/request.test.ts` has each way in which one can fail. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { type Fault, grants, runFault, schemes } from '../support/action.ts'
import { answer, bytesThenNothing, bytesThenReset, head } from '../support/faulty-server.ts'

const third: Fault = {
  answers: given => [bytesThenReset(''), answer(503), given.good],
  inputs: { retries: '2' },
  requests: 3,
  cause: /^(ECONNRESET|status 503)$/,
}
const settings = grants.flatMap(grant => schemes.map(scheme => ({ grant, scheme })))
test.concurrent.each(settings)('$grant over $scheme: a reset, 503, and then a JWT: succeeds', async setting => {
  await runFault(third, setting)
})

test.concurrent('no answer once: succeeds within the time', async () => {
  await runFault({
    answers: given => [bytesThenNothing(head(200, { 'content-length': 500 })), given.good],
    inputs: { timeout: '6s' },
    requests: 2,
    cause: /^no whole answer in time$/,
  })
})

// A slow link, on loopback: Linux drops what wants to connect while the queue of a listening port is full, and the client
// tries again after a second. Node alone would have gone on to the next address after 250 ms, which no one listens at.
const onLinux = process.platform === 'linux' ? test.concurrent : test.skip
onLinux('a name with two addresses, the first of which takes a second: connects at the first attempt', async () => {
  const code = `
    const server = require('node:http').createServer((request, response) => response.end('not a JWT'))
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)))
    // Accepts nothing for so long.
    process.stdin.once('data', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000))`
  // Stands in for the name server.
  const names = `
    import dns from 'node:dns'
    const addresses = [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }]
    dns.lookup = (host, options, callback) => callback(null, addresses)`
  const server = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] })
  const fillers: Socket[] = []
  try {
    const port = Number(String((await once(server.stdout, 'data'))[0]))
    server.stdin.write('now')
    await new Promise(resolve => setTimeout(resolve, 100))
    for (let at = 0; at < 6; at++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
    const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(names)}`]
    const one = { requests: 0, attempts: 1, inputs: { retries: '0', timeout: '20s' }, nodeArguments }
    const error = /answered with something else instead of a JWT/
    const { result } = await runFault(
      { answers: () => [], ...one, error },
      { baseUrl: () => `http://localhost:${port}` },
    )
    expect(result.milliseconds).toBeGreaterThan(900)
  } finally {
    for (const filler of fillers) filler.destroy()
    server.kill('SIGKILL')
  }
})
