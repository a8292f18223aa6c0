/** The command line of the sandbox: what may stand there, and what is wrong with it. */

import { readFileSync } from 'node:fs'
import { ExplainedError, parseOptions } from './command-line.ts'

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

Exit code: 0 when all passed, 1 when something failed, 2 for wrong arguments.`

const options = {
  port: { type: 'string', default: '0' },
  serve: { type: 'boolean', default: false },
  'credentials-file': { type: 'string' },
  'tls-certificate': { type: 'string' },
  'tls-key': { type: 'string' },
} as const

/** The highest port that leaves room for the two after it. */
const highestPort = 65_535 - 2

export type Arguments = {
  port: number
  serve: boolean
  credentialsFile: string | undefined
  tls: Tls | undefined
}

/** `file`: where the certificate is, for `NODE_EXTRA_CA_CERTS`. */
type Tls = { key: string; cert: string; file: string }

/**
 * Reads the arguments, and the files that `--tls-certificate` and `--tls-key` name.
 *
 * @param args without the program's own name
 * @throws ExplainedError for what cannot be used
 */
export function readArguments(args?: string[]): Arguments {
  const { port, serve, 'credentials-file': credentialsFile, ...files } = parseOptions(help, options, args)
  if (!/^\d{1,5}$/.test(port) || Number(port) > highestPort) {
    throw new ExplainedError(`--port takes a number from 0 to ${highestPort}, not "${port}".`, 2)
  }
  if (credentialsFile !== undefined && !serve) throw new ExplainedError('--credentials-file needs --serve.', 2)
  return { port: Number(port), serve, credentialsFile, tls: readTls(files['tls-certificate'], files['tls-key']) }
}

function readTls(certificate: string | undefined, key: string | undefined): Tls | undefined {
  if (certificate === undefined && key === undefined) return undefined
  if (certificate === undefined || key === undefined) {
    throw new ExplainedError('--tls-certificate and --tls-key need each other.', 2)
  }
  return { cert: readText(certificate), key: readText(key), file: certificate }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ExplainedError(`Cannot read ${file} (${(error as NodeJS.ErrnoException).code}).`, 2)
  }
}
