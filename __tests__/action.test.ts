import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { decodeJwt } from 'jose'
import { defaultOrganizationKey, defaultUserKey, startItsYouOnline } from '../sandbox/itsyouonline.ts'
import { run } from '../sandbox/process.ts'
import { findLeaks } from '../sandbox/runner.ts'
import { main, runStep, type Step, type StepOptions } from './support-action/step.ts'

/** What a run of the built action hands on, prints and masks, and in which order. */

const user = defaultUserKey
const folder = mkdtempSync(join(tmpdir(), 'action-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The expiry time in the JWT that a run handed on, as text. */
function expiryOf({ result }: Step): string {
  return `${new Date(Number(decodeJwt(String(result.outputs['jwt'])).exp) * 1000).toISOString().slice(0, 19)}Z`
}

/** A server that gives one answer with status 200 to everything. */
async function withAnswer<T>(body: string, contentType: string, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': contentType }).end(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
}

describe('outputs and environment', () => {
  test.concurrent('hold the bare values, without quotes or other dressing', async () => {
    const began = Math.floor(Date.now() / 1000)
    const step = await runStep({ with: { scope: 'user:name user:memberof:my-org', validity: '15m' } })
    const { outputs, env } = step.result
    const jwt = String(outputs['jwt'])
    const claims = decodeJwt(jwt)
    expect(outputs).toEqual({
      jwt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{128}$/),
      'expires-at': expiryOf(step),
      'expires-in': expect.stringMatching(/^\d+$/),
      identity: 'deployer',
      scope: 'user:name,user:memberof:my-org',
    })
    expect(env).toEqual({ JWT: jwt })
    expect(outputs['expires-at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    // Whole seconds that are left at the end of the run, rounded down: never more than there are.
    const left = Number(outputs['expires-in'])
    expect(left).toBeLessThanOrEqual(Number(claims.exp) - began)
    expect(left).toBeGreaterThanOrEqual(Number(claims.exp) - Math.ceil(Date.now() / 1000) - 1)
  })

  test.concurrent.each([
    ['bare, as application/jwt', (jwt: string) => jwt, 'application/jwt'],
    ['bare, with a newline', (jwt: string) => `${jwt}\n`, 'text/plain'],
    ['as access_token in JSON', (jwt: string) => `${JSON.stringify({ access_token: jwt })}\n`, 'application/json'],
    [
      'as access_token in JSON with more beside it',
      (jwt: string) => JSON.stringify({ token_type: 'bearer', access_token: jwt }, null, 2),
      'text/plain',
    ],
  ])('are the same for a JWT that comes %s', async (_name, wrap, contentType) => {
    const issuer = await startItsYouOnline()
    try {
      const jwt = await issuer.issue({
        azp: user.applicationId,
        username: 'deployer',
        iss: 'itsyouonline',
        scope: ['user:name'],
        exp: Math.floor(Date.now() / 1000) + 3600,
      })
      const step = await withAnswer(wrap(jwt), contentType, url =>
        runStep({ with: { 'base-url': url, 'public-key': issuer.publicKeyPem } }),
      )
      expect(step.result).toMatchObject({ exitCode: 0, outputs: { jwt, identity: 'deployer' }, env: { JWT: jwt } })
    } finally {
      await issuer.close()
    }
  })

  test.concurrent('ask for no JSON: the server decides by the header Accept', async () => {
    const { requests } = await runStep()
    expect(requests[0]?.headers).not.toHaveProperty('accept')
  })

  test.concurrent('list all that the key may do, where no scope was asked for', async () => {
    const { result } = await runStep({ with: { scope: '' } })
    expect(result.outputs['scope']).toBe('user:admin')
  })

  test.concurrent('are in the environment under the names that were chosen, and under no other', async () => {
    const { result } = await runStep({ with: { 'env-var': 'OVC_JWT, TF_VAR_client_jwt' } })
    const jwt = result.outputs['jwt']
    expect(result.env).toEqual({ OVC_JWT: jwt, TF_VAR_client_jwt: jwt })
  })
})

describe('the log of a good run', () => {
  test.concurrent("of a user's key is these lines and no more", async () => {
    const step = await runStep({ with: { scope: 'user:name,user:email', validity: '1h' } })
    expect(step.result.log).toBe(
      [
        `Identity: deployer (user key ${user.applicationId})`,
        'Scopes: user:name, user:email',
        `Valid until ${expiryOf(step)} (1 h), signature verified.`,
        'Handed on as: outputs jwt, expires-at, expires-in, identity, scope, environment JWT',
        '',
      ].join('\n'),
    )
  })

  test.concurrent("of an organization's key, with everything in it", async () => {
    const step = await runStep({
      with: {
        'app-id': 'my-org',
        secret: defaultOrganizationKey.secret,
        scope: 'organization:owner offline_access',
        audience: 'one two',
        validity: '90m',
        'env-var': 'A, B',
      },
    })
    expect(step.result.log.replace(/^Warning: .*\n/gm, '')).toBe(
      [
        'Identity: my-org (organization key my-org)',
        'Scopes: organization:owner (renewable)',
        'Audience: one, two',
        `Valid until ${expiryOf(step)} (1 h 30 min), signature verified.`,
        'Handed on as: outputs jwt, expires-at, expires-in, identity, scope, environment A, B',
        '',
      ].join('\n'),
    )
  })

  test.concurrent('without an environment variable names the outputs alone', async () => {
    const { result } = await runStep({ with: { 'env-var': '' } })
    expect(result.log).toMatch(/^Handed on as: outputs jwt, expires-at, expires-in, identity, scope$/m)
  })

  test.concurrent('is the same with debug logging, but for lines of the runner', async () => {
    const { result } = await runStep({ debug: true })
    const own = result.log.split('\n').filter(line => !/^##\[debug\](Set output |JWT=)/.test(line))
    expect(own).toHaveLength(5)
    expect(result.commands.filter(({ command }) => command === 'debug')).toEqual([])
  })
})

describe('masks', () => {
  /** The lines as printed, unmasked. */
  const linesOf = ({ result }: Step) => result.stdout.trimEnd().split('\n')
  const maskOf = (value: string | undefined) => `::add-mask::${value}`

  test.concurrent('the secret is masked by the very first line', async () => {
    const step = await runStep()
    expect(linesOf(step)[0]).toBe(maskOf(user.secret))
  })

  test.concurrent.each<[name: string, options: StepOptions]>([
    ['with a wrong input', { with: { validity: 'never' } }],
    ['with a wrong secret', { with: { secret: 'not the right one' } }],
    ['without an app-id', { with: { 'app-id': '' } }],
    ['with a scope that is not granted', { with: { scope: 'user:memberof:nobody' } }],
  ])('the secret is masked first in a run %s, too', async (_name, options) => {
    const step = await runStep(options)
    expect(step.result.exitCode).toBe(1)
    expect(linesOf(step)[0]).toBe(maskOf(options.with?.['secret'] ?? user.secret))
  })

  test.concurrent('the secret is masked as it stands in the form, where that differs', async () => {
    const secret = 'a+b %25 & c=d'
    const step = await runStep({ with: { secret }, server: { users: [{ ...user, secret }] } })
    expect(linesOf(step).slice(0, 2)).toEqual([maskOf('a+b %2525 & c=d'), maskOf('a%252Bb+%252525+%2526+c%253Dd')])
    expect(step.result.masks.slice(0, 2)).toEqual([secret, 'a%2Bb+%2525+%26+c%3Dd'])
    const same = await runStep()
    expect(same.result.masks.filter(mask => mask === user.secret)).toHaveLength(1)
  })

  test.concurrent('the JWT, its parts and its refresh token are masked before any other line', async () => {
    const step = await runStep({ with: { scope: 'user:name,offline_access' } })
    const { result } = step
    const jwt = String(result.outputs['jwt'])
    const [, payload, signature] = jwt.split('.')
    const refreshToken = decodeJwt<{ refresh_token: string }>(jwt).refresh_token
    expect(linesOf(step).slice(0, 5)).toEqual([user.secret, jwt, payload, signature, refreshToken].map(maskOf))
    expect(linesOf(step).slice(5)).not.toContainEqual(expect.stringContaining('::add-mask::'))
    expect(findLeaks(linesOf(step).slice(5).join('\n'), [user.secret, jwt])).toEqual([])
  })

  test.concurrent('a JWT that is then refused is masked all the same', async () => {
    const { result } = await runStep({ with: { scope: 'user:memberof:nobody,offline_access' } })
    expect(result.errors[0]).toContain('granted none, without "user:memberof:nobody"')
    expect(result.masks).toHaveLength(5)
    expect(result.masks[1]).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
  })

  test.concurrent('of a retry come before its line, and the JWT of the next attempt is masked after it', async () => {
    let asked = 0
    const step = await runStep({ server: { proxy: () => (asked++ ? undefined : { status: 503 }) } })
    expect(linesOf(step).slice(0, 3)).toEqual([
      maskOf(user.secret),
      expect.stringMatching(/^Attempt 1 failed \(status 503\); trying again in 0\.\d s\.$/),
      maskOf(step.result.outputs['jwt']),
    ])
  })

  test.concurrent('the JWT to be renewed and all of it is masked first, and then the new one', async () => {
    const claims = { azp: user.applicationId, username: 'deployer', iss: 'itsyouonline', scope: ['user:name'] }
    let old = ''
    const step = await runStep({
      with: { 'app-id': undefined, secret: undefined, scope: undefined },
      prepare: async server => {
        const answer = await fetch(`${server.url}/v1/oauth/access_token`, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: user.applicationId,
            client_secret: user.secret,
            response_type: 'id_token',
            scope: 'user:name,offline_access',
          }),
        })
        old = await answer.text()
        return { jwt: ` ${old}\n` }
      },
    })
    const [, payload, signature] = old.split('.')
    const { refresh_token: refreshToken, ...rest } = decodeJwt<{ refresh_token: string }>(old)
    expect(rest).toMatchObject(claims)
    expect(linesOf(step).slice(0, 4)).toEqual([old, payload, signature, refreshToken].map(maskOf))
    expect(linesOf(step)[4]).toBe(maskOf(step.result.outputs['jwt']))
    expect(step.result.log).toContain('Scopes: user:name (renewable)\n')
  })

  test.concurrent('there is none for the app-id, which is no secret', async () => {
    const { result } = await runStep()
    expect(result.masks).not.toContain(user.applicationId)
    expect(result.log).toContain(user.applicationId)
  })

  test.concurrent('there is none that is empty, also where the secret is', async () => {
    const { result } = await runStep({ with: { secret: ' ' } })
    expect(result.masks).toEqual([])
    expect(result.stdout).not.toContain('add-mask')
  })

  test.concurrent('a secret of several lines is masked whole and line by line', async () => {
    const secret = 'the first line\nthe second line'
    const { result } = await runStep({ with: { secret }, server: { users: [{ ...user, secret }] } })
    expect(result.exitCode).toBe(0)
    expect(result.masks[0]).toBe(secret)
  })

  test.concurrent("the credentials in a proxy's URL are masked", async () => {
    const { result } = await runStep({ env: { https_proxy: 'http://proxy-user:p%40ss-word@127.0.0.1:1' } })
    for (const mask of ['proxy-user:p%40ss-word', 'proxy-user:p@ss-word', 'p%40ss-word', 'p@ss-word']) {
      expect(result.masks).toContain(mask)
    }
  })
})

describe('advice', () => {
  const advice = {
    unverified:
      'The signature of the JWT was not verified, because the key of this server is not known: put its public key (PEM) into "public-key".',
    everything:
      'The JWT may do all that the key may ("user:admin"), because "scope" names no scope: ask for what the job needs, such as "scope: user:name".',
    everythingOfOrganization:
      'The JWT may do all that the key may ("organization:owner"), because "scope" names no scope: where it is enough, use a user\'s key with "scope: user:memberof:<organization>".',
    audience: 'OpenvCloud rejects every JWT with an audience: leave "audience" empty for a JWT that goes there.',
    short:
      'JumpScale and the Go SDK take a JWT within 5 minutes of its expiry for expired: set "validity" above 5m for them.',
    renewable:
      'Whoever reads this JWT can renew it without the secret, because it holds a refresh token: leave offline_access out of "scope", unless something must renew the JWT.',
  }
  const organization = { 'app-id': 'my-org', secret: defaultOrganizationKey.secret }

  test.concurrent.each<[name: string, inputs: Record<string, string>, warnings: string[]]>([
    ['nothing to say of a scope that was asked for', {}, []],
    ['nothing to say of user:admin that was asked for', { scope: 'user:admin' }, []],
    ['no scope asked for with a user key', { scope: '' }, [advice.everything]],
    ["no scope with an organization's key", { ...organization, scope: '' }, [advice.everythingOfOrganization]],
    ['offline_access alone', { scope: 'offline_access' }, [advice.everything, advice.renewable]],
    ['offline_access with a scope', { scope: 'user:name,offline_access' }, [advice.renewable]],
    ['an audience', { audience: 'one,two' }, [advice.audience]],
    ['a validity of 5 minutes', { validity: '5m' }, [advice.short]],
    ['a validity above that', { validity: '301' }, []],
    ['a server whose key is not known', { 'public-key': '' }, [advice.unverified]],
    [
      'all of it',
      { scope: 'offline_access', audience: 'one', validity: '1', 'public-key': '' },
      [advice.unverified, advice.everything, advice.audience, advice.renewable, advice.short],
    ],
  ])('is given once, and only when due: %s', async (_name, inputs, warnings) => {
    const { result } = await runStep({ with: inputs })
    expect(result.errors).toEqual([])
    expect(result.warnings).toEqual(warnings)
  })

  test.concurrent('tells of a validity that the server ignored', async () => {
    const { result } = await runStep({ with: { validity: '1h' }, server: { now: () => Date.now() + 7_200_000 } })
    expect(result.warnings).toEqual([
      'The server ignored "validity" (3600 s): the JWT lives 3 h; check the clocks of the runner and the server.',
    ])
  })

  test.concurrent('is not given for a failed run', async () => {
    const { result } = await runStep({ with: { audience: 'one', scope: 'organization:owner', validity: '5m' } })
    expect(result.exitCode).toBe(1)
    expect(result.warnings).toEqual([])
  })
})

describe('the step summary', () => {
  test.concurrent('holds who, what, for whom and until when', async () => {
    const step = await runStep({ with: { summary: 'true', scope: 'user:name,user:email', validity: '1h' } })
    const row = ([name, value]: string[]) => `<tr><th>${name}</th><td>${value}</td></tr>`
    const rows = [
      ['Identity', `deployer (user key ${user.applicationId})`],
      ['Scopes', 'user:name, user:email'],
      ['Audience', 'none'],
      ['Validity', '1 h'],
      ['Valid until', expiryOf(step)],
      ['Signature', 'verified'],
      ['Server', step.server.url],
    ]
    expect(step.result.summary).toBe(`<h3>ItsYou.online JWT</h3>\n<table>${rows.map(row).join('')}</table>\n`)
  })

  test.concurrent('says when the signature was not verified, and for whom the JWT is', async () => {
    const { result } = await runStep({ with: { summary: 'true', 'public-key': '', audience: 'one two' } })
    expect(result.summary).toContain('<td>not verified</td>')
    expect(result.summary).toContain('<th>Audience</th><td>one, two</td>')
  })

  test.concurrent('holds text of a server as text: HTML in it stays unread', async () => {
    const username = '<img src=x onerror="alert(1)">&amp;\'`'
    const { result } = await runStep({ with: { summary: 'true' }, server: { users: [{ ...user, username }] } })
    expect(result.outputs['identity']).toBe(username)
    expect(result.summary).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;amp;&#39;`')
    expect(result.summary).not.toContain('<img')
  })

  test.concurrent('never holds the JWT, a part of it, or its refresh token', async () => {
    const { result } = await runStep({ with: { summary: 'true', scope: 'user:name,offline_access' } })
    expect(result.summary).not.toBe('')
    expect(findLeaks(result.summary, [String(result.outputs['jwt']), user.secret])).toEqual([])
  })
})

describe('what the server says', () => {
  test.concurrent.each([
    ['a newline', 'deployer\n::error::injected'],
    ['a carriage return', 'deployer\r::add-mask::x'],
    ['a command of the old form', 'deployer ##[set-output name=jwt]x'],
    ['a mark that reorders text', 'deployer\u202e'],
    ['a line separator', 'deployer\u2028x'],
    ['an escape sequence', 'deployer\u001b[31m'],
  ])('cannot smuggle %s into the log', async (_name, username) => {
    const { result } = await runStep({ server: { users: [{ ...user, username }] } })
    expect(result.errors).toEqual([
      expect.stringMatching(/has a "username" or "globalid" that is no plain text, so nothing was handed on/),
    ])
  })

  test.concurrent.each(['::error::x', '%0A::error::x', 'a<<EOF', 'x=y', '"quoted"', '***'])(
    'with %j in it is a name like any other',
    async username => {
      const { result } = await runStep({ server: { users: [{ ...user, username }] } })
      expect(result.outputs['identity']).toBe(username)
      expect(result.log).toContain(`Identity: ${username} (user key `)
    },
  )
})

describe('the files of the runner', () => {
  /** Starts the action without the runner in miniature, which would always give it its files. */
  async function runWithFiles(files: Record<string, string>, inputs: Record<string, string> = {}) {
    const server = await startItsYouOnline()
    try {
      const given: Record<string, string> = {
        'app-id': user.applicationId,
        secret: user.secret,
        scope: 'user:name',
        'base-url': server.url,
        'public-key': server.publicKeyPem,
        'env-var': 'JWT',
        ...inputs,
      }
      const environment = Object.fromEntries(
        Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      )
      const exit = await run({
        file: process.execPath,
        arguments: [main],
        directory: folder,
        environment: { PATH: process.env['PATH'] ?? '', ...environment, ...files },
        onLine: () => {},
        timeoutSeconds: 60,
      }).done
      return { ...exit, requests: server.requests }
    } finally {
      await server.close()
    }
  }

  const file = (name: string) => join(mkdtempSync(join(folder, 'files-')), name)

  const missing = (variable: string) =>
    `::error::${variable} names no file that can be written, so the JWT could not be handed on: run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act).`

  test.concurrent.each<[name: string, files: () => Record<string, string>, variable: string]>([
    ['no GITHUB_OUTPUT', () => ({}), 'GITHUB_OUTPUT'],
    ['an empty GITHUB_OUTPUT', () => ({ GITHUB_OUTPUT: '' }), 'GITHUB_OUTPUT'],
    ['a GITHUB_OUTPUT that is not there', () => ({ GITHUB_OUTPUT: file('none') }), 'GITHUB_OUTPUT'],
    ['a GITHUB_OUTPUT that is a folder', () => ({ GITHUB_OUTPUT: folder }), 'GITHUB_OUTPUT'],
    ['no GITHUB_ENV', () => ({ GITHUB_OUTPUT: main }), 'GITHUB_ENV'],
  ])('%s is an error before any request, and nothing goes to stdout instead', async (_name, files, variable) => {
    const { stdout, stderr, exitCode, requests } = await runWithFiles(files())
    expect(stdout.split('\n')).toEqual([`::add-mask::${user.secret}`, missing(variable), ''])
    expect({ stderr, exitCode, requests }).toEqual({ stderr: '', exitCode: 1, requests: [] })
  })

  test.concurrent('a missing GITHUB_STEP_SUMMARY is an error before any request where a summary is asked for', async () => {
    const path = file('output')
    writeFileSync(path, '')
    const files = { GITHUB_OUTPUT: path, GITHUB_ENV: path }
    const { stdout, requests } = await runWithFiles(files, { summary: 'true' })
    expect(stdout.split('\n')).toEqual([`::add-mask::${user.secret}`, missing('GITHUB_STEP_SUMMARY'), ''])
    expect(requests).toEqual([])
    expect(readFileSync(path, 'utf8')).toBe('')
    expect((await runWithFiles(files, { summary: 'false' })).exitCode).toBe(0)
  })

  // Linux has a file that behaves as on a full disk: it opens, and each write fails with ENOSPC.
  const onLinux = process.platform === 'linux' ? test.concurrent : test.skip

  onLinux('a full disk while handing on is an error that says so, and that a part may be there', async () => {
    for (const files of [
      { GITHUB_OUTPUT: '/dev/full', GITHUB_ENV: '/dev/full' },
      { GITHUB_OUTPUT: '/dev/null', GITHUB_ENV: '/dev/full' },
    ]) {
      const { stdout, stderr, exitCode } = await runWithFiles(files)
      expect(stdout.split('\n').filter(line => !line.startsWith('::add-mask::'))).toEqual([
        "::error::The runner's files for outputs and variables could not be written to the end (ENOSPC), so later steps may have a part of them: see whether the runner's disk is full, and run the job again.",
        '',
      ])
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 })
    }
  })

  onLinux('a summary that cannot be written is a warning: the JWT is handed on', async () => {
    const path = file('output')
    writeFileSync(path, '')
    const files = { GITHUB_OUTPUT: path, GITHUB_ENV: '/dev/null', GITHUB_STEP_SUMMARY: '/dev/full' }
    const { stdout, exitCode } = await runWithFiles(files, { summary: 'true' })
    expect(stdout).toMatch(/^::warning::The summary could not be written, but the JWT is handed on: /m)
    expect(exitCode).toBe(0)
    expect(readFileSync(path, 'utf8')).toContain('jwt<<')
  })
})
