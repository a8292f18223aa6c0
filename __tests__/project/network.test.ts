/** What leaves the machine: the built action connects to the servers that its inputs name, and does nothing else outside. */

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { run } from '../../sandbox/runner/process.ts'
import { startAys } from '../../sandbox/servers/ays.ts'
import { makeCertificate, remoteHost } from '../../sandbox/servers/certificates.ts'
import { defaultUserKey, startItsYouOnline } from '../../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'
import { temporaryFolder } from '../support/folder.ts'
import { root } from '../support/pages.ts'
import { startProxy } from '../support/proxy.ts'

const parent = temporaryFolder()
const recorder = `${root}__tests__/support/record-network.cjs`
const tls = await makeCertificate({ hosts: [remoteHost] })
const authority = join(parent, 'authority.pem')
writeFileSync(authority, tls.cert)

const itsyouonline = await startItsYouOnline()
const { publicKeyPem } = itsyouonline
const openvcloud = await startOpenvCloud({
  publicKeyPem,
  users: { [defaultUserKey.username]: { accounts: [{ id: 1, name: 'my-account' }] } },
})
const ays = await startAys({ publicKeyPem, organization: 'my-org' })
const remote = await startItsYouOnline({ tls })
const proxy = await startProxy({ to: async () => remote.port })
afterAll(() => Promise.all([itsyouonline, openvcloud, ays, remote, proxy].map(server => server.close())))

const inputs = {
  'INPUT_APP-ID': defaultUserKey.applicationId,
  INPUT_SECRET: defaultUserKey.secret,
  INPUT_SCOPE: 'user:memberof:my-org',
  'INPUT_BASE-URL': itsyouonline.url,
  'INPUT_PUBLIC-KEY': publicKeyPem,
  'INPUT_ENV-VAR': 'JWT',
  INPUT_SUMMARY: 'true',
}

/** Runs Node in a folder of its own, with the runner's files in it. @returns also what was recorded, where something was */
async function runNode(
  args: string[],
  environment: Record<string, string> = {},
  folder = mkdtempSync(join(parent, 'run-')),
) {
  const file = (name: string) => {
    writeFileSync(join(folder, name), '')
    return join(folder, name)
  }
  const [record, output] = [file('record'), file('output')]
  const files = { GITHUB_OUTPUT: output, GITHUB_ENV: file('env'), GITHUB_STEP_SUMMARY: file('summary') }
  const { exitCode, stderr, stdout } = await run({
    file: process.execPath,
    arguments: args,
    directory: folder,
    environment: { PATH: process.env['PATH'] ?? '', RECORD_FILE: record, ...files, ...environment },
    onLine: () => {},
    timeoutSeconds: 60,
  }).done
  const lines = readFileSync(record, 'utf8').split('\n').filter(Boolean)
  return { exitCode, stderr, stdout, lines, hasJwt: readFileSync(output, 'utf8').startsWith('jwt<<') }
}

const action = `${root}dist/index.js`
const connection = (port: number) => `TCPCONNECTWRAP 127.0.0.1 ${port}`

describe('a good run', () => {
  test.each<[name: string, environment: Record<string, string>, ports: number[]]>([
    ['connects to the server of "base-url"', {}, [itsyouonline.port]],
    [
      'connects to the servers of "base-url", "ovc-url" and "ays-url"',
      { 'INPUT_OVC-URL': openvcloud.url, 'INPUT_AYS-URL': ays.url },
      [itsyouonline.port, openvcloud.port, ays.port],
    ],
    [
      'connects to the proxy, which looks the name up',
      {
        'INPUT_BASE-URL': `https://${remoteHost}`,
        'INPUT_PUBLIC-KEY': remote.publicKeyPem,
        NODE_EXTRA_CA_CERTS: authority,
        https_proxy: `http://127.0.0.1:${proxy.port}`,
      },
      [proxy.port],
    ],
  ])('%s, and nowhere else', async (_name, environment, ports) => {
    const result = await runNode(['--require', recorder, action], { ...inputs, ...environment })
    expect(result).toMatchObject({ exitCode: 0, stderr: '', hasJwt: true, lines: ports.map(connection) })
  })
})

test('the record would show everything else', async () => {
  const script = `
    require('node:dns').lookup('localhost', () => {})
    const resolver = new (require('node:dns').Resolver)()
    resolver.setServers(['127.0.0.1:1'])
    resolver.resolve4('name.example.test', () => {})
    resolver.cancel()
    require('node:dgram').createSocket('udp4').close()
    require('node:net').createServer().listen(0, '127.0.0.1', function () { this.close() })
    new (require('node:worker_threads').Worker)('', { eval: true })
    require('node:child_process').spawn(process.execPath, ['--version'])`
  const { lines } = await runNode(['--require', recorder, '--eval', script])
  const kinds = [
    'GETADDRINFOREQWRAP localhost',
    'QUERYWRAP name.example.test',
    'UDPWRAP',
    'TCPSERVERWRAP',
    'WORKER',
    'PROCESSWRAP',
  ]
  expect(lines).toEqual(expect.arrayContaining(kinds))
})

describe('with the permissions of Node to read files and to write below one folder, and no others', () => {
  const runBelow = (folder: string, writable: string) =>
    runNode(['--permission', '--allow-fs-read=*', `--allow-fs-write=${writable}`, action], inputs, folder)

  test('the action does its work', async () => {
    const folder = mkdtempSync(join(parent, 'writable-'))
    expect(await runBelow(folder, folder)).toMatchObject({ exitCode: 0, stderr: '', hasJwt: true })
  })

  test('it could not write anywhere else', async () => {
    const [folder, other] = ['runner-', 'other-'].map(name => mkdtempSync(join(parent, name))) as [string, string]
    expect(await runBelow(folder, other)).toMatchObject({ exitCode: 1, hasJwt: false })
  })
})
