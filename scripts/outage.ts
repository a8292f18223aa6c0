/** The outage: many runs, with defaults, each against an ItsYou.online that is down when the run begins. */

import { parseOptions, runCommand } from '../sandbox/command-line.ts'
import { startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'
import { printRuns, type Run, readNumber, runAll, runOnce } from './support/many-runs.ts'

const help = `Runs the built action many times, with its defaults. Each run has a stand-in for
ItsYou.online of its own on this machine, which answers 503 for so many seconds from the first request on.

Usage: npm run outage -- [--runs <number>] [--parallel <number>] [--seconds <number>]

  --runs <number>      how many runs in all, 1 to 1000 (60, the default)
  --parallel <number>  how many at the same time, 1 to 64 (30, the default)
  --seconds <number>   how long each server is down, 1 to 60 (10, the default)
  --help               show this text

Exit code: 0 when all runs got their JWT, 1 when one did not, 2 for wrong arguments.
`

async function outage(): Promise<number> {
  const options = parseOptions(
    {
      runs: { type: 'string', default: '60' },
      parallel: { type: 'string', default: '30' },
      seconds: { type: 'string', default: '10' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    process.argv.slice(2),
  )
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const runs = readNumber('--runs', options.runs, 1000)
  const parallel = readNumber('--parallel', options.parallel, 64)
  const seconds = readNumber('--seconds', options.seconds, 60)
  return printRuns(await runAll(runs, parallel, () => runThrough(seconds)), [
    ['  at the same time', parallel],
    ['seconds of each outage', seconds],
  ])
}

async function runThrough(seconds: number): Promise<Run> {
  let end: number | undefined
  const server = await startItsYouOnline({
    proxy: () => {
      end ??= Date.now() + seconds * 1000
      return Date.now() < end ? { status: 503 } : undefined
    },
  })
  try {
    return await runOnce(server.url, server.publicKeyPem)
  } finally {
    await server.close()
  }
}

await runCommand(outage)
