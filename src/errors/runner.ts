/** Errors of the runner and of the run itself. Each function returns the error. */

import { ActionError } from './error.ts'

export const runnerErrors = {
  fileMissing: (variable: string) =>
    new ActionError(
      'ERR_RUNNER_FILES',
      `${variable} does not name a file that can be written, so the JWT could not be set: run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act).`,
    ),

  fileDenied: (variable: string, code: string) =>
    new ActionError(
      'ERR_RUNNER_FILES_DENIED',
      `The file in ${variable} cannot be written (${code}), usually because the job's container runs as another user than the runner: set "options: --user root" for the container, or the runner's user id.`,
    ),

  outputsIncomplete: (code: string) =>
    new ActionError(
      'ERR_OUTPUTS_INCOMPLETE',
      `Could not finish writing the outputs (${code}), so later steps may have a part of them: check whether the runner's disk is full, and run the job again.`,
    ),

  cancelled: (signal: string) =>
    new ActionError('ERR_CANCELLED', `The step was cancelled (${signal}) before it had a JWT: run the job again.`),

  unexpected: (kind: string) =>
    new ActionError(
      'ERR_UNEXPECTED',
      `Unexpected error (${kind}). No JWT was set: please report it with the version of the action and this line.`,
    ),
}
