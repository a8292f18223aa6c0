/**
 * The stampede: many runs of the built action at once, against an ItsYou.online that turns away what is above its limit.
 * All have to get their JWT within the default "timeout". Loopback only.
 *
 * With "retries: 10", as the README advises for a large matrix: a server that is full for ten seconds gives a run the same
 * chance at each attempt, and with the default of 3 about one run in twenty is turned away four times.
 */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { defaultUserKey, startItsYouOnline } from '../sandbox/itsyouonline.ts'
import { Job } from '../sandbox/runner.ts'

const help = `Runs the built action many times at once, against a stand-in for ItsYou.online on this
machine that answers 429 with a Retry-After above so many requests a second.

Usage: npm run stampede -- [--runs <number>] [--parallel <number>] [--per-second <number>]

  --runs <number>        how many runs in all, 1 to 10000 (256, the default)
  --parallel <number>    how many at the same time, 1 to 256 (32, the default)
  --per-second <number>  how many requests a second are served, 1 to 1000 (20, the default)
  --help                 show this text

Exit code: 0 when all runs got their JWT, 1 when one did not, 2 for wrong arguments.
`

/** What the server asks those to wait whom it turns away. */
const RETRY_AFTER_SECONDS = 1

const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))

interface Options {
  readonly runs: number
  readonly parallel: number
  readonly perSecond: number
}

interface Run {
  readonly succeeded: boolean
  readonly attempts: number
  readonly seconds: number
  /** The error of a run that failed, as its log shows it. */
  readonly error: string
}

function readOptions(): Options | undefined {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '256' },
      parallel: { type: 'string', default: '32' },
      'per-second': { type: 'string', default: '20' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return undefined
  return {
    runs: readNumber('--runs', values.runs, 10_000),
    parallel: readNumber('--parallel', values.parallel, 256),
    perSecond: readNumber('--per-second', values['per-second'], 1000),
  }
}

function readNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most) throw new TypeError(`${name} takes a whole number from 1 to ${most}`)
  return number
}

/** Each run is a job of its own, as in a matrix: its files, its environment, its masks. */
async function runOnce(baseUrl: string, publicKey: string): Promise<Run> {
  const job = new Job({ secrets: [defaultUserKey.secret] })
  try {
    const result = await job.runAction({
      main,
      with: {
        'app-id': defaultUserKey.applicationId,
        secret: defaultUserKey.secret,
        scope: 'user:memberof:my-org',
        'base-url': baseUrl,
        'public-key': publicKey,
        retries: '10',
      },
    })
    return {
      succeeded: result.exitCode === 0 && result.outputs['jwt'] !== undefined,
      attempts: 1 + (result.log.match(/^Attempt \d+ failed/gm)?.length ?? 0),
      seconds: result.milliseconds / 1000,
      error: result.errors.join(' '),
    }
  } finally {
    job.dispose()
  }
}

/** Starts the next run whenever one has ended, so that as many as wished are always under way. */
async function runAll(options: Options, runOne: () => Promise<Run>): Promise<Run[]> {
  const ended: Run[] = []
  let left = options.runs
  const lane = async () => {
    while (left-- > 0) ended.push(await runOne())
  }
  await Promise.all(Array.from({ length: options.parallel }, lane))
  return ended
}

function table(rows: readonly (readonly [string, string | number])[]): string {
  const widths = [0, 1].map(column => Math.max(...rows.map(row => String(row[column as 0 | 1]).length)))
  return rows
    .map(([name, value]) => `${name.padEnd(widths[0] ?? 0)}  ${String(value).padStart(widths[1] ?? 0)}\n`)
    .join('')
}

/** @returns the exit code */
async function stampede(options: Options): Promise<number> {
  const server = await startItsYouOnline({
    rateLimit: { perSecond: options.perSecond, retryAfterSeconds: RETRY_AFTER_SECONDS },
  })
  try {
    const began = performance.now()
    const runs = await runAll(options, () => runOnce(server.url, server.publicKeyPem))
    const total = (performance.now() - began) / 1000
    const seconds = runs.map(run => run.seconds).sort((a, b) => a - b)
    const failed = runs.filter(run => !run.succeeded)
    process.stdout.write(
      table([
        ['runs', runs.length],
        ['  at the same time', options.parallel],
        ['  succeeded', runs.length - failed.length],
        ['requests', server.requests.length],
        ['  served a second', `at most ${options.perSecond}`],
        ['  answered with 429', server.requests.filter(request => request.status === 429).length],
        ['most attempts by one run', Math.max(...runs.map(run => run.attempts))],
        ['seconds of a run, median', (seconds[Math.floor(seconds.length / 2)] ?? 0).toFixed(1)],
        ['seconds of a run, longest', (seconds.at(-1) ?? 0).toFixed(1)],
        ['seconds in all', total.toFixed(1)],
      ]),
    )
    for (const error of new Set(failed.map(run => run.error))) process.stdout.write(`failed: ${error}\n`)
    return failed.length ? 1 : 0
  } finally {
    await server.close()
  }
}

try {
  const options = readOptions()
  if (!options) process.stdout.write(help)
  else if (existsSync(main)) process.exitCode = await stampede(options)
  else throw new TypeError('dist/index.js is not there: make it with "npm run build"')
} catch (error) {
  if (!(error instanceof TypeError)) throw error
  process.stderr.write(`${error.message.replace(/\.$/, '')}. --help shows what there is.\n`)
  process.exitCode = 2
}
