/** The environment that a step starts from on a fresh runner. */

import { homedir } from 'node:os'

/** Programs on Windows do not start, or find nothing, without these. */
const windowsNames =
  'SystemRoot SystemDrive windir ComSpec PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA ProgramData ProgramFiles'

/**
 * What is taken from the machine: nearly nothing. A proxy, a token or a `JWT` that happens to be set where the sandbox
 * runs must not decide what a step does.
 */
export function machineEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { HOME: process.env['HOME'] ?? homedir() }
  // NODE_V8_COVERAGE is for the sandbox's own use: it measures which lines of the action the tests reach.
  const names = ['PATH', 'NODE_V8_COVERAGE', ...(process.platform === 'win32' ? windowsNames.split(' ') : [])]
  for (const name of names) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}

/** Where a job's files are. */
type Folders = { workspace: string; temp: string }

/**
 * The variables that the runner sets itself for each step, after all that a workflow can say. The repository and the run
 * are made up. The paths of the event and of the step's own files come on top.
 */
export function runnerEnvironment({ workspace, temp }: Folders): Record<string, string> {
  const systems: Record<string, string> = { win32: 'Windows', darwin: 'macOS' }
  const sha = '0'.repeat(40)
  return {
    GITHUB_ACTION: '__self',
    GITHUB_ACTION_PATH: '',
    GITHUB_ACTION_REF: '',
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_ACTOR_ID: '1',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_ARTIFACTS: '',
    GITHUB_ARTIFACTS_LIST: '',
    GITHUB_BASE_REF: '',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_HEAD_REF: '',
    GITHUB_JOB: 'deploy',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: 'your-org/your-repository',
    GITHUB_REPOSITORY_ID: '1',
    GITHUB_REPOSITORY_OWNER: 'your-org',
    GITHUB_REPOSITORY_OWNER_ID: '1',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1',
    GITHUB_RUN_NUMBER: '1',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: sha,
    GITHUB_TRIGGERING_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'Deploy',
    GITHUB_WORKFLOW_REF: 'your-org/your-repository/.github/workflows/deploy.yml@refs/heads/main',
    GITHUB_WORKFLOW_SHA: sha,
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: process.arch.toUpperCase(),
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'sandbox',
    RUNNER_OS: systems[process.platform] ?? 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: temp,
    RUNNER_WORKSPACE: workspace,
  }
}

/** A job's `INPUT_` variable for an input: upper case, spaces as underscores, dashes kept. */
export function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}
