/** Does OpenvCloud or AYS take the JWT? If not, nothing is set, and the JWT goes nowhere else. */

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Ays, startAys } from '../../sandbox/servers/ays.ts'
import { json, type Listening, listen, type Received, type Reply, text } from '../../sandbox/servers/http.ts'
import {
  defaultOrganizationKey,
  type ItsYouOnline,
  startItsYouOnline,
  defaultUserKey as user,
} from '../../sandbox/servers/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from '../../sandbox/servers/openvcloud.ts'
import { type Inputs, runAction } from '../support/action.ts'
import { publicKeyPem as anotherPublicKey } from '../support/forge.ts'

let itsyouonline: ItsYouOnline
let openvcloud: OpenvCloud
let stranger: OpenvCloud
let distrustful: OpenvCloud
let ays: Ays
beforeAll(async () => {
  itsyouonline = await startItsYouOnline()
  const { publicKeyPem } = itsyouonline
  const accounts = [
    { id: 1, name: 'my-account' },
    { id: 2, name: 'another one' },
  ]
  openvcloud = await startOpenvCloud({ publicKeyPem, knownUsers: { [user.username]: { accounts } } })
  stranger = await startOpenvCloud({ publicKeyPem, knownUsers: {} })
  distrustful = await startOpenvCloud({ publicKeyPem: anotherPublicKey, knownUsers: {} })
  ays = await startAys({ publicKeyPem, organization: 'my-org', basePath: '/api' })
})
afterAll(() => Promise.all([itsyouonline, openvcloud, stranger, distrustful, ays].map(server => server.close())))

const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: '' }

