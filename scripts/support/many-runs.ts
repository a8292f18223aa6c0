/** Many runs of the built action at once, each a job of its own, as in a matrix. Loopback only. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExplainedError } from '../../sandbox/command-line.ts'
import { Job } from '../../sandbox/runner/job.ts'
import { defaultUserKey } from '../../sandbox/servers/itsyouonline.ts'

const main = fileURLToPath(new URL('../../dist/index.js', import.meta.url))

export type Run = {
  readonly succeeded: boolean
  readonly attempts: number
  readonly seconds: number
  /** The error of a run that failed, as its log shows it. */
  readonly error: string
}

/** Runs the action once, with the defaults of action.yml for all that is about time. */
export async function runOnce(baseUrl: string, publicKey: string): Promise<Run> {
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
      },
      timeoutSeconds: 120,
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
export async function runAll(runs: number, parallel: number, runOne: () => Promise<Run>): Promise<Run[]> {
  if (!existsSync(main)) throw new ExplainedError('dist/index.js is not there: make it with "npm run build".', 1)
  const ended: Run[] = []
  let left = runs
  const lane = async () => {
    while (left-- > 0) ended.push(await runOne())
  }
  await Promise.all(Array.from({ length: parallel }, lane))
  return ended
}

/** @throws ExplainedError for anything but a whole number in these bounds. */
export function readNumber(name: string, text: string, most: number): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number < 1 || number > most) throw new ExplainedError(`${name} takes a whole number from 1 to ${most}.`, 2)
  return number
}

/** Prints the figures of all runs, with rows of the caller's before them. @returns the exit code */
export function printRuns(runs: readonly Run[], rows: readonly (readonly [string, string | number])[]): number {
  const seconds = runs.map(run => run.seconds).sort((a, b) => a - b)
  const failed = runs.filter(run => !run.succeeded)
  const all = [
    ['runs', runs.length],
    ['  succeeded', runs.length - failed.length],
    ...rows,
    ['most attempts by one run', Math.max(...runs.map(run => run.attempts))],
    ['seconds of a run, median', (seconds[Math.floor(seconds.length / 2)] ?? 0).toFixed(1)],
    ['seconds of a run, longest', (seconds.at(-1) ?? 0).toFixed(1)],
  ] as const
  const [first, second] = [0, 1].map(column => Math.max(...all.map(row => String(row[column as 0 | 1]).length)))
  for (const [name, value] of all) {
    process.stdout.write(`${name.padEnd(first ?? 0)}  ${String(value).padStart(second ?? 0)}\n`)
  }
  for (const error of new Set(failed.map(run => run.error))) process.stdout.write(`failed: ${error}\n`)
  return failed.length ? 1 : 0
}
