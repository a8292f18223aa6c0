/** What leaves the machine: the built action connects to the servers that its inputs name, and does nothing else outside. */

import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { Job } from '../../sandbox/runner/job.ts'
import { startAys } from '../../sandbox/servers/ays.ts'
import { makeCertificate, remoteHost } from '../../sandbox/servers/certificates.ts'
import { defaultUserKey, inputsFor, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'
import { startProxy } from '../support/proxy.ts'

const folder = temporaryFolder()
const tls = await makeCertificate({ hosts: [remoteHost] })
const authority = join(folder, 'authority.pem')
writeFileSync(authority, tls.cert)

const itsyouonline = await startItsYouOnline()
const { publicKeyPem } = itsyouonline
const users = { [defaultUserKey.username]: { accounts: [{ id: 1, name: 'my-account' }] } }
const openvcloud = await startOpenvCloud({ publicKeyPem, users })
const ays = await startAys({ publicKeyPem, organization: 'my-org' })
const remote = await startItsYouOnline({ tls })
const proxy = await startProxy({ to: async () => remote.port })
afterAll(() => Promise.all([itsyouonline, openvcloud, ays, remote, proxy].map(server => server.close())))

const inputs = { ...inputsFor(itsyouonline), scope: 'user:memberof:my-org', summary: 'true' }

/** Runs a script as an action, with these arguments for Node. */
async function runNode(main: string, nodeArguments: string[], given: object = {}, env: object = {}) {
  const job = new Job()
  try {
    return await job.runAction({ main, nodeArguments, with: { ...inputs, ...given }, env: { ...env } })
  } finally {
    job.dispose()
  }
}

/** @returns also all that the script did with the network and with other processes */
async function runRecorded(main: string, given: object = {}, env: object = {}) {
  const record = join(mkdtempSync(join(folder, 'run-')), 'record')
  const recorder = `${root}__tests__/support/record-network.cjs`
  const result = await runNode(main, ['--require', recorder], given, { ...env, RECORD_FILE: record })
  return { ...result, recorded: readFileSync(record, 'utf8').split('\n').filter(Boolean) }
}

const action = `${root}dist/index.js`
const good = { exitCode: 0, stderr: '', outputs: { identity: 'deployer' } }

const others = { 'ovc-url': openvcloud.url, 'ays-url': ays.url }
const far = { 'base-url': `https://${remoteHost}`, 'public-key': remote.publicKeyPem }
const proxied = { NODE_EXTRA_CA_CERTS: authority, https_proxy: `http://127.0.0.1:${proxy.port}` }
test.each<[what: string, given: object, env: object, ports: number[]]>([
  ['server of "base-url"', {}, {}, [itsyouonline.port]],
  ['servers of "base-url", "ovc-url" and "ays-url"', others, {}, [itsyouonline.port, openvcloud.port, ays.port]],
  ['proxy, which looks the name up', far, proxied, [proxy.port]],
])('a good run connects to the %s, and nowhere else', async (_what, given, env, ports) => {
  const recorded = ports.map(port => `TCPCONNECTWRAP 127.0.0.1 ${port}`)
  expect(await runRecorded(action, given, env)).toMatchObject({ ...good, recorded })
})

test('the record would show everything else', async () => {
  const script = join(folder, 'script.cjs')
  writeFileSync(
    script,
    `
    require('node:dns').lookup('localhost', () => {})
    const resolver = new (require('node:dns').Resolver)()
    resolver.setServers(['127.0.0.1:1'])
    resolver.resolve4('name.example.test', () => {})
    resolver.cancel()
    require('node:dgram').createSocket('udp4').close()
    require('node:net').createServer().listen(0, '127.0.0.1', function () { this.close() })
    new (require('node:worker_threads').Worker)('', { eval: true })
    require('node:child_process').spawn(process.execPath, ['--version'])`,
  )
  const kinds = 'GETADDRINFOREQWRAP localhost,QUERYWRAP name.example.test,UDPWRAP,TCPSERVERWRAP,WORKER,PROCESSWRAP'
  expect((await runRecorded(script)).recorded).toEqual(expect.arrayContaining(kinds.split(',')))
})

test.each([
  ["it does its work with those of the runner's folder", join(realpathSync(tmpdir()), 'job-*'), good],
  ['it could not write anywhere else', join(folder, '*'), { exitCode: 1, outputs: {} }],
])('with the permissions of Node to read files and to write some, and no others, %s', async (_what, writable, end) => {
  const permissions = ['--permission', '--allow-fs-read=*', `--allow-fs-write=${writable}`]
  expect(await runNode(action, permissions)).toMatchObject(end)
})
