/** A name server that never answers: the step ends in time, although a look-up of a name cannot be ended. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { folder, keyInputs, preload, runAction, testWhere } from '../support/action.ts'
import { publicKeyPem } from '../support/forge.ts'

/** Node in a network of its own, where what is sent to the name server is dropped. */
function silent(options: string, ...unshare: string[]) {
  const file = join(folder, options.replaceAll(/\W/g, '-'))
  writeFileSync(file, `nameserver 10.0.0.53\noptions ${options}\n`)
  const network = `ip link set lo up && ip route add 10.0.0.53 dev lo && mount --bind '${file}' /etc/resolv.conf`
  // dash would not pass on a variable with a dash in its name.
  const shell = ['bash', '-c', `${network} && exec "$0" "$@"`, process.execPath]
  return { node: 'unshare', nodeArguments: ['--user', '--map-root-user', '--mount', '--net', ...unshare, ...shell] }
}
/** The look-up takes longer than the test's runner waits for a step. */
const long = silent('timeout:30 attempts:5')
const isPossible = spawnSync('unshare', [...long.nodeArguments, '--version']).status === 0
const whereSilent = testWhere(isPossible, 'unshare, ip, mount and bash')

const inputs = { ...keyInputs, 'base-url': 'https://id.example.test', 'public-key': publicKeyPem }
const twoSeconds = { ...inputs, retries: '0', timeout: '2s' }
const noAnswer = expect.stringMatching(/DNS .*\(no answer in time\).*\[ERR_DNS\]$/)

whereSilent('"timeout" ends the step, with its error', async () => {
  const run = await runAction({ ...long, with: twoSeconds })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([noAnswer])
})

whereSilent(
  'as the first process of a container, which no signal of its own ends, it ends after the look-up',
  async () => {
    const run = await runAction({ ...silent('timeout:3 attempts:1', '--pid', '--fork'), with: twoSeconds })
    expect(run).toKeepPromises()
    expect(run).toMatchObject({ exitCode: 1, errors: [noAnswer] })
  },
)

whereSilent('a cancellation ends the step, with its error', async () => {
  const cancel = preload(`
    import dns from 'node:dns'
    import { syncBuiltinESMExports } from 'node:module'
    const { lookup } = dns
    dns.lookup = (...options) => {
      lookup(...options)
      process.kill(process.pid, 'SIGTERM')
    }
    syncBuiltinESMExports()`)
  const run = await runAction({ ...long, nodeArguments: [...long.nodeArguments, ...cancel], with: inputs })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/^The step was cancelled \(SIGTERM\).*\[ERR_CANCELLED\]$/)])
})
