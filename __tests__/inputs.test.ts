import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { defaultOrganizationKey, defaultUserKey } from '../sandbox/itsyouonline.ts'
import { applicationId, claims, publicKeyPem, signJwt } from './support/forge.ts'
import { errorBeforeRequests, runStep, type StepOptions } from './support-action/step.ts'

/** Each input, good and bad: what the built action makes of it, and that a bad one ends the run before any request. */

type Good = [value: string, expected: unknown]

/** Runs with one input changed, and gives the form that was sent. */
async function formWith(input: string, value: string): Promise<Record<string, string>> {
  const { result, form, requests } = await runStep({ with: { [input]: value } })
  expect(result.errors).toEqual([])
  expect(requests).toHaveLength(1)
  return form
}

/** Runs with one input changed to a wrong value, and gives the error. */
async function errorWith(input: string, value: string, options: StepOptions = {}): Promise<string | undefined> {
  return errorBeforeRequests(await runStep({ ...options, with: { ...options.with, [input]: value } }))
}

describe('app-id and secret', () => {
  const causes =
    'a secret comes out empty in a pull request from a fork, in a run by Dependabot, when its name is misspelt, and in a job without the "environment:" that holds it; check these four.'
  const fork =
    'this is a pull request from a fork, and such runs do not get secrets; skip this job for forks, or run it after the merge.'
  const dependabot =
    'Dependabot started this run, and such runs do not get the repository\'s Actions secrets; add it under "Secrets and variables", "Dependabot", or skip this job for Dependabot.'

  const pullRequest = (head: unknown) => ({
    pull_request: { head: { repo: head }, base: { repo: { full_name: 'your-org/your-repository', fork: false } } },
  })
  const ownBranch = pullRequest({ full_name: 'your-org/your-repository', fork: false })
  const ofFork = pullRequest({ full_name: 'somebody/your-repository', fork: true })
  const onPullRequest = { GITHUB_EVENT_NAME: 'pull_request' }

  test.concurrent.each([
    ['app-id', ''],
    ['app-id', ' \n'],
    ['secret', ''],
    ['secret', '\t '],
  ])('%s: empty (%j) gives the reasons why a secret comes out empty', async (input, value) => {
    expect(await errorWith(input, value)).toBe(`"${input}" is empty: ${causes}`)
  })

  test.concurrent('app-id and secret both missing, as in a step without "with:", name the first', async () => {
    const step = await runStep({ with: { 'app-id': undefined, secret: undefined } })
    expect(errorBeforeRequests(step)).toBe(`"app-id" is empty: ${causes}`)
  })

  test.concurrent.each<[name: string, reason: string, options: StepOptions]>([
    ['a pull request from a fork', fork, { event: ofFork, env: onPullRequest }],
    ['a pull request whose fork was deleted', fork, { event: pullRequest(null), env: onPullRequest }],
    [
      'a pull request between two repositories that are both forks',
      fork,
      {
        event: {
          pull_request: {
            head: { repo: { full_name: 'a/r', fork: true } },
            base: { repo: { full_name: 'b/r', fork: true } },
          },
        },
        env: onPullRequest,
      },
    ],
    ['a pull request from a branch of the repository', causes, { event: ownBranch, env: onPullRequest }],
    [
      'pull_request_target from a fork, which does get secrets',
      causes,
      { event: ofFork, env: { GITHUB_EVENT_NAME: 'pull_request_target' } },
    ],
    ['a run by Dependabot', dependabot, { event: ownBranch, env: { GITHUB_ACTOR: 'dependabot[bot]' } }],
    ["an event of Dependabot's", dependabot, { event: { sender: { login: 'dependabot[bot]' } } }],
    ['a push', causes, { event: { ref: 'refs/heads/main' } }],
    ['an event that is no object', causes, { event: 'push' }],
    ['an event with other types inside', causes, { event: { pull_request: 'x', sender: null } }],
  ])('an empty secret in %s says so', async (_name, reason, options) => {
    expect(await errorWith('secret', '', options)).toBe(`"secret" is empty: ${reason}`)
  })

  test.concurrent('app-id with a character that cannot be seen is an error that does not repeat it', async () => {
    const sentence = '"app-id" holds characters that no id has: copy it again from the API key\'s page.'
    expect(await errorWith('app-id', 'an\u200bid')).toBe(sentence)
    expect(await errorWith('app-id', 'an\nid')).toBe(sentence)
    expect(await errorWith('app-id', 'id ##[error]x')).toBe(sentence)
  })

  test.concurrent('blanks around app-id and secret, as from a paste, are left out', async () => {
    const { result, form } = await runStep({
      with: { 'app-id': ` ${defaultUserKey.applicationId}\n`, secret: `\t${defaultUserKey.secret}\r\n` },
    })
    expect(result.exitCode).toBe(0)
    expect(form).toMatchObject({ client_id: defaultUserKey.applicationId, client_secret: defaultUserKey.secret })
  })

  test.concurrent.each(['a+b %25 & c=d/e#f ü€', 'x;y?z\\"\'<>`$(id)*!~', '日本 \u{1f511}\ttab', 'two\nlines of it'])(
    'the secret %j arrives as it is, in a form body and never in the query',
    async secret => {
      const { result, form, requests } = await runStep({
        with: { secret, 'app-id': 'app +%&=/#é' },
        server: { users: [{ ...defaultUserKey, applicationId: 'app +%&=/#é', secret }] },
      })
      expect(result).toMatchObject({ exitCode: 0, outputs: { identity: 'deployer' } })
      expect(form).toEqual({
        grant_type: 'client_credentials',
        client_id: 'app +%&=/#é',
        client_secret: secret,
        response_type: 'id_token',
        scope: 'user:name',
      })
      expect(requests).toMatchObject([
        {
          method: 'POST',
          path: '/v1/oauth/access_token',
          query: '',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ])
      expect(requests[0]?.headers).not.toHaveProperty('authorization')
    },
  )

  test.concurrent("a user's key gives the user's name, an organization's key the organization's global id", async () => {
    const user = await runStep()
    expect(user.result.outputs).toMatchObject({ identity: 'deployer', scope: 'user:name' })
    const organization = await runStep({
      with: { 'app-id': 'my-org', secret: defaultOrganizationKey.secret, scope: 'organization:owner' },
    })
    expect(organization.result.outputs).toMatchObject({ identity: 'my-org', scope: 'organization:owner' })
    expect(organization.result.log).toContain('Identity: my-org (organization key my-org)\n')
  })
})

describe('scope and audience', () => {
  const lists: Good[] = [
    ['user:name', 'user:name'],
    ['user:name,user:email', 'user:name,user:email'],
    ['user:name user:email', 'user:name,user:email'],
    ['user:name\nuser:email\n', 'user:name,user:email'],
    ['\tuser:name\r\n  ,, user:email ,', 'user:name,user:email'],
    ['user:name, user:name user:email user:name', 'user:name,user:email'],
  ]
  test.concurrent.each(lists)('scope: %j is sent separated by commas, each once', async (value, expected) => {
    expect(await formWith('scope', value)).toMatchObject({ scope: expected })
  })

  test.concurrent.each(lists)(
    'audience: %j is sent separated by commas, each once, as aud',
    async (value, expected) => {
      expect(await formWith('audience', value)).toMatchObject({ aud: expected })
    },
  )

  test.concurrent.each(['', ' ', ' , \n,'])('scope and audience: %j sends none', async value => {
    const { form } = await runStep({ with: { scope: value, audience: value } })
    expect(Object.keys(form)).toEqual(['grant_type', 'client_id', 'client_secret', 'response_type'])
  })

  test.concurrent.each(['scope', 'audience'])('%s with characters that cannot be seen is an error', async input => {
    const sentence = `"${input}" holds characters that cannot be seen: type it again, separated by commas, blanks or newlines.`
    expect(await errorWith(input, 'user:\u202ename')).toBe(sentence)
    expect(await errorWith(input, 'user:name, user:\u0007email')).toBe(sentence)
  })
})

describe('validity and timeout', () => {
  test.concurrent.each<Good>([
    ['1', '1'],
    ['900', '900'],
    ['900s', '900'],
    ['15m', '900'],
    ['1h', '3600'],
    ['24h', '86400'],
    ['1440m', '86400'],
    ['86400', '86400'],
    [' 1h\n', '3600'],
    ['', undefined],
    [' ', undefined],
  ])('validity: %j is sent in seconds', async (value, expected) => {
    expect((await formWith('validity', value))['validity']).toBe(expected)
  })

  const neverGood = ['0', '0h', '-1', '+5', '08', '1d', '5m30s', '300.5', '1e3', '0x10', '15 m', '15M', '1,000', 'abc']
  test.concurrent.each([...neverGood, '86401', '1441m', '25h', '99999999999', '١٥'])(
    'validity: %j is an error, because the server would ignore it',
    async value => {
      expect(await errorWith('validity', value)).toBe(
        `"validity" is "${value}": write whole seconds, minutes or hours up to 24h, such as 30, 30s, 5m or 1h.`,
      )
    },
  )

  test.concurrent('a value that is too long to repeat is described', async () => {
    expect(await errorWith('validity', '1'.repeat(81))).toBe(
      '"validity" holds characters or a length that cannot be right: write whole seconds, minutes or hours up to 24h, such as 30, 30s, 5m or 1h.',
    )
  })

  test.concurrent.each(['', '30', '60s', '10m', '600s'])('timeout: %j is accepted', async value => {
    await formWith('timeout', value)
  })

  test.concurrent.each([...neverGood, '601', '11m', '1h'])('timeout: %j is an error', async value => {
    expect(await errorWith('timeout', value)).toBe(
      `"timeout" is "${value}": write whole seconds, minutes or hours up to 10m, such as 30, 30s, 5m.`,
    )
  })
})

describe('retries and summary', () => {
  test.concurrent.each(['', '0', '3', '10'])('retries: %j is accepted', async value => {
    await formWith('retries', value)
  })

  test.concurrent.each(['11', '-1', '1.5', '03', '1 0', '1e1', 'three', '٣'])(
    'retries: %j is an error',
    async value => {
      expect(await errorWith('retries', value)).toBe(`"retries" is "${value}": write a whole number from 0 to 10.`)
    },
  )

  test.concurrent.each<Good>([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['', false],
  ])('summary: %j writes one or not', async (value, expected) => {
    const { result } = await runStep({ with: { summary: value } })
    expect(result.summary !== '').toBe(expected)
  })

  test.concurrent.each(['yes', '1', 'tRue', 'on', '"true"'])('summary: %j is an error', async value => {
    expect(await errorWith('summary', value)).toBe(`"summary" is "${value}": write true or false.`)
  })
})

describe('base-url', () => {
  test.concurrent.each([
    ['', '/', '/v1/oauth/access_token'],
    ['', '///', '/v1/oauth/access_token'],
    ['/iyo', '/iyo', '/iyo/v1/oauth/access_token'],
    ['/iyo/two', '/iyo/two/', '/iyo/two/v1/oauth/access_token'],
  ])('of a server below %j, written with %j at its end, leads to %j', async (basePath, written, path) => {
    const { result, requests } = await runStep({
      server: { basePath },
      prepare: ({ port }) => ({ 'base-url': ` http://127.0.0.1:${port}${written}\n` }),
    })
    expect(result.errors).toEqual([])
    expect(requests).toMatchObject([{ path }])
  })

  test.concurrent('may be http for any loopback address', async () => {
    for (const host of ['127.0.0.1', 'localhost', '127.1', 'LOCALHOST']) {
      const { result } = await runStep({ prepare: ({ port }) => ({ 'base-url': `http://${host}:${port}` }) })
      expect(result.errors).toEqual([])
    }
  })

  test.concurrent('may be http for the IPv6 loopback address, where the machine has one', async () => {
    const received: string[] = []
    const server = createServer((request, response) => {
      received.push(`${request.method} ${request.url} ${request.headers.host}`)
      request.resume().on('end', () => response.end(signJwt(claims())))
    })
    const isListening = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true))
    })
    if (!isListening) return
    const { port } = server.address() as AddressInfo
    try {
      const { result } = await runStep({
        with: { 'app-id': applicationId, 'base-url': `http://[::1]:${port}/`, 'public-key': publicKeyPem },
      })
      expect(result).toMatchObject({ exitCode: 0, outputs: { identity: 'jane' } })
      expect(received).toEqual([`POST /v1/oauth/access_token [::1]:${port}`])
    } finally {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  })

  const blank =
    'holds a query, a fragment, a backslash or a blank: write the address alone, such as https://itsyou.online.'
  const password = 'holds a user or password: write the address alone, such as https://itsyou.online.'
  const scheme =
    'does not start with https://: the secret travels to it, so only a loopback address may use plain http.'
  const noUrl = 'is no URL: write the address of the server, such as https://itsyou.online.'
  test.concurrent.each([
    ['', 'is empty: a variable that is not set comes out so; set it, or leave "base-url" out.'],
    [' ', 'is empty: a variable that is not set comes out so; set it, or leave "base-url" out.'],
    ['itsyou.online', noUrl],
    ['https://', noUrl],
    ['https://a b', noUrl],
    ['https://[::1', noUrl],
    ['http://127.0.0.999', noUrl],
    ['::error::x', noUrl],
    ['https://user:pass-word@itsyou.online', password],
    ['https://user@itsyou.online', password],
    ['https://@itsyou.online', password],
    ['https://:@itsyou.online', password],
    ['https://itsyou.online/a@b', password],
    ['https://itsyou.online?', blank],
    ['https://itsyou.online/?a=b', blank],
    ['https://itsyou.online#', blank],
    ['https://itsyou.online/#a', blank],
    ['https:\\\\itsyou.online', blank],
    ['https://itsyou.online/a b', blank],
    ['https://itsyou.online/a\nb', blank],
    ['http://itsyou.online', scheme],
    ['http://10.0.0.1', scheme],
    ['http://0.0.0.0', scheme],
    ['http://[::]', scheme],
    ['http://localhost.example.com', scheme],
    ['http://127.0.0.1.example.com', scheme],
    ['http://[::ffff:7f00:1]', scheme],
    ['ftp://127.0.0.1', scheme],
    ['file:///etc/passwd', scheme],
    ['javascript:alert(1)', scheme],
    ['localhost:8080', scheme],
  ])('%j is an error that does not repeat it', async (value, sentence) => {
    expect(await errorWith('base-url', value)).toBe(`"base-url" ${sentence}`)
  })

  test.concurrent('leaves nothing of a password in the log', async () => {
    const { result } = await runStep({ with: { 'base-url': 'https://someone:pass-word@itsyou.online' } })
    expect(result.stdout).not.toMatch(/pass-word|someone/)
  })
})

