/** The stampede: many runs at once, with defaults, against an ItsYou.online that turns away what is above its limit. */

import { parseOptions, runCommand } from '../sandbox/command-line.ts'
import { startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'
import { printRuns, readNumber, runAll, runOnce } from './support/many-runs.ts'

const help = `Runs the built action many times at once, with its defaults, against a stand-in for
ItsYou.online on this machine that answers 429 with a Retry-After above so many requests a second.

Usage: npm run stampede -- [--runs <number>] [--parallel <number>] [--per-second <number>]

  --runs <number>        how many runs in all, 1 to 10000 (256, the default)
  --parallel <number>    how many at the same time, 1 to 256 (32, the default)
  --per-second <number>  how many requests a second are served, 1 to 1000 (20, the default)
  --help                 show this text

Exit code: 0 when all runs got their JWT, 1 when one did not, 2 for wrong arguments.
`

/** What the server asks those to wait whom it turns away. */
const retryAfterSeconds = 1

async function stampede(): Promise<number> {
  const options = parseOptions(
    {
      runs: { type: 'string', default: '256' },
      parallel: { type: 'string', default: '32' },
      'per-second': { type: 'string', default: '20' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    process.argv.slice(2),
  )
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const runs = readNumber('--runs', options.runs, 10_000)
  const parallel = readNumber('--parallel', options.parallel, 256)
  const perSecond = readNumber('--per-second', options['per-second'], 1000)
  const server = await startItsYouOnline({ rateLimit: { perSecond, retryAfterSeconds } })
  try {
    const ended = await runAll(runs, parallel, () => runOnce(server.url, server.publicKeyPem))
    return printRuns(ended, [
      ['  at the same time', parallel],
      ['requests', server.requests.length],
      ['  served a second', `at most ${perSecond}`],
      ['  answered with 429', server.requests.filter(request => request.status === 429).length],
    ])
  } finally {
    await server.close()
  }
}

await runCommand(stampede)
