/**
 * Runs the examples, as they are, in `act` (a runner by others) against the sandbox.
 *
 * act loses the last line of a step's log now and then, so a case is checked by its exit code and by what reached the
 * servers, not by a sentence in the log.
 */

import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseOptions, runCommand } from '../sandbox/command-line.ts'
import { startWorld, type World, type WorldOptions, withOwnServer } from '../sandbox/example-world.ts'
import { findLeaks } from '../sandbox/runner/job.ts'
import { defaultUserKey } from '../sandbox/servers/itsyouonline.ts'
import { isInstalled, missingTools } from './support/tools.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const timeoutSeconds = 120

type Case = {
  name: string
  file: string
  event: 'push' | 'workflow_dispatch' | 'schedule'
  world?: WorldOptions
  arguments?: string[]
  /** Whether the run must fail. */
  fails?: true
  /** What is wrong with what reached the servers; undefined when nothing is. */
  check: (world: World) => string | undefined
}

const cases: Case[] = [
  {
    name: 'deploys to OpenvCloud',
    file: 'deploy-openvcloud.yml',
    event: 'push',
    check: ({ north }) => unless(north.state.machines.length === 1, 'OpenvCloud has no machine'),
  },
  {
    name: 'fails for a user that OpenvCloud does not know, and creates nothing',
    file: 'deploy-openvcloud.yml',
    event: 'push',
    world: { isKnown: false },
    fails: true,
    check: ({ north }) =>
      unless(north.requests.length > 0 && north.state.cloudspaces.length === 0, 'OpenvCloud was not asked, or changed'),
  },
  {
    name: 'deploys with Terraform',
    file: 'deploy-with-terraform.yml',
    event: 'push',
    check: ({ north }) => unless(north.requests.length === 2, 'Terraform did not reach OpenvCloud'),
  },
  {
    name: 'pushes AYS blueprints',
    file: 'push-ays-blueprint.yml',
    event: 'push',
    check: ({ ays }) => unless([...(ays.repositories.get('infra')?.runs ?? [])].length === 1, 'AYS has no run'),
  },
  {
    name: 'fails with the state of an AYS run that ends in error',
    file: 'push-ays-blueprint.yml',
    event: 'push',
    world: { failRuns: true },
    fails: true,
    check: ({ ays }) => unless([...(ays.repositories.get('infra')?.runs ?? [])].length === 1, 'AYS has no run'),
  },
  {
    name: 'gets no JWT for a user outside the AYS organization',
    file: 'push-ays-blueprint.yml',
    event: 'push',
    world: { user: { ...defaultUserKey, memberOf: [] } },
    fails: true,
    check: ({ itsyouonline, ays }) =>
      unless(itsyouonline.requests.length === 1 && ays.requests.length === 0, 'the step went on without its scope'),
  },
  {
    name: 'looks after two locations at night',
    file: 'nightly.yml',
    event: 'schedule',
    check: ({ north, south }) =>
      unless(north.requests.length > 0 && south.requests.length > 0, 'a location is missing'),
  },
  {
    name: 'does so by hand',
    file: 'nightly.yml',
    event: 'workflow_dispatch',
    arguments: ['--input', 'dry-run=true'],
    check: ({ south }) => unless(south.requests.length > 0, 'a location is missing'),
  },
  {
    name: 'cleans up with a second JWT',
    file: 'clean-up-after-a-long-job.yml',
    event: 'workflow_dispatch',
    check: ({ itsyouonline, north }) =>
      unless(itsyouonline.requests.length === 2 && north.state.cloudspaces.length === 0, 'the cloud space is left'),
  },
  {
    name: 'renews the JWT half-way',
    file: 'renew-in-a-long-job.yml',
    event: 'workflow_dispatch',
    check: ({ itsyouonline }) =>
      unless(itsyouonline.requests.at(-1)?.path === '/v1/oauth/jwt/refresh', 'nothing was renewed'),
  },
]