function run(inputs: Inputs) {
  return runAction({
    with: {
      'app-id': user.applicationId,
      secret: user.secret,
      scope: 'user:name',
      'base-url': itsyouonline.url,
      'public-key': itsyouonline.publicKeyPem,
      retries: '0',
      ...inputs,
    },
  })
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

describe('nothing is set', () => {
  test.concurrent.each<[name: string, inputs: () => Inputs, says: RegExp]>([
    [
      'for a user without an account',
      () => ({ 'ovc-url': stranger.url }),
      /^OpenvCloud at \S+ accepts the JWT but has no account for "deployer@itsyouonline".*\[ERR_OVC_NO_ACCOUNT\]$/,
    ],
    [
      'where OpenvCloud trusts another ItsYou.online',
      () => ({ 'ovc-url': distrustful.url }),
      /refused the JWT \(401\).*"base-url".*\[ERR_OVC_REFUSED\]$/,
    ],
    ["for an organization's JWT", () => ({ ...organization, 'ovc-url': openvcloud.url }), /\[ERR_OVC_NEEDS_USER\]$/],
    [
      'for an audience, before any request',
      () => ({ audience: 'x', 'ovc-url': openvcloud.url }),
      /^"ovc-url" cannot be combined with "audience"/,
    ],
    [
      'where OpenvCloud is another server',
      () => ({ 'ovc-url': ays.url }),
      /is not the address of an OpenvCloud location.*\[ERR_NOT_OPENVCLOUD\]$/,
    ],
    [
      'where AYS wants another scope',
      () => ({ 'ays-url': ays.url }),
      /refused the JWT \(401\), which has no scope "user:memberof:<organization>".*\[ERR_AYS_REFUSED\]$/,
    ],
    [
      'where AYS is another server',
      () => ({ 'ays-url': openvcloud.url }),
      /is not the address of an AYS server.*\[ERR_NOT_AYS\]$/,
    ],
    [
      'where one of the two does not take it',
      () => ({ 'ovc-url': openvcloud.url, 'ays-url': ays.url }),
      /\[ERR_AYS_REFUSED\]$/,
    ],
    [
      'for plain http to another host',
      () => ({ 'ovc-url': 'http://ovc.example' }),
      /^"ovc-url" does not start with https:\/\//,
    ],
    [
      'for an address with a password',
      () => ({ 'ays-url': 'https://a:b@ays.example' }),
      /^"ays-url" contains a user or password/,
    ],
    [
      'where the host is not found',
      () => ({ 'ovc-url': 'https://ovc.invalid' }),
      /(https:\/\/ovc\.invalid was not found|ovc\.invalid could not be reached).*"ovc-url"/,
    ],
  ])('%s', async (_name, inputs, says) => {
    const { errors } = await run(inputs())
    expect(errors).toEqual([expect.stringMatching(says)])
  })
})

describe('a server that misbehaves', () => {
  /** Runs the action with a destination that gives these answers, the last one repeated. */
  async function against(input: 'ovc-url' | 'ays-url', replies: Reply[], inputs: Inputs = {}) {
    const requests: Received[] = []
    const server: Listening = await listen({ record: () => {} }, async received => {
      requests.push(received)
      return replies[Math.min(requests.length, replies.length) - 1] ?? text(500)
    })
    try {
      return { ...(await run({ ...inputs, [input]: server.origin })), requests, origin: server.origin }
    } finally {
      await server.close()
    }
  }
  const accounts = json(200, [{ id: 1, name: 'my-account' }])

  test.concurrent('is asked again like the identity server', async () => {
    const { requests, log, outputs, origin } = await against('ovc-url', [text(503), accounts], { retries: '2' })
    expect(requests).toHaveLength(2)
    expect(log).toMatch(
      new RegExp(`^${origin}: Attempt 1 failed \\(status 503\\); trying again in \\d\\.\\d s\\.$`, 'm'),
    )
    expect(outputs['ovc-accounts']).toBe('[{"id":1,"name":"my-account"}]')
  })

  test.concurrent('shares the time of the step with the exchange', async () => {
    const { errors } = await against('ovc-url', [text(503, '', { 'retry-after': '30' })], {
      retries: '10',
      timeout: '30s',
    })
    expect(errors[0]).toMatch(/is not ready \(status 503\) and asks to wait 30 s, but "timeout" leaves (30|2\d) s/)
  })

  test.concurrent.each([
    ['ovc-url', 'ERR_OVC_UNAVAILABLE'],
    ['ays-url', 'ERR_AYS_UNAVAILABLE'],
  ] as const)('and keeps failing with %s: says so', async (input, code) => {
    const { errors } = await against(input, [text(500)])
    expect(errors[0]).toMatch(new RegExp(`is unavailable \\(status 500 after 1 attempt\\).*\\[${code}\\]$`))
  })

  test.concurrent('and redirects: is not followed, so that the JWT goes nowhere else', async () => {
    const before = openvcloud.requests.length
    const location = `${openvcloud.url}/restmachine/cloudapi/accounts/list?SERVER-TEXT`
    const { errors } = await against('ovc-url', [{ status: 307, headers: { location }, body: 'SERVER-TEXT' }])
    expect(errors[0]).toMatch(/is not the address of an OpenvCloud location \(redirect, status 307\)/)
    expect(openvcloud.requests.slice(before).filter(({ query }) => query.includes('SERVER-TEXT'))).toEqual([])
  })

  test.concurrent.each<[string, Reply]>([
    ['a web page', { status: 200, headers: {}, body: '<html>SERVER-TEXT\n::error::SERVER-TEXT' }],
    [
      'workflow commands',
      { status: 200, headers: {}, body: '::set-output name=jwt::SERVER-TEXT\n##[error]SERVER-TEXT' },
    ],
    ['an error in JSON', json(200, { 'SERVER-TEXT': '\n::error::SERVER-TEXT' })],
    ['more than 1 MiB', text(200, ' '.repeat(1024 * 1024 + 1))],
    ['deep JSON', text(200, '['.repeat(100_000))],
  ])('and answers with %s: nothing of it is printed', async (_what, reply) => {
    const { errors } = await against('ovc-url', [reply])
    expect(errors[0]).toMatch(/\[ERR_NOT_OPENVCLOUD\]$/)
  })

  test.concurrent('and gives hostile names: they reach neither an output nor the log', async () => {
    const list = [
      { id: 1, name: 'x\n::error::SERVER-TEXT' },
      { id: 2, name: '<b>good' },
      { id: 3, name: '##[error]' },
    ]
    const { outputs, log, summary } = await against('ovc-url', [json(200, list)], { summary: 'true' })
    expect(outputs['ovc-accounts']).toBe('[{"id":2,"name":"<b>good"}]')
    expect(log).toContain('accepts the JWT: 3 accounts.')
    expect(summary).toContain(': &#60;b&#62;good</td>')
  })
})
