import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Ays, startAys } from './ays.ts'
import { removeCredentials, writeCredentials } from './credentials-file.ts'
import { knownUsers, location, nodeFolder, runDemo } from './demo-job.ts'
import { defaultOrganizationKey, defaultUserKey, type ItsYouOnline, startItsYouOnline } from './itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from './openvcloud.ts'
import { Job } from './runner.ts'

/** The sandbox's one command: starts the servers, runs the action against them, and shows the log. */

const help = `Runs the action for real, without an account: against an ItsYou.online, an OpenvCloud
and an AYS server that live on this machine for as long as the command does.

Usage: npm run sandbox -- [--port <number>] [--serve] [--credentials-file <file>]
                          [--tls-certificate <file> --tls-key <file>]

  --port <number>            where ItsYou.online listens; OpenvCloud and AYS take the two
                             ports after it (0, the default: any free ports)
  --serve                    keep the servers up afterwards, until Ctrl-C
  --credentials-file <file>  with --serve: write the addresses and keys to this file, as
                             JSON that only its owner can read; removed at the end
  --tls-certificate <file>   let ItsYou.online speak https: its certificate for 127.0.0.1
                             (PEM), with the CA's behind it if it is not its own CA
  --tls-key <file>           the private key of that certificate (PEM)
  --help                     show this text

Exit code: 0 when all passed, 1 when something failed, 2 for wrong arguments.
`

const root = fileURLToPath(new URL('..', import.meta.url))
const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))

/** The highest port that leaves room for the two after it. */
const highestPort = 65_535 - 2

/** A problem that its message explains in full: no stack trace would add to it. */
class Explained extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

type Arguments = {
  port: number
  serve: boolean
  help: boolean
  credentialsFile: string | undefined
  tls: Tls | undefined
}

/** `file`: where the certificate is, for `NODE_EXTRA_CA_CERTS`. */
type Tls = { key: string; cert: string; file: string }

function readArguments(): Arguments {
  const { port, serve, help, 'credentials-file': credentialsFile, ...files } = parse()
  if (!/^\d{1,5}$/.test(port) || Number(port) > highestPort) {
    throw new Explained(`--port takes a number from 0 to ${highestPort}, not "${port}".`, 2)
  }
  if (credentialsFile !== undefined && !serve) throw new Explained('--credentials-file needs --serve.', 2)
  return { port: Number(port), serve, help, credentialsFile, tls: readTls(files['tls-certificate'], files['tls-key']) }
}

function readTls(certificate: string | undefined, key: string | undefined): Tls | undefined {
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined) {
    throw new Explained('--tls-certificate and --tls-key need each other.', 2)
  }
  return { cert: readText(certificate), key: readText(key), file: certificate }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Explained(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`, 2)
  }
}

function parse() {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '0' },
        serve: { type: 'boolean', default: false },
        'credentials-file': { type: 'string' },
        'tls-certificate': { type: 'string' },
        'tls-key': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    const [sentence] = (error as Error).message.split('. ')
    throw new Explained(`${sentence?.replace(/\.$/, '')}. --help shows what there is.`, 2)
  }
}

type Servers = { itsyouonline: ItsYouOnline; openvcloud: OpenvCloud; ays: Ays }

/** Starts the three, or none: what already listens is closed again when a later one cannot start. */
async function startServers({ port, tls }: Arguments, closers: (() => Promise<void>)[]): Promise<Servers> {
  const at = (offset: number) => (port === 0 ? 0 : port + offset)
  const itsyouonline = await startItsYouOnline({ port: at(0), tls }).catch(explainStart(at(0)))
  closers.push(itsyouonline.close)
  const { publicKeyPem } = itsyouonline
  const openvcloud = await startOpenvCloud({ publicKeyPem, knownUsers, location, port: at(1) }).catch(
    explainStart(at(1)),
  )
  closers.push(openvcloud.close)
  const organization = defaultOrganizationKey.globalId
  const ays = await startAys({ publicKeyPem, organization, port: at(2) }).catch(explainStart(at(2)))
  closers.push(ays.close)
  return { itsyouonline, openvcloud, ays }
}

function explainStart(port: number): (error: NodeJS.ErrnoException) => never {
  return error => {
    if (error.code === 'EADDRINUSE') throw new Explained(`Port ${port} is in use: choose another with --port.`, 1)
    if (error.code === 'EACCES') {
      throw new Explained(`Port ${port} is not allowed: choose one above 1023 with --port.`, 1)
    }
    if (error.code?.startsWith('ERR_OSSL_')) {
      throw new Explained(`The files of --tls-certificate and --tls-key do not fit (${error.code}).`, 1)
    }
    throw error
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

function describe({ itsyouonline, openvcloud, ays }: Servers, trusted: string | undefined): string {
  const curl = trusted === undefined ? 'curl' : `curl --cacert '${trusted}'`
  return `
The servers stay up until Ctrl-C:

  ItsYou.online  ${itsyouonline.url}
  OpenvCloud     ${openvcloud.url}
  AYS            ${ays.url}

A user key (user ${defaultUserKey.username}, member of ${defaultUserKey.memberOf.join(', ')}):
  app-id  ${defaultUserKey.applicationId}
  secret  ${defaultUserKey.secret}
An organization key:
  app-id  ${defaultOrganizationKey.globalId}
  secret  ${defaultOrganizationKey.secret}
The secrets were made at this start and open nothing but this sandbox, so they may be shown.

Try the exchange, with the body on standard input and so out of the process list:
  printf 'grant_type=client_credentials&response_type=id_token&client_id=%s&client_secret=%s' \\
    '${defaultUserKey.applicationId}' '${defaultUserKey.secret}' | ${curl} -d @- ${itsyouonline.url}/v1/oauth/access_token

For the action, with base-url: ${itsyouonline.url} and this public-key:
${itsyouonline.publicKeyPem}
`
}

/** @returns the exit code */
async function start(stop: AbortSignal): Promise<number> {
  const options = readArguments()
  if (options.help) {
    print(help)
    return 0
  }
  if (!existsSync(main)) throw new Explained('dist/index.js is not there: make it with "npm run build".', 1)

  const closers: (() => Promise<void>)[] = []
  const job = new Job({ workspace: root, secrets: [defaultUserKey.secret], path: [nodeFolder] })
  const stopped = once(stop, 'abort')
  try {
    const servers = await startServers(options, closers)
    const trusted = options.tls && resolve(options.tls.file)
    const demo = runDemo({ job, main, print, trusted, ...servers })
    // A job that was cut short by Ctrl-C ends in errors that nobody needs to see. It did not pass, though.
    demo.catch(() => {})
    const passed = await Promise.race([demo, stopped.then(() => false)])
    if (options.serve && !stop.aborted) {
      if (options.credentialsFile !== undefined) writeCredentials(options.credentialsFile, servers)
      print(describe(servers, trusted))
      await stopped
      if (options.credentialsFile !== undefined) removeCredentials(options.credentialsFile)
    }
    return passed ? 0 : 1
  } finally {
    job.dispose()
    await Promise.all(closers.map(close => close()))
  }
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())

try {
  process.exitCode = await start(stop.signal)
} catch (error) {
  if (!(error instanceof Explained)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}