describe('env-var', () => {
  test.concurrent.each<Good>([
    ['JWT', ['JWT']],
    ['TF_VAR_client_jwt', ['TF_VAR_client_jwt']],
    ['_', ['_']],
    ['a1', ['a1']],
    ['JWT, OVC_JWT\nTF_VAR_client_jwt', ['JWT', 'OVC_JWT', 'TF_VAR_client_jwt']],
    ['JWT JWT', ['JWT']],
    ['PATHS ENVIRONMENT MY_PATH GITHUB LD', ['ENVIRONMENT', 'GITHUB', 'LD', 'MY_PATH', 'PATHS']],
    ['', []],
    [' ,\n', []],
  ])('%j exports the JWT under these names', async (value, names) => {
    const { result } = await runStep({ with: { 'env-var': value } })
    expect(result.errors).toEqual([])
    expect(Object.keys(result.env).sort()).toEqual(names)
    for (const exported of Object.values(result.env)) expect(exported).toBe(result.outputs['jwt'])
  })

  test.concurrent('left out exports JWT', async () => {
    const { result } = await runStep({ with: { 'env-var': undefined } })
    expect(result.env).toEqual({ JWT: result.outputs['jwt'] })
  })

  const form = 'write names of letters, digits and underscores that do not start with a digit, such as JWT.'
  test.concurrent.each(['1JWT', 'MY-JWT', 'MY.JWT', 'JWT=x', '$JWT', 'JÜRGEN', 'A<<B', 'JWT;ls', '"JWT"'])(
    '%j is no name',
    async value => {
      expect(await errorWith('env-var', value)).toBe(`"env-var" is "${value}": ${form}`)
    },
  )

  test.concurrent('one wrong name in a list is enough', async () => {
    expect(await errorWith('env-var', 'JWT, 2nd')).toBe(`"env-var" is "2nd": ${form}`)
  })

  const taken = 'that name belongs to the runner or changes how programs run; choose another, such as JWT.'
  const reserved = ['PATH', 'NODE_OPTIONS', 'BASH_ENV', 'ENV', 'HOME', 'SHELL', 'IFS', 'CI']
  const prefixed = ['LD_', 'DYLD_', 'GITHUB_', 'RUNNER_', 'ACTIONS_', 'INPUT_', 'STATE_'].map(name => `${name}X`)
  test.concurrent.each([
    ...reserved,
    ...prefixed,
    'LD_PRELOAD',
    'LD_',
    'GITHUB_TOKEN',
    'Path',
    'path',
    'Ld_Preload',
    'github_env',
    'ci',
  ])('%j is reserved', async value => {
    expect(await errorWith('env-var', value)).toBe(`"env-var" is "${value}": ${taken}`)
  })
})

