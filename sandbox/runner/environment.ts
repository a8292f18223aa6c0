/** The environment that a step starts from on a fresh runner. */

import { homedir } from 'node:os'

/** Programs on Windows do not start, or find nothing, without these. */
const windowsNames = [
  'SystemRoot',
  'SystemDrive',
  'windir',
  'ComSpec',
  'PATHEXT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
]

/**
 * What is taken from the machine: nearly nothing. A proxy, a token or a `JWT` that happens to be set where the sandbox
 * runs must not decide what a step does.
 */
export function machineEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { HOME: process.env['HOME'] ?? homedir() }
  // NODE_V8_COVERAGE is for the sandbox's own use: it measures which lines of the action the tests reach.
  const names = ['PATH', 'NODE_V8_COVERAGE', ...(process.platform === 'win32' ? windowsNames : [])]
  for (const name of names) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}

/** Where a job's files are. */
export type Folders = { workspace: string; temp: string }

/** The `GITHUB_*` and `RUNNER_*` variables, with a made-up repository and run. */
export function runnerEnvironment({ workspace, temp }: Folders): Record<string, string> {
  const systems: Record<string, string> = { win32: 'Windows', darwin: 'macOS' }
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_JOB: 'deploy',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: 'your-org/your-repository',
    GITHUB_REPOSITORY_OWNER: 'your-org',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: '0000000000000000000000000000000000000000',
    GITHUB_TRIGGERING_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'Deploy',
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'sandbox',
    RUNNER_OS: systems[process.platform] ?? 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: temp,
  }
}

/** Whether the runner sets a variable of this name again for each step, whatever `GITHUB_ENV` said. */
export function isRunnerOwned(name: string): boolean {
  return /^(GITHUB|RUNNER)_/i.test(name)
}

/** A job's `INPUT_` variable for an input: upper case, spaces as underscores, dashes kept. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}
