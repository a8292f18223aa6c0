import { describe, expect, test } from '@jest/globals'
import { remoteHost } from '../support/certificates.ts'
import { type Fault, grants, runFault, testFaults } from '../support/fault-run.ts'
import { answer, bytesThenNothing, drip, head } from '../support/faulty-server.ts'
import { startProxy } from '../support/proxy.ts'

/**
 * The runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and 2.5 s later kills it. The step ends at the first
 * of them: had it ignored SIGINT, the error would name SIGTERM.
 */

const jwtHeaders = { 'content-type': 'application/jwt', 'content-length': 500 }

function cancelled(name: NodeJS.Signals, place: string, more: Omit<Fault, 'name' | 'error'>): Fault {
  return {
    name: `${name} ${place}: ends at once, with one error and nothing handed on`,
    inputs: { timeout: '60s' },
    error: new RegExp(
      `^The step was cancelled \\(${name}\\) before it had a JWT, and nothing was handed on: run the job again\\.$`,
    ),
    ...more,
    check: ({ result }) => expect(result.milliseconds).toBeLessThan(25_000),
  }
}

/**
 * The first attempt fails, which the log tells. The second follows within half a second, so that a second and a half
 * later it has long been waiting.
 */
function whileWaiting(name: NodeJS.Signals): Fault['signal'] {
  return { name, afterOutput: /^Attempt 1 failed/m, afterMilliseconds: 1500 }
}

const signals = ['SIGINT', 'SIGTERM'] as const

const faults = signals.flatMap(name => [
  cancelled(name, 'between two attempts', {
    answers: () => [answer(503, undefined, { 'retry-after': '25' })],
    signal: { name, afterOutput: /^Attempt 1 failed/m },
    requests: 1,
    attempts: 2,
  }),
  cancelled(name, 'while waiting for headers', {
    answers: () => [answer(503), bytesThenNothing('')],
    signal: whileWaiting(name),
    requests: 2,
  }),
  cancelled(name, 'while waiting for the body', {
    answers: () => [answer(503), bytesThenNothing(head(200, jwtHeaders))],
    signal: whileWaiting(name),
    requests: 2,
  }),
  cancelled(name, 'while the body drips', {
    answers: () => [answer(503), drip(head(200, jwtHeaders))],
    signal: whileWaiting(name),
    requests: 2,
  }),
])

describe('over https', () => testFaults(faults, { scheme: 'https' }))

describe.each(grants)('with %s', grant => {
  testFaults(faults, { grant })

  test.concurrent.each(signals)('%s while waiting for a proxy: ends at once', async name => {
    const proxy = await startProxy({ to: async () => 0, behaviours: [socket => socket.destroy(), () => {}] })
    try {
      const fault = cancelled(name, '', {
        answers: () => [],
        env: { https_proxy: `http://127.0.0.1:${proxy.port}` },
        signal: whileWaiting(name),
        requests: 0,
        attempts: 2,
      })
      await runFault(fault, { scheme: 'https', grant, baseUrl: port => `https://${remoteHost}:${port}` })
      expect(proxy.requests).toHaveLength(2)
    } finally {
      await proxy.close()
    }
  })
})
