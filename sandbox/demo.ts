/** The job that the sandbox runs: the action as a step, a deployment with its JWT, and a look at what came of it. */

import { findLeaks, type Job, type StepResult } from './runner/job.ts'
import { defaultUserKey, type ItsYouOnline } from './servers/itsyouonline.ts'
import type { OpenvCloud } from './servers/openvcloud.ts'

/** What the OVC server of the sandbox knows of the user. */
export const location = 'my-location'
const account = 'my-account'
export const users = { [defaultUserKey.username]: { accounts: [{ id: 1, name: account }] } }

type DemoOptions = {
  job: Job
  /** The built action. */
  main: string
  itsyouonline: ItsYouOnline
  openvcloud: OpenvCloud
  /** The file of the certificate to trust, where ItsYou.online speaks https. */
  trusted?: string | undefined
  print(text: string): void
}

/**
 * Runs the job and prints it as GitHub would show it.
 *
 * @returns whether both steps passed and the log contains no secret
 */
export async function runDemo({ job, main, itsyouonline, openvcloud, trusted, print }: DemoOptions): Promise<boolean> {
  const action = await job.runAction({
    name: 'Run your-org/ovc-jwt-action@v1',
    main,
    with: {
      'app-id': defaultUserKey.applicationId,
      secret: defaultUserKey.secret,
      scope: 'user:name',
      validity: '1h',
      'ovc-url': openvcloud.url,
      'base-url': itsyouonline.url,
      'public-key': itsyouonline.publicKeyPem,
    },
    ...(trusted !== undefined && { env: { NODE_EXTRA_CA_CERTS: trusted } }),
  })
  printStep(action, print)
  if (action.exitCode !== 0) return false

  const deployment = await job.runScript({
    run: 'node sandbox/deploy.ts',
    env: {
      OVC_URL: openvcloud.url,
      OVC_LOCATION: location,
      OVC_ACCOUNT: account,
      OVC_USER: action.outputs['ovc-user'] ?? '',
    },
  })
  printStep(deployment, print)

  print('What later steps have:\n')
  for (const [name, value] of Object.entries(action.outputs)) print(`  outputs.${name.padEnd(12)} ${job.mask(value)}\n`)
  for (const [name, value] of Object.entries(action.env)) print(`  env.${name.padEnd(16)} ${job.mask(value)}\n`)

  print('\nWhat OpenvCloud was asked, and by whom:\n')
  for (const { path, status, who } of openvcloud.requests) print(`  ${status} ${path.split('/cloudapi/')[1]}  ${who}\n`)

  const leaks = findLeaks(job.log(), [defaultUserKey.secret, action.outputs['jwt'] ?? ''])
  print(`\n${leaks.length === 0 ? 'No form of the secret or of the JWT is in the log.' : leaks.join('\n')}\n`)
  return deployment.exitCode === 0 && leaks.length === 0
}

function printStep(step: StepResult, print: (text: string) => void): void {
  print(`${step.header}${step.log}\n`)
  if (step.exitCode !== 0) print(`✗ failed with exit code ${step.exitCode}\n`)
}
