/** The sandbox's one command: starts the servers, runs the action against them, and shows the log. */

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Arguments, readArguments } from './arguments.ts'
import { ExplainedError, runCommand } from './command-line.ts'
import { removeCredentials, type Servers, writeCredentials } from './credentials-file.ts'
import { location, runDemo, users } from './demo.ts'
import { Job } from './runner/job.ts'
import { startAys } from './servers/ays.ts'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from './servers/itsyouonline.ts'
import { startOpenvCloud } from './servers/openvcloud.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))

/** Starts all three. Each adds to `closers` once it listens, so that those are closed when a later one cannot start. */
async function startServers({ port, tls }: Arguments, closers: (() => Promise<void>)[]): Promise<Servers> {
  const at = (offset: number) => (port === 0 ? 0 : port + offset)
  const itsyouonline = await startItsYouOnline({ port: at(0), tls }).catch(explainStart(at(0)))
  closers.push(itsyouonline.close)
  const { publicKeyPem } = itsyouonline
  const openvcloud = await startOpenvCloud({ publicKeyPem, users, location, port: at(1) }).catch(explainStart(at(1)))
  closers.push(openvcloud.close)
  const organization = defaultOrganizationKey.globalId
  const ays = await startAys({ publicKeyPem, organization, port: at(2) }).catch(explainStart(at(2)))
  closers.push(ays.close)
  return { itsyouonline, openvcloud, ays }
}

function explainStart(port: number): (error: NodeJS.ErrnoException) => never {
  return error => {
    if (error.code === 'EADDRINUSE') throw new ExplainedError(`Port ${port} is in use: choose another with --port.`, 1)
    if (error.code === 'EACCES') {
      throw new ExplainedError(`Port ${port} is not allowed: choose one above 1023 with --port.`, 1)
    }
    if (error.code?.startsWith('ERR_OSSL_')) {
      throw new ExplainedError(`The files of --tls-certificate and --tls-key do not match (${error.code}).`, 1)
    }
    throw error
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

/** What a person needs to use the servers by hand. */
function instructions({ itsyouonline, openvcloud, ays }: Servers, trusted: string | undefined): string {
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
  if (!existsSync(main)) throw new ExplainedError('dist/index.js is missing: make it with "npm run build".', 1)

  const closers: (() => Promise<void>)[] = []
  // Node itself is in PATH, as `actions/setup-node` would put it there.
  const path = [dirname(process.execPath)]
  const job = new Job({ workspace: root, secrets: [defaultUserKey.secret], path })
  const stopped = once(stop, 'abort')
  try {
    const servers = await startServers(options, closers)
    const trusted = options.tls && resolve(options.tls.file)
    const demo = runDemo({ job, main, print, trusted, ...servers })
    // A job that Ctrl-C cut short ends in errors that no one needs to see. It did not pass, though.
    demo.catch(() => {})
    const passed = await Promise.race([demo, stopped.then(() => false)])
    if (options.serve && !stop.aborted) {
      if (options.credentialsFile !== undefined) writeCredentials(options.credentialsFile, servers)
      print(instructions(servers, trusted))
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

await runCommand(() => start(stop.signal))
