/** A name server that never answers: the step ends in time, although a look-up of a name cannot be ended. */

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { folder, keyInputs, preload, runAction, testWhere } from '../support/action.ts'
import { publicKeyPem } from '../support/forge.ts'

// A network of its own, where what is sent to this address is dropped. The look-up takes longer than the runner waits.
const resolver = join(folder, 'resolv.conf')
writeFileSync(resolver, 'nameserver 10.0.0.53\noptions timeout:30 attempts:5\n')
const network = `ip link set lo up && ip route add 10.0.0.53 dev lo && mount --bind '${resolver}' /etc/resolv.conf`
// dash would not pass on a variable with a dash in its name.
const inside = ['--user', '--map-root-user', '--mount', '--net', 'bash', '-c', `${network} && exec "$0" "$@"`]
const whereSilent = testWhere(spawnSync('unshare', [...inside, 'true']).status === 0, 'unshare, ip, mount and bash')

const inputs = { ...keyInputs, 'base-url': 'https://id.example.test', 'public-key': publicKeyPem }
const silent = { node: 'unshare', nodeArguments: [...inside, process.execPath] }

whereSilent('"timeout" ends the step, with its error', async () => {
  const run = await runAction({ ...silent, with: { ...inputs, retries: '0', timeout: '2s' } })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/DNS .*\(no answer in 2 s\).*\[ERR_DNS\]$/)])
})

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
  const run = await runAction({ node: 'unshare', nodeArguments: [...silent.nodeArguments, ...cancel], with: inputs })
  expect(run).toKeepPromises()
  expect(run.errors).toEqual([expect.stringMatching(/^The step was cancelled \(SIGTERM\).*\[ERR_CANCELLED\]$/)])
})
