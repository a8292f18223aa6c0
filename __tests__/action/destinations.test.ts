/** Does OpenvCloud or AYS take the JWT? If not, nothing is set, and the JWT goes nowhere else. */

import { afterAll, describe, expect, test } from '@jest/globals'
import { startAys } from '../../sandbox/servers/ays.ts'
import { json, listen, type Reply, text } from '../../sandbox/servers/http.ts'
import {
  defaultOrganizationKey,
  startItsYouOnline,
  defaultUserKey as user,
} from '../../sandbox/servers/itsyouonline.ts'
import { startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'
import { type Inputs, inputsFor, runAction } from '../support/action.ts'
import { publicKeyPem as anotherPublicKey } from '../support/forge.ts'

const itsyouonline = await startItsYouOnline()
const { publicKeyPem } = itsyouonline
const accounts = ['my-account', 'another one'].map((name, at) => ({ id: at + 1, name }))
const openvcloud = await startOpenvCloud({ publicKeyPem, knownUsers: { [user.username]: { accounts } } })
const stranger = await startOpenvCloud({ publicKeyPem, knownUsers: {} })
const distrustful = await startOpenvCloud({ publicKeyPem: anotherPublicKey, knownUsers: {} })
const ays = await startAys({ publicKeyPem, organization: 'my-org', basePath: '/api' })
afterAll(() => Promise.all([itsyouonline, openvcloud, stranger, distrustful, ays].map(server => server.close())))

const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: '' }

function run(inputs: Inputs) {
  return runAction({ with: { ...inputsFor(itsyouonline), retries: '0', ...inputs } })
}

test.concurrent('OpenvCloud takes the JWT: its accounts are an output, a line and a row', async () => {
  const { outputs, log, summary } = await run({ 'ovc-url': `${openvcloud.url}/`, summary: 'true' })
  expect(outputs).toMatchObject({
    'ovc-user': 'deployer@itsyouonline',
    'ovc-accounts': '[{"id":1,"name":"my-account"},{"id":2,"name":"another one"}]',
  })
  expect(log).toContain(`OpenvCloud at ${openvcloud.url} accepts the JWT: 2 accounts.\n`)
  expect(summary).toContain(
    `<th>OpenvCloud</th><td>${openvcloud.url}, accounts of deployer@itsyouonline: my-account, another one</td>`,
  )
})

test.concurrent.each([
  ["a member's JWT", { scope: 'user:memberof:my-org' }],
  ["the organization's JWT", organization],
])('AYS takes %s', async (_whose, inputs) => {
  const { outputs, log, summary } = await run({ ...inputs, 'ays-url': ays.url, summary: 'true' })
  expect(outputs).not.toHaveProperty('ovc-accounts')
  expect(log).toMatch(new RegExp(`^AYS at ${ays.url} accepts the JWT: \\d+ repositor(y|ies)\\.$`, 'm'))
  expect(summary).toContain(`<th>AYS</th><td>${ays.url}, accepts the JWT</td>`)
})

test.concurrent('without the inputs, there is no trace of a check', async () => {
  const { outputs, log } = await run({ 'ovc-url': '', 'ays-url': '' })
  expect(outputs).not.toHaveProperty('ovc-accounts')
  expect(log).not.toMatch(/OpenvCloud|AYS/)
})

const noAccount =
  /^OpenvCloud at \S+ accepts the JWT but has no account for "deployer@itsyouonline".*\[ERR_OVC_NO_ACCOUNT\]$/
