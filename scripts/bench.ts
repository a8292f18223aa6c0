/**
 * How long a whole step takes, next to the least that asks for a JWT in Node (bench/https-script.cjs).
 *
 * The runs of the programs are interleaved, so a machine that gets slower affects all of them. Every program asks the same
 * servers, which answer at once with one JWT. This is not a test: the figures depend on the machine.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseOptions, runCommand } from '../sandbox/command-line.ts'
import { inputVariable } from '../sandbox/runner/environment.ts'
import { makeStepFiles } from '../sandbox/runner/files.ts'
import { run } from '../sandbox/runner/process.ts'
import { makeCertificate } from '../sandbox/servers/certificates.ts'
import { listen } from '../sandbox/servers/http.ts'
import { defaultUserKey, inputsFor, startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'
import { median, readNumber } from './numbers.ts'

const help = `Usage: npm run bench -- [--runs 40]

  --runs   how often each program is measured, 1 to 1000 (default 40)
  --help   show this text

Exit code: 0 when all is measured, 1 when a program fails, 2 for wrong arguments.`

type Program = {
  name: string
  command: string
  args: readonly string[]
  env?: Readonly<Record<string, string>>
  /** The program whose median is the 1 in the column "ratio". */
  ratioTo: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const { execPath: node } = process

/** Runs the program once. @returns milliseconds, from its start until it has ended and its output is read */
async function measure({ name, command, args, env }: Program, folder: string): Promise<number> {
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '', ...makeStepFiles(folder), ...env }
  const start = performance.now()
  const program = { file: command, arguments: [...args], directory: folder, environment }
  const { exitCode, stdout, stderr } = await run({ ...program, onLine() {}, timeoutSeconds: 60 }).done
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}:\n${stdout}${stderr}`)
  return performance.now() - start
}

/** One more run, with a preloaded file that records the peak. This works only for Node's programs. */
async function peakMegabytes(program: Program, folder: string): Promise<string> {
  if (program.command !== node) return '-'
  const file = join(folder, 'peak')
  const args = ['--require', `${root}scripts/bench/peak-memory.cjs`, ...program.args]
  await measure({ ...program, args, env: { ...program.env, PEAK_MEMORY_FILE: file } }, folder)
  return (Number(readFileSync(file, 'utf8')) / 1024).toFixed(0)
}

/** One JWT from the sandbox, then servers that only return it: what is measured is the client. */
async function startServers() {
  const { issue, publicKeyPem: publicKey, close } = await startItsYouOnline()
  await close()
  const { applicationId: azp, username } = defaultUserKey
  const exp = Math.floor(Date.now() / 1000) + 86_400
  const body = await issue({ azp, exp, iss: 'itsyouonline', scope: ['user:name'], username })
  const certificate = await makeCertificate()
  const answer = () => ({ status: 200, headers: { 'content-type': 'application/jwt' }, body })
  const servers = [await listen({ record() {} }, answer), await listen({ record() {}, tls: certificate }, answer)]
  return { servers, certificate: certificate.cert, publicKey }
}

function programsFor(url: string, ca: string, publicKeyPem: string): Program[] {
  const scheme = new URL(url).protocol.replace(':', '')
  const ratioTo = `script, ${scheme}`
  const { applicationId, secret } = defaultUserKey
  const variables = Object.entries(inputsFor({ url, publicKeyPem })).map(([name, text]) => [inputVariable(name), text])
  const inputs = { NODE_EXTRA_CA_CERTS: ca, ...Object.fromEntries(variables) }
  const endpoint = `${url}/v1/oauth/access_token`
  const env = { NODE_EXTRA_CA_CERTS: ca, CA: ca, URL: endpoint, ID: applicationId, SECRET: secret }
  // As the product page has it.
  const curl =
    'JWT=$(curl -fsS --cacert "$CA" -d "grant_type=client_credentials&client_id=$ID&client_secret=$SECRET&response_type=id_token" "$URL")'
  return [
    { name: ratioTo, command: node, args: [`${root}scripts/bench/https-script.cjs`], env, ratioTo },
    { name: `this action, ${scheme}`, command: node, args: [`${root}dist/index.js`], env: inputs, ratioTo },
    { name: `curl + bash, ${scheme}`, command: 'bash', args: ['-c', curl], env, ratioTo },
  ]
}

async function bench(runs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const { servers, certificate, publicKey } = await startServers()
  try {
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, certificate)
    const bare = { name: 'bare Node', command: node, args: ['-e', '0'], ratioTo: 'script, http' }
    const all = [bare, ...servers.flatMap(({ origin }) => programsFor(origin, ca, publicKey))]
    const hasCurl = spawnSync('bash', ['-c', 'curl --version'], { stdio: 'ignore' }).status === 0
    const programs = all.filter(({ command }) => command === node || hasCurl)
    const times = new Map(programs.map(({ name }) => [name, [] as number[]]))
    // The first round only fills the caches of the system.
    for (let round = -1; round < runs; round++) {
      for (const program of programs) {
        const milliseconds = await measure(program, folder)
        if (round >= 0) times.get(program.name)?.push(milliseconds)
      }
    }
    const { model = 'unknown processor' } = cpus()[0] ?? {}
    const today = new Date().toISOString().slice(0, 10)
    process.stdout.write(
      `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} cores, ${model.trim()}, ${today}\n\n` +
        `| program | n | min ms | median ms | max ms | ratio to the script | peak MB |\n|---|---:|---:|---:|---:|---:|---:|\n`,
    )
    for (const program of programs) {
      const own = times.get(program.name) ?? []
      const ratio = median(own) / median(times.get(program.ratioTo) ?? [])
      const columns = [Math.min(...own), median(own), Math.max(...own)].map(value => value.toFixed(1))
      const peak = await peakMegabytes(program, folder)
      process.stdout.write(`| ${[program.name, own.length, ...columns, ratio.toFixed(2), peak].join(' | ')} |\n`)
    }
  } finally {
    for (const server of servers) await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

await runCommand(async () => {
  const { runs } = parseOptions(help, { runs: { type: 'string', default: '40' } })
  await bench(readNumber('--runs', runs, 1000))
  return 0
})
