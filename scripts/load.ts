/** Many runs of the built action at once, each a job of its own, as in a matrix. Only loopback is used. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExplainedError, parseOptions, runCommand } from '../sandbox/command-line.ts'
import { Job } from '../sandbox/runner/job.ts'
import { defaultUserKey, inputsFor, type RecordedRequest, startItsYouOnline } from '../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../sandbox/servers/openvcloud.ts'
import { median, readNumber } from './numbers.ts'

const help = `Starts the built action many times at once, with its defaults, against servers of
the sandbox that are overloaded or down.

Usage: npm run load -- [--runs <number>] [--parallel <number>] [--timeout <time>]
           [--per-second <number>] [--outage <seconds>] [--openvcloud <what counts>]

  --runs <number>         how many runs in all, 1 to 1000 (100, the default)
  --parallel <number>     how many at the same time, 1 to 512 (as many as --runs)
  --timeout <time>        the action's input "timeout", such as 5m
  --per-second <number>   ItsYou.online answers 429 with "Retry-After: 1" above so many
                          requests a second
  --outage <seconds>      ItsYou.online answers 503 for so many seconds from the first
                          request on, 1 to 60
  --openvcloud <counts>   the runs check an OpenvCloud location that allows 20 requests
                          in 5 seconds: "accepted" counts only the requests that were
                          accepted, "all" also those that were rejected
  --help                  show this text

Exit code: 0 when all runs got their JWT, 1 when one did not, 2 for wrong arguments.`

const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))

const text = { type: 'string' } as const
const optionTypes = {
  runs: { type: 'string', default: '100' },
  ...{ parallel: text, timeout: text, 'per-second': text, outage: text, openvcloud: text },
} as const

type Run = { succeeded: boolean; repetitions: number; seconds: number; error: string }

async function runOnce(inputs: Record<string, string>): Promise<Run> {
  const job = new Job({ secrets: [defaultUserKey.secret] })
  try {
    const result = await job.runAction({ main, with: inputs, timeoutSeconds: 900 })
    return {
      succeeded: result.exitCode === 0 && result.outputs['jwt'] !== undefined,
      repetitions: result.log.match(/Attempt \d+ failed/g)?.length ?? 0,
      seconds: result.milliseconds / 1000,
      error: result.errors.join(' '),
    }
  } finally {
    job.dispose()
  }
}

/** Starts the next run whenever one has ended, so that as many as wished are always under way. */
async function runAll(runs: number, parallel: number, inputs: Record<string, string>): Promise<Run[]> {
  const ended: Run[] = []
  let left = runs
  const lane = async () => {
    while (left-- > 0) ended.push(await runOnce(inputs))
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  return ended
}

function requestRows(server: string, requests: readonly RecordedRequest[]): [string, number][] {
  const rejected = requests.filter(({ status }) => status !== 200)
  return Object.entries({ [`requests to ${server}`]: requests.length, '  rejected': rejected.length })
}

function print(runs: readonly Run[], requests: [string, number][]): void {
  const seconds = runs.map(run => run.seconds)
  const rows = [
    ['runs', runs.length],
    ['  succeeded', runs.filter(run => run.succeeded).length],
    ...requests,
    ['most repetitions by one run', Math.max(...runs.map(run => run.repetitions))],
    ['seconds of a run, median', median(seconds).toFixed(1)],
    ['seconds of a run, longest', Math.max(...seconds).toFixed(1)],
  ] as const
  for (const [name, value] of rows) process.stdout.write(`${name.padEnd(27)} ${String(value).padStart(6)}\n`)
  const errors = new Set(runs.filter(run => !run.succeeded).map(run => run.error))
  for (const error of errors) process.stdout.write(`failed: ${error}\n`)
}

async function load(): Promise<number> {
  const options = parseOptions(help, optionTypes)
  if (!existsSync(main)) throw new ExplainedError('dist/index.js does not exist: run "npm run build".', 2)
  const runs = readNumber('--runs', options.runs, 1000)
  const parallel = Math.min(runs, readNumber('--parallel', options.parallel ?? `${Math.min(runs, 512)}`, 512))
  const perSecond = options['per-second'] && readNumber('--per-second', options['per-second'], 1000)
  const outage = options.outage && readNumber('--outage', options.outage, 60)
  const { openvcloud, timeout } = options
  if (openvcloud !== undefined && openvcloud !== 'accepted' && openvcloud !== 'all') {
    throw new ExplainedError('--openvcloud takes "accepted" or "all".', 2)
  }

  let end: number | undefined
  const itsyouonline = await startItsYouOnline({
    ...(perSecond && { rateLimit: { perSecond, retryAfterSeconds: 1 } }),
    ...(outage && {
      proxy: () => {
        end ??= performance.now() + outage * 1000
        return performance.now() < end ? { status: 503 } : undefined
      },
    }),
  })
  const location = await startOpenvCloud({
    publicKeyPem: itsyouonline.publicKeyPem,
    users: { [defaultUserKey.username]: { accounts: [{ id: 1, name: 'my-account' }] } },
    requestLimit: { countsRejected: openvcloud === 'all' },
  })
  try {
    const ended = await runAll(runs, parallel, {
      ...inputsFor(itsyouonline),
      ...(openvcloud && { 'ovc-url': location.url }),
      ...(timeout && { timeout }),
    })
    print(ended, [
      ...requestRows('ItsYou.online', itsyouonline.requests),
      ...(openvcloud ? requestRows('OpenvCloud', location.requests) : []),
    ])
    return ended.every(run => run.succeeded) ? 0 : 1
  } finally {
    await Promise.all([itsyouonline.close(), location.close()])
  }
}

await runCommand(load)