function unless(condition: boolean, problem: string): string | undefined {
  return condition ? undefined : problem
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** What act is told to take in place of each action: copies, since act packs the whole folder. */
function layOutActions(folder: string): string[] {
  const action = join(folder, 'action')
  cpSync(join(root, 'dist'), join(action, 'dist'), { recursive: true })
  cpSync(join(root, 'action.yml'), join(action, 'action.yml'))
  const nothing = join(folder, 'nothing')
  mkdirSync(nothing)
  writeFileSync(
    join(nothing, 'action.yml'),
    'name: nothing\nruns: { using: composite, steps: [{ run: "true", shell: bash }] }\n',
  )

  const text = readFileSync(join(root, 'examples', 'deploy-with-terraform.yml'), 'utf8')
  const terraform = /uses: (hashicorp\/setup-terraform@\w+)/.exec(text)?.[1]
  return [`your-org/ovc-jwt-action@v1=${action}`, `${terraform}=${nothing}`].flatMap(entry => [
    '--local-repository',
    entry,
  ])
}

type Result = { exitCode: number | null; log: string }

async function runAct(example: Case, world: World, folder: string, actions: string[]): Promise<Result> {
  // JSON is YAML, which act reads by the file's ending: a multi-line value needs no escaping of its own.
  const secrets = join(folder, 'secrets.yml')
  const variables = join(folder, 'vars.yml')
  writeFileSync(secrets, JSON.stringify(world.secrets), { mode: 0o600 })
  writeFileSync(variables, JSON.stringify(world.vars))
  const workflow = join(folder, example.file)
  writeFileSync(workflow, withOwnServer(readFileSync(join(root, 'examples', example.file), 'utf8')))
  return run(
    'act',
    [
      example.event,
      ...['--workflows', workflow, '--directory', world.workspace],
      ...['--platform', 'ubuntu-latest=-self-hosted', '--action-offline-mode', '--no-cache-server'],
      ...['--action-cache-path', join(folder, 'cache'), '--secret-file', secrets, '--var-file', variables],
      ...actions,
      ...(example.arguments ?? []),
    ],
    {
      HOME: folder,
      // act runs a JavaScript action with the `node` that it finds first.
      PATH: [world.terraform, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    },
  )
}

function run(file: string, arguments_: string[], environment: Record<string, string>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, arguments_, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000)
    let log = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        log += text
      })
    }
    child.on('error', reject)
    child.on('close', exitCode => {
      clearTimeout(timer)
      resolve({ exitCode, log })
    })
  })
}

/** The secret, and each JWT that a server was shown. */
function secretsOf(world: World): string[] {
  const requests = [world.north, world.south, world.ays].flatMap(server => server.requests)
  const bearers = requests.map(({ headers }) => `${headers['authorization']}`.replace(/^bearer /, ''))
  const blueprints = [...world.ays.repositories.values()].flatMap(({ blueprints }) => [...blueprints.values()])
  const inside = blueprints.map(({ content }) => /jwt: '(.*)'/.exec(content)?.[1] ?? '')
  return [...new Set([world.secrets['OVC_SECRET'] ?? '', ...bearers, ...inside])]
}

/** @returns what went wrong; empty when nothing did */
async function runCase(example: Case): Promise<{ problems: string[]; log: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'act-'))
  const world = await startWorld(example.world)
  try {
    const { exitCode, log } = await runAct(example, world, folder, layOutActions(folder))
    const expected = example.fails ? 1 : 0
    const problems = [
      unless(exitCode === expected, `exit code ${exitCode} instead of ${expected}`),
      example.check(world),
      ...findLeaks(log, secretsOf(world)),
    ]
    return { problems: problems.filter(problem => problem !== undefined), log }
  } finally {
    await world.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The workspace is not a clone, which act mentions at every step. */
function readable(log: string): string {
  return log.replace(/^.*(located inside a git repository|unable to get git (ref|revision)).*\n/gm, '')
}

const help = `Runs the workflows of examples/ in act, against the sandbox.

Usage: npm run test:act -- [--verbose]

  --verbose  show act's log of every run, not only of those that went wrong
  --help     show this text
`

await runCommand(async () => {
  const options = { verbose: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const
  const { verbose, help: isHelp } = parseOptions(options, process.argv.slice(2))
  if (isHelp) {
    print(help)
    return 0
  }
  const howTo = 'act is not installed; get it with "go install github.com/nektos/act@latest"'
  const missing = isInstalled('act') ? missingTools() : howTo
  if (missing !== undefined) {
    print(`skipped: ${missing}`)
    return 0
  }
  print((await run('act', ['--version'], { PATH: process.env['PATH'] ?? '', HOME: tmpdir() })).log.trim())
  let failed = 0
  for (const example of cases) {
    const { problems, log } = await runCase(example)
    if (problems.length > 0) failed++
    print(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${example.file}: ${example.name}`)
    for (const problem of problems) print(`     ${problem}`)
    // A log with a secret in it is not printed: these secrets are made up, but the habit would stay.
    const isSafe = !problems.some(problem => problem.startsWith('secret '))
    if (isSafe && (problems.length > 0 || verbose)) print(readable(log))
  }
  print(`${cases.length - failed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
})