const noScope = /refused the JWT \(401\), which has no scope "user:memberof:<organization>".*\[ERR_AYS_REFUSED\]$/
test.concurrent.each<[name: string, inputs: () => Inputs, says: RegExp]>([
  ['a user without an account', () => ({ 'ovc-url': stranger.url }), noAccount],
  [
    'an OpenvCloud of another ItsYou.online',
    () => ({ 'ovc-url': distrustful.url }),
    /"base-url".*\[ERR_OVC_REFUSED\]$/,
  ],
  ['the address of another server as OpenvCloud', () => ({ 'ovc-url': ays.url }), /\[ERR_NOT_OPENVCLOUD\]$/],
  ['an AYS that wants another scope', () => ({ 'ays-url': ays.url }), noScope],
  ['the address of another server as AYS', () => ({ 'ays-url': openvcloud.url }), /\[ERR_NOT_AYS\]$/],
  ['one of the two', () => ({ 'ovc-url': openvcloud.url, 'ays-url': ays.url }), /\[ERR_AYS_REFUSED\]$/],
])('nothing is set for %s', async (_name, inputs, says) => {
  const { errors } = await run(inputs())
  expect(errors).toEqual([expect.stringMatching(says)])
})

describe('a server that misbehaves', () => {
  /** Runs the action with a destination that gives this answer to each request. */
  async function against(input: 'ovc-url' | 'ays-url', reply: Reply, inputs: Inputs = {}) {
    const server = await listen({ record: () => {} }, async () => reply)
    try {
      return await run({ ...inputs, [input]: server.origin })
    } finally {
      await server.close()
    }
  }

  test.concurrent('shares the time of the step with the exchange', async () => {
    const patience = { retries: '10', timeout: '30s' }
    const { errors } = await against('ovc-url', text(503, '', { 'retry-after': '30' }), patience)
    expect(errors[0]).toMatch(/is not ready \(status 503\) and asks to wait 30 s, but "timeout" leaves (30|2\d) s/)
  })

  test.concurrent('and redirects: is not followed, so that the JWT goes nowhere else', async () => {
    const before = openvcloud.requests.length
    const location = `${openvcloud.url}/restmachine/cloudapi/accounts/list?SERVER-TEXT`
    const { errors } = await against('ovc-url', { status: 307, headers: { location }, body: 'SERVER-TEXT' })
    expect(errors[0]).toMatch(/is not the address of an OpenvCloud location \(redirect, status 307\)/)
    expect(openvcloud.requests.slice(before).filter(({ query }) => query.includes('SERVER-TEXT'))).toEqual([])
  })

  const commands = '::set-output name=jwt::SERVER-TEXT\n##[error]SERVER-TEXT'
  test.concurrent.each<[what: string, input: 'ovc-url' | 'ays-url', code: string, Reply]>([
    ['500', 'ovc-url', 'ERR_OVC_UNAVAILABLE', text(500)],
    ['500', 'ays-url', 'ERR_AYS_UNAVAILABLE', text(500)],
    ['workflow commands', 'ovc-url', 'ERR_NOT_OPENVCLOUD', { status: 200, headers: {}, body: commands }],
    ['workflow commands', 'ays-url', 'ERR_NOT_AYS', { status: 200, headers: {}, body: commands }],
    ['an error in JSON', 'ovc-url', 'ERR_NOT_OPENVCLOUD', json(200, { 'SERVER-TEXT': '\n::error::SERVER-TEXT' })],
    ['deep JSON', 'ovc-url', 'ERR_NOT_OPENVCLOUD', text(200, '['.repeat(100_000))],
  ])('and answers with %s for "%s": %s', async (_what, input, code, reply) => {
    const { errors } = await against(input, reply)
    expect(errors[0]).toMatch(new RegExp(`\\[${code}\\]$`))
  })

  test.concurrent('and gives hostile names: they reach neither an output nor the log', async () => {
    const names = ['x\n::error::SERVER-TEXT', '<b>good', '##[error]']
    const list = json(
      200,
      names.map((name, id) => ({ id, name })),
    )
    const { outputs, log, summary } = await against('ovc-url', list, { summary: 'true' })
    expect(outputs['ovc-accounts']).toBe('[{"id":1,"name":"<b>good"}]')
    expect(log).toContain('accepts the JWT: 3 accounts.')
    expect(summary).toContain(': &#60;b&#62;good</td>')
  })
})
