/** The whole story: read the inputs, ask for a JWT, verify it, set it for later steps. */

import './node-version.ts' // Stays the first.
import { info } from '@actions/core'
import { checkAys } from './destinations/ays.ts'
import { openvCloudAccounts } from './destinations/openvcloud.ts'
import { exchange } from './exchange.ts'
import { readInputs } from './inputs/inputs.ts'
import { verificationKeys } from './jwt/keys.ts'
import { expectation } from './jwt/verify.ts'
import { secretsOfJwt, secretsOfRun } from './masks.ts'
import { start } from './process.ts'
import { report } from './report.ts'
import { checkFiles, checkOutputFile, mask, publish, source, warn } from './runner.ts'
import { warningsBefore } from './warnings.ts'

start(async cancelled => {
  checkOutputFile()
  // Before anything else is printed: what follows hides them.
  mask(secretsOfRun(source))

  const inputs = readInputs(source)
  checkFiles(inputs)
  warn(warningsBefore(inputs))
  const { credentials, baseUrl, ovcUrl, aysUrl, timeout, retries } = inputs
  const keys = await verificationKeys(inputs.publicKey, baseUrl)
  const { old, verify } = await expectation(credentials, { keys, server: baseUrl, now: Date.now })

  const patience = { end: Date.now() + timeout, timeout, retries }
  const surroundings = { now: Date.now, random: Math.random, sleep, cancelled, log: info }
  const jwt = await exchange(inputs, patience, surroundings)
  mask(secretsOfJwt(jwt))

  const token = await verify(jwt)
  const accounts = ovcUrl ? await openvCloudAccounts(token, ovcUrl, baseUrl, patience, surroundings) : undefined
  if (aysUrl) await checkAys(token, aysUrl, patience, surroundings)
  await publish(report(token, inputs, old, accounts, Date.now()), inputs)
})

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
