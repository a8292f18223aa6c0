/** The whole story: read the inputs, ask for a JWT, verify it, set it for later steps. */

import './runner/node-version.ts' // Stays the first.
import { setTimeout as sleep } from 'node:timers/promises'
import { info } from '@actions/core'
import { checkAys } from './destinations/ays.ts'
import { checkOpenvCloud } from './destinations/openvcloud.ts'
import { askWithin } from './http/attempts.ts'
import { serversOf } from './http/proxy.ts'
import { readInputs } from './inputs/inputs.ts'
import { verificationKeys } from './jwt/keys.ts'
import { verifyGrant, verifyRenewed } from './jwt/renewal.ts'
import { refuseExpired, verifyNew } from './jwt/verify.ts'
import { report } from './report/report.ts'
import { warningsAboutScopes } from './report/warnings.ts'
import { checkFiles, checkRunner, mask, publish, readNetwork, source, warn } from './runner/files.ts'
import { secretsOfRun, secretsOfToken } from './runner/masks.ts'
import { start } from './runner/process.ts'
import { requestJwt } from './token-endpoint/request.ts'

start(async cancelled => {
  checkRunner()
  // Before anything else is printed: what follows hides them.
  mask(secretsOfRun(source))

  const { credentials, settings } = readInputs(source)
  checkFiles(settings)
  warn(warningsAboutScopes(settings.scopes))
  const { proxies, hasExtraCa } = readNetwork()
  const { identityServer, ovcServer, aysServer } = serversOf(settings, proxies)
  const keys = await verificationKeys(settings.publicKey, settings.baseUrl)
  const verifier = { keys, server: identityServer, now: Date.now }
  const grant = await verifyGrant(credentials, verifier)

  const world = { now: Date.now, elapsed: () => performance.now(), random: Math.random, sleep, cancelled, log: info }
  const ask = askWithin(settings, hasExtraCa, world)
  const jwt = await requestJwt(ask, identityServer, grant, settings)
  const token =
    grant.grant === 'refresh'
      ? await verifyRenewed(jwt, grant.old, verifier)
      : await verifyNew(jwt, grant.clientId, settings, verifier)
  // Before anything else is printed, and not of a JWT that was refused: a hostile one would hide words of the log.
  mask(secretsOfToken(token))

  const hasAccount = ovcServer && (await checkOpenvCloud(ask, ovcServer, token, settings.baseUrl))
  if (aysServer) await checkAys(ask, aysServer, token)
  refuseExpired(token, verifier)
  const old = grant.grant === 'refresh' ? grant.old : undefined
  await publish(report(token, settings, old, hasAccount, Date.now()), settings)
})
