/**
 * The runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and 2.5 s later kills it. The step ends at the first of
 * them: had it ignored SIGINT, the error would name SIGTERM.
 */

import { expect, test } from '@jest/globals'
import { remoteHost } from '../../sandbox/servers/certificates.ts'
import { type Fault, runFault, type Setting } from '../support/action.ts'
import { answer, type Behaviour, bytesThenNothing, drip, head } from '../support/faulty-server.ts'
import { startProxy } from '../support/proxy.ts'

const jwtHeaders = { 'content-type': 'application/jwt', 'content-length': 500 }

/** Runs a step that is cancelled: it ends at once, with one error and nothing set. */
async function runCancelled(name: NodeJS.Signals, fault: Omit<Fault, 'error' | 'inputs'>, setting?: Setting) {
  const error = new RegExp(
    `^The step was cancelled \\(${name}\\) before it had a JWT: run the job again\\. \\[ERR_CANCELLED`,
  )
  const { result } = await runFault({ inputs: { timeout: '60s' }, error, ...fault }, setting)
  expect(result.milliseconds).toBeLessThan(25_000)
}

/** The first attempt fails, which the log tells. The second follows within a second: two seconds later it waits. */
const whileWaiting = (name: NodeJS.Signals) => ({ name, afterOutput: /^Attempt 1 failed/m, afterMilliseconds: 2000 })
const waiting = (name: NodeJS.Signals, second: Behaviour) => {
  return { answers: () => [answer(503), second], signal: whileWaiting(name), requests: 2 }
}
const between = {
  answers: () => [answer(503, undefined, { 'retry-after': '25' })],
  signal: { name: 'SIGINT' as const, afterOutput: /^Attempt 1 failed/m },
  requests: 1,
  attempts: 2,
}

// On Windows a signal ends a process at once, whatever the process does.
const onPosix = process.platform === 'win32' ? test.skip : test.concurrent
const cases: [place: string, NodeJS.Signals, Omit<Fault, 'error'>][] = [
  ['between two attempts', 'SIGINT', between],
  ['while waiting for headers', 'SIGTERM', waiting('SIGTERM', bytesThenNothing(''))],
  ['while the body drips', 'SIGINT', waiting('SIGINT', drip(head(200, jwtHeaders)))],
]
for (const [place, name, fault] of cases) {
  onPosix(`${name} ${place}`, () => runCancelled(name, fault))
  onPosix(`${name} ${place}, over https and with "jwt"`, () =>
    runCancelled(name, fault, { scheme: 'https', grant: 'jwt' }),
  )
}

onPosix('SIGINT while waiting for a proxy', async () => {
  const proxy = await startProxy({ to: async () => 0, behaviours: [socket => socket.destroy(), () => {}] })
  try {
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}` }
    const fault = { answers: () => [], env, signal: whileWaiting('SIGINT'), requests: 0, attempts: 2 }
    await runCancelled('SIGINT', fault, { scheme: 'https', baseUrl: port => `https://${remoteHost}:${port}` })
    expect(proxy.requests).toHaveLength(2)
  } finally {
    await proxy.close()
  }
})
