/**
 * The runner cancels a step with SIGINT, 7.5 s later with SIGTERM, and 2.5 s later kills it. The step ends at the first of
 * them: had it ignored SIGINT, the error would name SIGTERM.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { listen } from '../../sandbox/servers/http.ts'
import { causesIn, folder, issues, keyInputs, preload, runAgainst } from '../support/action.ts'
import { answer, type Behaviour, bytesThenNothing, drip, head } from '../support/faulty-server.ts'

// On Windows a signal ends a process at once, whatever the process does.
const onPosix = process.platform === 'win32' ? test.skip : test.concurrent

const cancelled = (name: NodeJS.Signals) =>
  expect.stringMatching(
    new RegExp(`^The step was cancelled \\(${name}\\) before a JWT was set.*"timeout-minutes".*\\[ERR_CANCELLED\\]$`),
  )

/** A step that can be sent a signal from here, at the moment that a server chooses. */
function signalledStep(name: string) {
  const file = join(folder, name)
  const nodeArguments = preload(`
    import { writeFileSync } from 'node:fs'
    writeFileSync(${JSON.stringify(file)}, String(process.pid))`)
  return { nodeArguments, send: (signal: NodeJS.Signals) => process.kill(Number(readFileSync(file, 'utf8')), signal) }
}

onPosix('SIGINT between two attempts', async () => {
  const signal = { name: 'SIGINT', afterOutput: /^Attempt 1 failed/m } as const
  const { run } = await runAgainst([answer(503, undefined, { 'retry-after': '50' })], { signal })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([cancelled('SIGINT'), 'The operation was canceled.'])
  expect(causesIn(run.log)).toEqual(['status 503'])
})

const places = [
  ['while waiting for headers', 'SIGTERM', bytesThenNothing('')],
  ['while the body drips', 'SIGINT', drip(head(200, { 'content-length': 500 }))],
] as const
for (const [place, name, behaviour] of places) {
  onPosix(`${name} ${place}`, async () => {
    const { send, nodeArguments } = signalledStep(place)
    const cancelling: Behaviour = exchange => {
      send(name)
      return behaviour(exchange)
    }
    const { run } = await runAgainst([cancelling], { nodeArguments })
    expect(run).toKeepPromises()
    expect(run.errors).toEqual([cancelled(name)])
  })
}

onPosix('SIGTERM after the first output: all of them are set', async () => {
  const nodeArguments = preload(`
    import fs from 'node:fs'
    import { syncBuiltinESMExports } from 'node:module'
    const { appendFileSync } = fs
    fs.appendFileSync = (...file) => {
      appendFileSync(...file)
      process.kill(process.pid, 'SIGTERM')
    }
    syncBuiltinESMExports()`)
  const { run } = await runAgainst([issues()], { nodeArguments })
  expect(run).toKeepPromises()
  expect(Object.keys(run.outputs)).toEqual(['jwt', 'expires-at', 'expires-in', 'identity', 'scope', 'ovc-user'])
  expect(run).toMatchObject({ exitCode: 0, env: { JWT: run.outputs['jwt'] } })
})

onPosix('SIGINT while OpenvCloud is asked: the JWT that was issued is not set', async () => {
  const { send, nodeArguments } = signalledStep('openvcloud')
  const silent = await listen({ record: () => {} }, () => {
    send('SIGINT')
    return new Promise(() => {})
  })
  try {
    const { run, jwts } = await runAgainst([issues()], {
      nodeArguments,
      inputs: { ...keyInputs, 'ovc-url': silent.origin },
    })
    expect(run).toKeepPromises()
    expect(run.errors).toEqual([cancelled('SIGINT')])
    expect(jwts).toHaveLength(1)
  } finally {
    await silent.close()
  }
})
