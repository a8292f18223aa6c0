/** Does OpenvCloud or AYS accept the JWT? If not, nothing is set. What each answer means is in `unit/destinations`. */

import { afterAll, expect, test } from '@jest/globals'
import { startAys } from '../../sandbox/servers/ays.ts'
import { html, json, listen, type Reply } from '../../sandbox/servers/http.ts'
import {
  defaultOrganizationKey,
  inputsFor,
  startItsYouOnline,
  defaultUserKey as user,
} from '../../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'
import { type Inputs, preload, runAction } from '../support/action.ts'
import { serverText } from '../support/faulty-server.ts'
import { publicKeyPem as anotherPublicKey } from '../support/forge.ts'

const itsyouonline = await startItsYouOnline()
const { publicKeyPem } = itsyouonline
const users = { [user.username]: { accounts: [{ id: 1, name: 'my-account' }] } }
const openvcloud = await startOpenvCloud({ publicKeyPem, users })
const stranger = await startOpenvCloud({ publicKeyPem, users: { [user.username]: { accounts: [] } } })
const distrustful = await startOpenvCloud({ publicKeyPem: anotherPublicKey, users })
const ays = await startAys({ publicKeyPem, organization: 'my-org', basePath: '/api' })
afterAll(() => Promise.all([itsyouonline, openvcloud, stranger, distrustful, ays].map(server => server.close())))

function run(inputs: Inputs) {
  return runAction({ with: { ...inputsFor(itsyouonline), retries: '0', ...inputs } })
}

/** Runs the action with a destination that gives this answer to each request. */
async function runWith(input: 'ovc-url' | 'ays-url', reply: Reply, inputs: Inputs = {}) {
  const requests: unknown[] = []
  const server = await listen({ record: request => requests.push(request) }, () => reply)
  try {
    return { run: await run({ ...inputs, [input]: server.origin }), requests }
  } finally {
    await server.close()
  }
}

const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: 'organization:owner:ays' }
const accepts = {
  openvcloud: `OpenvCloud at ${openvcloud.url} accepts the JWT.`,
  ays: `AYS at ${ays.url} accepts the JWT.`,
  stranger: `OpenvCloud at ${stranger.url} accepts the JWT. No account there names deployer@itsyouonline; creating a cloud space needs one.`,
}
const toBoth = { 'ovc-url': openvcloud.url, 'ays-url': ays.url }
const asMember = { ...toBoth, scope: 'user:memberof:my-org' }
const asOrganization = { ...organization, audience: 'my-org', 'ays-url': ays.url }
test.concurrent.each<[who: string, inputs: Inputs, lines: string[]]>([
  ['OpenvCloud accepts a user with an account', { 'ovc-url': `${openvcloud.url}/` }, [accepts.openvcloud]],
  ['OpenvCloud accepts a user without an account', { 'ovc-url': stranger.url }, [accepts.stranger]],
  ['OpenvCloud and AYS accept a member', asMember, [accepts.openvcloud, accepts.ays]],
  ["AYS accepts its organization's key, with an audience", asOrganization, [accepts.ays]],
])('%s: a line of the log and of the summary, and no warning', async (_who, inputs, lines) => {
  const result = await run({ ...inputs, summary: 'true' })
  expect(result).toKeepPromises()
  expect(result).toMatchObject({ exitCode: 0, warnings: [] })
  expect(result.log.split('\n').filter(line => line.includes(' accepts the JWT'))).toEqual(lines)
  expect(result.summary).toContain(`<th>Accepted by</th><td>${lines.join(' ')}</td>`)
})

const another = new RegExp(`another ItsYou\\.online than ${itsyouonline.url}.*\\[ERR_OVC_REFUSED\\]$`)
test.concurrent.each<[name: string, inputs: Inputs, says: RegExp]>([
  ['an OpenvCloud of another ItsYou.online', { 'ovc-url': distrustful.url }, another],
  ['the address of an AYS server in "ovc-url"', { 'ovc-url': ays.url }, /\[ERR_NOT_OPENVCLOUD\]$/],
  ['the address of an OpenvCloud location in "ays-url"', { 'ays-url': openvcloud.url }, /\[ERR_NOT_AYS\]$/],
  ['one of the two', toBoth, /no scope "user:memberof:<organization>".*\[ERR_AYS_REFUSED\]$/],
])('nothing is set where this refuses the JWT: %s', async (_name, inputs, says) => {
  const result = await run(inputs)
  expect(result).toKeepPromises()
  expect(result.errors).toEqual([expect.stringMatching(says)])
})

const commands = `::set-output name=jwt::${serverText}\n##[error]${serverText}`
const hostile = { status: 200, body: commands }
test.concurrent.each<[name: string, input: 'ovc-url' | 'ays-url', Reply, says: RegExp]>([
  ['a page of a gateway', 'ays-url', html(400, serverText), /status 400.* gateway.*\[ERR_UNEXPECTED_STATUS\]$/],
  ['a list of commands for the runner', 'ovc-url', hostile, /\[ERR_NOT_OPENVCLOUD\]$/],
])('%s for "%s"', async (_name, input, reply, says) => {
  const { run: result, requests } = await runWith(input, reply)
  expect(result).toKeepPromises()
  expect(result.errors).toEqual([expect.stringMatching(says)])
  expect(requests).toHaveLength(1)
  // Before anything is printed about the destination.
  expect(result.masks).toContainEqual(expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/))
})

test.concurrent('a JWT that expires while a destination is asked is not set', async () => {
  const nodeArguments = preload(`
    import http from 'node:http'
    import { syncBuiltinESMExports } from 'node:module'
    const { request } = http
    const { now } = Date
    let requests = 0
    http.request = (...options) => {
      requests++
      return request(...options)
    }
    syncBuiltinESMExports()
    Date.now = () => now() + (requests > 1 ? 7_200_000 : 0)`)
  const inputs = { ...inputsFor(itsyouonline), 'ovc-url': openvcloud.url }
  const result = await runAction({ with: inputs, nodeArguments })
  expect(result).toKeepPromises()
  expect(result.errors).toEqual([expect.stringMatching(/\[ERR_JWT_EXPIRED\]$/)])
})

test.concurrent('a JWT that is not verified goes to neither', async () => {
  const { run: result, requests } = await runWith('ovc-url', json(200, []), { 'public-key': anotherPublicKey })
  expect(result).toKeepPromises()
  expect(result.errors).toEqual([expect.stringMatching(/\[ERR_JWT_INVALID\]$/)])
  expect(requests).toEqual([])
})

test.concurrent("an operator's list of 1.4 MB is a list", async () => {
  const list = json(
    200,
    Array.from({ length: 600 }, (_, id) => ({ id, name: serverText.repeat(215) })),
  )
  const { run: result } = await runWith('ovc-url', list, { timeout: '5s' })
  expect(result).toKeepPromises()
  expect(result).toMatchObject({ exitCode: 0, warnings: [] })
})
