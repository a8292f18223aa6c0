/** Tries a real API key without pushing: the built action, in the sandbox's runner, against the real server. */

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExplainedError, parseOptions, runCommand } from '../sandbox/command-line.ts'
import { Job, type StepResult } from '../sandbox/runner/job.ts'

const help = `Runs this action here, with your API key, against the real ItsYou.online, and shows
the log as GitHub would. Nothing is stored: the JWT is masked, and deleted at the end.

Usage: APP_ID=... SECRET=... npm run try -- [--scope <list>] [--validity <time>]
           [--audience <list>] [--ovc-url <url>] [--ays-url <url>]
           [--base-url <url>] [--public-key-file <file>]

  --scope <list>             what the JWT may do, such as user:name
  --validity <time>          how long the JWT lives, such as 1h
  --audience <list>          who the JWT is for; not for OpenvCloud
  --ovc-url <url>            check that this OpenvCloud location accepts the JWT
  --ays-url <url>            check that this AYS server accepts the JWT
  --base-url <url>           another ItsYou.online server, such as https://staging.itsyou.online
  --public-key-file <file>   the public key of that server (PEM)
  --help                     show this text

Type a space before the command, and most shells keep it out of their history.

Exit code: 0 when all is well, 1 when the run failed, 2 for wrong arguments, 130 after Ctrl-C.`

const main = fileURLToPath(new URL('../dist/index.js', import.meta.url))

/** What a company's network may need: the runner of the sandbox takes nothing else from this machine. */
const networkVariables = [
  'https_proxy',
  'HTTPS_PROXY',
  'no_proxy',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'NODE_USE_SYSTEM_CA',
]

const text = { type: 'string' } as const
const options = {
  ...{ scope: text, validity: text, audience: text, 'ovc-url': text, 'ays-url': text, 'base-url': text },
  'public-key-file': text,
}

/** @throws ExplainedError for an argument that is wrong */
function readArguments(): Record<string, string> {
  const { 'public-key-file': file, ...values } = parseOptions(help, options)
  return { ...values, ...(file !== undefined && { 'public-key': read(file) }) }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ExplainedError(`Cannot read --public-key-file (${(error as NodeJS.ErrnoException).code}).`, 2)
  }
}

/** Errors that only come after the key gave a JWT. */
const destinationErrors = /\[ERR_(OVC|AYS|NOT_OPENVCLOUD|NOT_AYS)/

function nextSteps({ exitCode, log }: StepResult): string {
  if (exitCode !== 0) {
    const code = /\[(ERR_\w+)\]/.exec(log)?.[1]
    const isDestination = destinationErrors.test(log)
    const problem = isDestination ? 'The key works, but --ovc-url or --ays-url does not.' : 'No JWT was set.'
    return `\n${problem} What to do: docs/troubleshooting.md${code ? `#${code.toLowerCase()}` : ''}\n`
  }
  return `
The key works. In your repository, under Settings, Secrets and variables, Actions:
  1. Store the application id as the variable OVC_APP_ID.
  2. Store the secret as the secret OVC_SECRET, best in an environment.
  3. Paste the step from the README, with the same inputs.
`
}

async function tryKey(job: Job, inputs: Record<string, string>): Promise<number> {
  const result = await job.runAction({
    main,
    with: inputs,
    env: Object.fromEntries(networkVariables.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : []))),
    timeoutSeconds: 3600,
    onLine: line => process.stdout.write(`${line}\n`),
  })
  for (const [name, value] of Object.entries(result.outputs)) {
    process.stdout.write(`  outputs.${name.padEnd(12)} ${job.mask(value)}\n`)
  }
  process.stdout.write(nextSteps(result))
  return result.exitCode === 0 ? 0 : 1
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

await runCommand(async () => {
  const inputs = readArguments()
  if (!existsSync(main)) throw new ExplainedError('dist/index.js does not exist: run "npm run build".', 2)
  const { APP_ID: id, SECRET: secret } = process.env
  if (!id || !secret) {
    throw new ExplainedError('Set APP_ID and SECRET in the environment: the API key to try. --help shows how.', 2)
  }
  const job = new Job({ secrets: [secret] })
  try {
    const run = tryKey(job, { 'app-id': id, secret, ...inputs })
    // A run that Ctrl-C cut short ends in errors that no one needs to see.
    run.catch(() => {})
    return await Promise.race([run, once(stop.signal, 'abort').then(() => 130)])
  } finally {
    job.dispose()
  }
})