describe('public-key', () => {
  test.concurrent.each(['garbage', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])(
    '%j is an error',
    async value => {
      expect(await errorWith('public-key', value)).toBe(
        '"public-key" is no P-384 public key (SPKI, PEM): give the server\'s PEM text, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".',
      )
    },
  )

  test.concurrent('empty is as if it were left out', async () => {
    const { result } = await runStep({ with: { 'public-key': ' ' } })
    expect(result.log).toContain('signature not verified')
  })

  test.concurrent("of another server than the one that signed refuses that one's JWT", async () => {
    const other = (await runStep()).server.publicKeyPem
    const { result } = await runStep({ with: { 'public-key': other } })
    expect(result.errors[0]).toMatch(/^The JWT from .* is not signed with this server's key, so nothing was handed on:/)
  })
})

describe('jwt', () => {
  const claims = { azp: defaultUserKey.applicationId, username: 'deployer', iss: 'itsyouonline', scope: ['user:name'] }
  const alone = { 'app-id': undefined, secret: undefined, scope: undefined }

  test.concurrent.each([
    ['app-id', '"app-id"'],
    ['secret', '"secret"'],
    ['scope', '"scope"'],
    ['audience', '"audience"'],
  ])('with %s is an error that says what to drop', async (input, names) => {
    expect(
      errorBeforeRequests(await runStep({ with: { ...alone, jwt: 'header.payload.signature', [input]: 'x1234567' } })),
    ).toBe(
      `"jwt" renews a JWT and cannot be combined with ${names}: drop that input to renew, or drop "jwt" to ask for a new JWT.`,
    )
  })

  test.concurrent('with all of them names all of them', async () => {
    const step = await runStep({ with: { jwt: 'header.payload.signature', audience: 'x' } })
    expect(errorBeforeRequests(step)).toBe(
      '"jwt" renews a JWT and cannot be combined with "app-id", "secret", "scope", "audience": drop those inputs to renew, or drop "jwt" to ask for a new JWT.',
    )
  })

  test.concurrent('without a refresh token is an error before any request', async () => {
    const step = await runStep({
      with: alone,
      prepare: async server => ({ jwt: await server.issue({ ...claims, exp: 2_000_000_000 }) }),
    })
    expect(errorBeforeRequests(step)).toBe(
      '"jwt" holds a JWT without a refresh_token, which no server renews: ask for it with "scope: ..., offline_access", or use "app-id" and "secret" here.',
    )
  })

  test.concurrent.each(['not a jwt', 'eyJ.x', 'eyJ0.eyJ1.eyJ2.eyJ3', 'eyJ0.eyJ1=.eyJ2'])(
    '%j is an error before any request',
    async jwt => {
      expect(errorBeforeRequests(await runStep({ with: { ...alone, jwt } }))).toBe(
        '"jwt" does not have the three parts of a JWT: give the whole JWT as its server issued it, and that server\'s "base-url" and "public-key".',
      )
    },
  )
})

describe('the environment', () => {
  test.concurrent('NODE_TLS_REJECT_UNAUTHORIZED=0 is an error for any server but loopback', async () => {
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    const message =
      'NODE_TLS_REJECT_UNAUTHORIZED=0 switches off the check of who receives the secret: remove it, and for a private CA set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:".'
    expect(await errorWith('base-url', 'https://id.example.test', { env })).toBe(message)
    expect(await errorWith('base-url', 'https://itsyou.online', { env })).toBe(message)
    expect((await runStep({ env })).result.errors).toEqual([])
  })
})
