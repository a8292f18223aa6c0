/**
 * How long a whole step takes, next to the least that asks for a JWT over HTTPS in Node (bench/https-script.cjs).
 *
 * The programs take turns, so that a machine that drifts hurts all alike. Every program asks the same servers, which
 * answer at once with one JWT. It is not a test: a figure depends on the machine.
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeCertificate } from '../__tests__/support/certificates.ts'
import { defaultUserKey, startItsYouOnline } from '../sandbox/itsyouonline.ts'

const HELP = `Usage: npm run bench -- [--runs 40] [--peer name=path/to/dist.js]...

  --runs   how often each program is measured, 1 to 1000 (default 40)
  --peer   another action to measure likewise, with the same inputs; how its run ends does not matter
  --help   this text
`

interface Program {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Whose median is the 1 in the column "ratio". */
  readonly ratioTo?: string
  readonly mayFail?: boolean
}

const root = fileURLToPath(new URL('..', import.meta.url))
const action = join(root, 'dist/index.js')
const script = join(root, 'scripts/bench/https-script.cjs')
const peakMemory = join(root, 'scripts/bench/peak-memory.cjs')

/** @returns milliseconds from the start of the program until it has ended and its output is read. */
function measure(program: Program, folder: string, extra: Record<string, string> = {}): Promise<number> {
  for (const file of ['output', 'env', 'summary']) writeFileSync(join(folder, file), '')
  const env = {
    PATH: process.env['PATH'] ?? '',
    GITHUB_OUTPUT: join(folder, 'output'),
    GITHUB_ENV: join(folder, 'env'),
    GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    ...program.env,
    ...extra,
  }
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const child = spawn(program.command, program.args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (text += data))
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0 || program.mayFail) resolve(performance.now() - start)
      else reject(new Error(`${program.name} ended with ${code}:\n${text}`))
    })
  })
}

/** One run more, through a preloaded file that notes the peak; only Node's programs can be asked so. */
async function peakMegabytes(program: Program, folder: string): Promise<string> {
  if (program.command !== process.execPath) return '-'
  const file = join(folder, 'peak')
  writeFileSync(file, '')
  const args = ['--require', peakMemory, ...program.args]
  await measure({ ...program, args }, folder, { PEAK_MEMORY_FILE: file })
  return (Number(readFileSync(file, 'utf8')) / 1024).toFixed(0)
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

async function serve(listener: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  const server = tls ? createHttpsServer(tls, listener) : createHttpServer(listener)
  server.unref()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function programs(folder: string, peers: readonly string[]): Promise<Program[]> {
  // One JWT from the sandbox, then a server that only hands it out: what is measured is the client.
  const iyo = await startItsYouOnline()
  const { applicationId, secret } = defaultUserKey
  const form = { grant_type: 'client_credentials', response_type: 'id_token', scope: 'user:name' }
  const body = new URLSearchParams({ ...form, client_id: applicationId, client_secret: secret })
  const jwt = await (await fetch(`${iyo.url}/v1/oauth/access_token`, { method: 'POST', body })).text()
  await iyo.close()
  const listener: RequestListener = (request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/jwt').end(jwt))
  }
  const certificate = await makeCertificate()
  const ca = join(folder, 'ca.pem')
  writeFileSync(ca, certificate.cert)

  const node = process.execPath
  const list: Program[] = [{ name: 'bare Node', command: node, args: ['-e', '0'], ratioTo: 'script, http' }]
  for (const [scheme, url] of [
    ['http', await serve(listener)],
    ['https', await serve(listener, certificate)],
  ] as const) {
    const ratioTo = `script, ${scheme}`
    const trust = { NODE_EXTRA_CA_CERTS: ca }
    const endpoint = `${url}/v1/oauth/access_token`
    const inputs = {
      ...trust,
      'INPUT_APP-ID': applicationId,
      INPUT_SECRET: secret,
      INPUT_SCOPE: 'user:name',
      INPUT_VALIDITY: '1h',
      'INPUT_BASE-URL': url,
      'INPUT_PUBLIC-KEY': iyo.publicKeyPem,
      'INPUT_ENV-VAR': 'JWT',
    }
    const variables = { ...trust, URL: endpoint, ID: applicationId, SECRET: secret, CA: ca }
    const curl =
      'JWT=$(curl -fsS --cacert "$CA" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET&response_type=id_token" "$URL")'
    list.push(
      { name: ratioTo, command: node, args: [script], env: variables, ratioTo },
      { name: `this action, ${scheme}`, command: node, args: [action], env: inputs, ratioTo },
      { name: `curl + bash, ${scheme}`, command: 'bash', args: ['-c', curl], env: variables, ratioTo, mayFail: true },
    )
    for (const peer of peers) {
      const [name = '', path = ''] = peer.split(/=(.*)/s)
      list.push({ name: `${name}, ${scheme}`, command: node, args: [path], env: inputs, ratioTo, mayFail: true })
    }
  }
  return list
}

async function bench(runs: number, peers: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const list = await programs(folder, peers)
    const times = new Map(list.map(program => [program.name, [] as number[]]))
    // The first round only fills the caches of the system.
    for (let round = -1; round < runs; round++) {
      for (const program of list) {
        const milliseconds = await measure(program, folder)
        if (round >= 0) times.get(program.name)?.push(milliseconds)
      }
    }
    const { model = 'unknown processor' } = cpus()[0] ?? {}
    process.stdout.write(
      `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${model.trim()}, ${new Date().toISOString().slice(0, 10)}\n\n` +
        `| program | n | min ms | median ms | max ms | ratio to the script | peak MB |\n|---|---:|---:|---:|---:|---:|---:|\n`,
    )
    for (const program of list) {
      const all = times.get(program.name) ?? []
      const ratio = median(all) / median(times.get(program.ratioTo ?? program.name) ?? [])
      const columns = [Math.min(...all), median(all), Math.max(...all)].map(value => value.toFixed(1))
      const peak = await peakMegabytes(program, folder)
      process.stdout.write(`| ${[program.name, all.length, ...columns, ratio.toFixed(2), peak].join(' | ')} |\n`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '40' },
    peer: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
})
const runs = Number(values.runs)
const badPeer = values.peer.find(peer => !/^[^=]+=.+$/s.test(peer))
if (values.help) {
  process.stdout.write(HELP)
} else if (!Number.isInteger(runs) || runs < 1 || runs > 1000 || badPeer !== undefined) {
  process.stdout.write(`--runs takes 1 to 1000, --peer takes name=path.\n\n${HELP}`)
  process.exitCode = 2
} else {
  await bench(runs, values.peer)
}
