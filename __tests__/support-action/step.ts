import { expect } from '@jest/globals'
import type { RecordedRequest } from '../../sandbox/http.ts'
import {
  defaultUserKey,
  type ItsYouOnline,
  type ItsYouOnlineOptions,
  startItsYouOnline,
} from '../../sandbox/itsyouonline.ts'
import { findLeaks, Job, type StepResult } from '../../sandbox/runner.ts'
import { main } from '../support/fault-run.ts'

/** The built action as one step of a job, against a sandbox of its own, with what holds for every run checked. */

export { main }

export type StepOptions = {
  /** Over the inputs of a good run; undefined leaves one out, so that the default of action.yml is taken. */
  with?: Record<string, string | undefined>
  env?: Record<string, string>
  event?: unknown
  server?: ItsYouOnlineOptions
  /** Makes inputs that depend on the server. */
  prepare?: (server: ItsYouOnline) => Promise<Record<string, string | undefined>> | Record<string, string | undefined>
  /** What must not be seen, besides the inputs "secret" and "jwt" and all that the step masks. */
  secrets?: string[]
  /** Whether to show debug lines as log; they are then checked for leaks, too. */
  debug?: boolean
}

export type Step = {
  result: StepResult
  requests: RecordedRequest[]
  /** The form of the first request. */
  form: Record<string, string>
  server: ItsYouOnline
}

/** Runs the action once. A good run unless the options say otherwise: a user's key, the scope user:name. */
export async function runStep(options: StepOptions = {}): Promise<Step> {
  const server = await startItsYouOnline(options.server)
  const job = new Job()
  try {
    const inputs: Record<string, string | undefined> = {
      'app-id': defaultUserKey.applicationId,
      secret: defaultUserKey.secret,
      scope: 'user:name',
      'base-url': server.url,
      'public-key': server.publicKeyPem,
      ...options.with,
      ...(await options.prepare?.(server)),
    }
    const given = Object.fromEntries(
      Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
    const result = await job.runAction({
      main,
      with: given,
      env: { ...options.env, ...(options.debug && { RUNNER_DEBUG: '1' }) },
      event: options.event,
    })
    const secrets = [inputs['secret'] ?? '', inputs['jwt'] ?? '', ...(options.secrets ?? [])]
    expectPromisesKept(result, secrets)
    const form = Object.fromEntries(new URLSearchParams(server.requests[0]?.body))
    return { result, requests: server.requests, form, server }
  } finally {
    job.dispose()
    await server.close()
  }
}

/** What holds in every run, good or bad. */
export function expectPromisesKept(result: StepResult, secrets: readonly string[]): void {
  expect(result).toMatchObject({ timedOut: false, signal: null, stderr: '' })
  expect([0, 1]).toContain(result.exitCode)

  // As the runner reads it, and as it was printed: one error in a failed run, and none in a good one.
  expect(result.errors).toHaveLength(result.exitCode ?? Number.NaN)
  const lines = result.stdout.split(/[\r\n]/)
  expect(lines.filter(line => line.trimStart().startsWith('::error'))).toHaveLength(result.exitCode ?? Number.NaN)
  expect(result.stdout).not.toContain('fault of its own')

  // Nobody but the action gives commands, it uses only these, and no mask is empty.
  for (const { command, message, properties } of result.commands) {
    expect(['add-mask', 'warning', 'error']).toContain(command)
    expect(message.trim()).not.toBe('')
    expect(properties).toEqual({})
  }

  // Once secrets are masked, nothing of them is left; the masks alone do that, since the job masked nothing before.
  const all = [...secrets.map(secret => secret.trim()), ...result.masks].filter(Boolean)
  // (The runner masks an uploaded summary likewise; that is not relied on here.)
  const readable = [result.log, result.summary, ...result.errors, ...result.warnings, ...result.notices]
  expect(findLeaks(readable.join('\n'), all)).toEqual([])

  if (result.exitCode === 1) expect(result).toMatchObject({ outputFile: '', envFile: '', summary: '', notices: [] })
}

/** A failed run that asked no server: its one error. */
export function errorBeforeRequests({ result, requests }: Step): string | undefined {
  expect(requests).toEqual([])
  expect(result.exitCode).toBe(1)
  return result.errors[0]
}
