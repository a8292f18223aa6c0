/**
 * How long a whole step takes, next to the least that asks for a JWT over HTTPS in Node (bench/https-script.cjs).
 *
 * The runs of the programs are interleaved, so a machine that gets slower affects all of them. Every program asks the same
 * servers, which answer at once with one JWT. This is not a test: the figures depend on the machine.
 */

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ExplainedError, parseOptions, runCommand } from '../sandbox/command-line.ts'
import { makeCertificate } from '../sandbox/servers/certificates.ts'
import { defaultUserKey, startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'

const help = `Usage: npm run bench -- [--runs 40] [--peer name=path/to/dist.js]...

  --runs   how often each program is measured, 1 to 1000 (default 40)
  --peer   another action to measure, with the same inputs; where its run fails, the table says so
  --help   show this text

Exit code: 0 when all is measured, 2 for wrong arguments.
`

type Program = {
  name: string
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** Whose median is the 1 in the column "ratio". */
  ratioTo?: string
  /** Not for this project's own programs: a run that fails is measured all the same. */
  mayFail?: boolean
}

type Result = {
  /** From the start of the program until it has ended and its output is read. */
  milliseconds: number
  exitCode: number | null
}

const root = fileURLToPath(new URL('..', import.meta.url))
const action = join(root, 'dist/index.js')
const script = join(root, 'scripts/bench/https-script.cjs')
const peakMemory = join(root, 'scripts/bench/peak-memory.cjs')

function measure(program: Program, folder: string, extra: Record<string, string> = {}): Promise<Result> {
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
    child.on('close', exitCode => {
      const milliseconds = performance.now() - start
      if (exitCode === 0 || program.mayFail) resolve({ milliseconds, exitCode })
      else reject(new Error(`${program.name} ended with ${exitCode}:\n${text}`))
    })
  })
}

/** One more run, with a preloaded file that records the peak. This works for Node's programs only. */
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
  // One JWT from the sandbox, then a server that only returns it: what is measured is the client.
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

  const hasCurl = spawnSync('bash', ['-c', 'curl --version'], { stdio: 'ignore' }).status === 0
  if (!hasCurl) process.stderr.write('Not measured: curl + bash. There is no bash here, or no curl.\n')
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
      'INPUT_BASE-URL': url,
      'INPUT_PUBLIC-KEY': iyo.publicKeyPem,
      'INPUT_ENV-VAR': 'JWT',
    }
    const variables = { ...trust, URL: endpoint, ID: applicationId, SECRET: secret, CA: ca }
    // As the product page has it.
    const curl =
      'JWT=$(curl -fsS --cacert "$CA" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET&response_type=id_token" "$URL")'
    list.push(
      { name: ratioTo, command: node, args: [script], env: variables, ratioTo },
      { name: `this action, ${scheme}`, command: node, args: [action], env: inputs, ratioTo },
    )
    if (hasCurl)
      list.push({ name: `curl + bash, ${scheme}`, command: 'bash', args: ['-c', curl], env: variables, ratioTo })
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
    const results = new Map(list.map(program => [program.name, [] as Result[]]))
    const timesOf = (name: string) => (results.get(name) ?? []).map(({ milliseconds }) => milliseconds)
    // The first round only fills the caches of the system.
    for (let round = -1; round < runs; round++) {
      for (const program of list) {
        const result = await measure(program, folder)
        if (round >= 0) results.get(program.name)?.push(result)
      }
    }
    const { model = 'unknown processor' } = cpus()[0] ?? {}
    process.stdout.write(
      `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${model.trim()}, ${new Date().toISOString().slice(0, 10)}\n\n` +
        `| program | n | min ms | median ms | max ms | ratio to the script | peak MB |\n|---|---:|---:|---:|---:|---:|---:|\n`,
    )
    for (const program of list) {
      const all = timesOf(program.name)
      const ratio = median(all) / median(timesOf(program.ratioTo ?? program.name))
      const columns = [Math.min(...all), median(all), Math.max(...all)].map(value => value.toFixed(1))
      const peak = await peakMegabytes(program, folder)
      const failed = results.get(program.name)?.find(({ exitCode }) => exitCode !== 0)
      const name = program.name + (failed ? ` (exit code ${failed.exitCode})` : '')
      process.stdout.write(`| ${[name, all.length, ...columns, ratio.toFixed(2), peak].join(' | ')} |\n`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @throws ExplainedError for an option that is wrong */
function readOptions(args: string[]): { help: boolean; runs: number; peers: readonly string[] } {
  const values = parseOptions(
    {
      runs: { type: 'string', default: '40' },
      peer: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
    args,
  )
  const runs = Number(values.runs)
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000) {
    throw new ExplainedError('--runs takes a whole number from 1 to 1000.', 2)
  }
  for (const peer of values.peer) {
    const [, file] = /^[^=]+=(.+)$/s.exec(peer) ?? []
    if (file === undefined) throw new ExplainedError('--peer takes name=path/to/dist.js.', 2)
    if (!existsSync(file)) throw new ExplainedError(`--peer names a file that does not exist: ${file}.`, 2)
  }
  return { help: values.help, runs, peers: values.peer }
}

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(help)
  else await bench(options.runs, options.peers)
  return 0
})
