/**
 * The runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and 2.5 s later kills it. The step ends at the first of
 * them: had it ignored SIGINT, the error would name SIGTERM.
 */

import { expect, test } from '@jest/globals'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { type Fault, runFault, type Setting, testFaults } from '../support/action.ts'
import { answer, type Behaviour, bytesThenNothing, drip, head } from '../support/faulty-server.ts'
import { startProxy } from '../support/proxy.ts'

const jwtHeaders = { 'content-type': 'application/jwt', 'content-length': 500 }

/** On Windows a signal ends a process at once, whatever the process does. */
const isPosix = process.platform !== 'win32'

function cancelled(name: NodeJS.Signals, place: string, more: Omit<Fault, 'name' | 'error'>): Fault {
  return {
    name: `${name} ${place}: ends at once, with one error and nothing set`,
    inputs: { timeout: '60s' },
    error: new RegExp(
      `^The step was cancelled \\(${name}\\) before it had a JWT: run the job again\\. \\[ERR_CANCELLED`,
    ),
    ...more,
    check: ({ result }) => expect(result.milliseconds).toBeLessThan(25_000),
  }
}

/** The first attempt fails, which the log tells. The second follows within a second: two seconds later it waits. */
const whileWaiting = (name: NodeJS.Signals) => ({ name, afterOutput: /^Attempt 1 failed/m, afterMilliseconds: 2000 })

const waiting = (name: NodeJS.Signals, place: string, second: Behaviour) =>
  cancelled(name, place, { answers: () => [answer(503), second], signal: whileWaiting(name), requests: 2 })

const faults = [
  cancelled('SIGINT', 'between two attempts', {
    answers: () => [answer(503, undefined, { 'retry-after': '25' })],
    signal: { name: 'SIGINT', afterOutput: /^Attempt 1 failed/m },
    requests: 1,
    attempts: 2,
  }),
  waiting('SIGTERM', 'while waiting for headers', bytesThenNothing('')),
  waiting('SIGINT', 'while the body drips', drip(head(200, jwtHeaders))),
]
const settings: Setting[] = isPosix ? [{}, { scheme: 'https', grant: 'jwt' }] : []
for (const setting of settings) testFaults(faults, setting)

const onPosix = isPosix ? test.concurrent : test.skip
onPosix('SIGINT while waiting for a proxy: ends at once', async () => {
  const proxy = await startProxy({ to: async () => 0, behaviours: [socket => socket.destroy(), () => {}] })
  try {
    const fault = cancelled('SIGINT', '', {
      answers: () => [],
      env: { https_proxy: `http://127.0.0.1:${proxy.port}` },
      signal: whileWaiting('SIGINT'),
      requests: 0,
      attempts: 2,
    })
    await runFault(fault, { scheme: 'https', baseUrl: port => `https://${remoteHost}:${port}` })
    expect(proxy.requests).toHaveLength(2)
  } finally {
    await proxy.close()
  }
})
