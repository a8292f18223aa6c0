import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type ItsYouOnline, startItsYouOnline } from '../sandbox/itsyouonline.ts'
import { Job } from '../sandbox/runner.ts'
import { ActionError } from '../src/errors.ts'
import type { Outcome } from '../src/http.ts'
import { type Inputs, readInputs } from '../src/inputs.ts'
import { hasJwtForm, readClaims } from '../src/jwt.ts'
import { secretsOfJwt, secretsOfRun } from '../src/masks.ts'
import { report } from '../src/report.ts'
import { decideRetry, readRetryAfter } from '../src/retry.ts'
import { describe as describeValue, escapeHtml, isPrintable } from '../src/text.ts'
import { type Expectation, verifyIssued } from '../src/verify.ts'
import { type Behaviour, startFaultyServer } from './support/faulty-server.ts'
import { applicationId, claims, inSeconds, publicKeyPem, signJwt, unsigned } from './support/forge.ts'
import { expectPromisesKept, main } from './support-action/step.ts'

/**
 * What holds for any input and any answer. The cases are the same in each run, unless FC_SEED says otherwise; FC_RUNS
 * changes how many a property tries. fast-check prints the seed of a property that fails.
 */

const seed = Number(process.env['FC_SEED'] ?? 20_261_125)
const runs = (usual: number) => Number(process.env['FC_RUNS'] ?? usual)

/** Cases of a property on functions, and of one that starts the action for each. */
const CASES = runs(1000)
const SPAWNED = runs(60)
/** So many runs of the action are under way at the same time. */
const TOGETHER = 4

const each = { seed, numRuns: CASES }

// --- any text, any JSON, any claim ---

/** What is special somewhere on the way: to the runner, a form, JSON, HTML, a shell, a terminal. */
const special = fc.constantFrom(
  '::',
  '::error::x',
  '::add-mask::',
  '::stop-commands::x',
  '##[',
  '##[error]x',
  '%0A',
  '%0D%0A::error::x',
  '%',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  ',',
  '"',
  "'",
  '<',
  '&',
  '+',
  '=',
  '<<EOF',
  '\\',
  '$(id)',
  '`id`',
  '$'.concat('{{ x }}'),
  '\u001b[2J',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ufeff',
  '\u00a0',
  'é',
  '\u{1f511}',
  '__proto__',
)
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.oneof(special, fc.string({ maxLength: 8 })), { maxLength: 8 }).map(parts => parts.join('')),
  fc.string({ minLength: 200, maxLength: 3000 }),
)
/** A variable of the environment cannot hold a NUL, nor half a character. */
const anyValue = anyText.map(text => text.replaceAll('\0', '').toWellFormed())
const anyJson = fc.jsonValue({ maxDepth: 3 })

const claimNames = ['iss', 'azp', 'username', 'globalid', 'exp', 'scope', 'aud', 'refresh_token', '__proto__', 'x']
const anyClaim = fc.oneof(
  anyText,
  anyJson,
  fc.integer(),
  fc.double(),
  fc.array(anyText, { maxLength: 4 }),
  fc.constantFrom(null, undefined, '', [], [''], {}, 'itsyouonline', applicationId, 8_640_000_000_001, -1),
)
/** The claims of a good JWT with some of them changed, taken away or added. */
const anyClaims = fc
  .dictionary(fc.constantFrom(...claimNames), anyClaim, { maxKeys: 3 })
  .map(changes => claims({ exp: inSeconds(3600), ...changes }))

describe('any text', () => {
  test('is described in one line that repeats it only as it is', () => {
    fc.assert(
      fc.property(anyText, text => {
        const described = describeValue(text)
        expect(isPrintable(described)).toBe(true)
        expect(described === `is "${text}"` || described === describeValue('\n')).toBe(true)
      }),
      each,
    )
  })

  test('is text for HTML once escaped, and can be read back', () => {
    fc.assert(
      fc.property(anyText, text => {
        const escaped = escapeHtml(text)
        expect(escaped).not.toMatch(/[<>"']|&(?!#\d+;)/)
        expect(escaped.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))).toBe(text)
      }),
      each,
    )
  })

  test('is a Retry-After of some time between none and a year', () => {
    const value = fc.oneof(
      anyText,
      fc.bigInt().map(String),
      fc.date({ noInvalidDate: true }).map(date => date.toUTCString()),
    )
    fc.assert(
      fc.property(value, fc.date({ noInvalidDate: true }), (text, now) => {
        const wait = readRetryAfter(text, now.getTime())
        expect(wait >= 0 && wait <= 366 * 86_400_000).toBe(true)
      }),
      each,
    )
  })

  test('has claims only if it has the payload of a JWT', () => {
    fc.assert(
      fc.property(anyText, text => {
        const found = readClaims(text)
        if (found !== undefined) expect(text).toContain('.')
        if (hasJwtForm(text)) expect(text.split('.')).toHaveLength(3)
      }),
      each,
    )
  })

  test('leaves no mask that is empty or blank, and its secret is always one', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (secret, jwt, proxy) => {
        const masks = [...secretsOfRun(secret, jwt, { https_proxy: proxy }), ...secretsOfJwt(jwt)]
        for (const mask of masks) expect(mask.trim()).not.toBe('')
        for (const text of [secret, jwt]) if (text.trim()) expect(masks).toContain(text.trim())
      }),
      each,
    )
  })
})

describe('any JSON', () => {
  test('that is an object is read as it is', () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyJson), object => {
        const json = JSON.stringify(object)
        expect(readClaims(`e30.${Buffer.from(json.toWellFormed()).toString('base64url')}.x`)).toEqual(JSON.parse(json))
      }),
      each,
    )
  })

  test('with a name twice in one object, however deep and however written, is refused', () => {
    const escaped = (name: string) => `"${[...name].map(escapeCharacter).join('')}"`
    const plain = fc.string({ unit: 'grapheme', maxLength: 10 }).map(text => text.toWellFormed())
    fc.assert(
      fc.property(plain, anyJson, anyJson, fc.nat(5), (name, one, two, depth) => {
        const twice = `{${JSON.stringify(name)}:${JSON.stringify(one)},"other ${name.length}":1,${escaped(name)}:${JSON.stringify(two)}}`
        const nested = Array.from({ length: depth }).reduce<string>(
          (inner, _, at) => (at % 2 ? `{"in":${inner}}` : `{"in":[1,${inner}]}`),
          twice,
        )
        expect(readClaims(`e30.${Buffer.from(nested).toString('base64url')}.x`)).toBeUndefined()
      }),
      each,
    )
  })
})

/** As `\u....`, by its UTF-16 units. */
function escapeCharacter(character: string): string {
  return character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

describe('any failed attempt', () => {
  const code = fc.oneof(anyText, fc.constantFrom('ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'))
  const status = fc.integer({ min: 0, max: 999 })
  const retryAfter = fc.option(fc.oneof(fc.nat(100).map(String), anyText), { nil: undefined })
  const outcome: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({ kind: fc.constant('answer' as const), status, body: fc.constant(''), retryAfter }),
    fc.record({ kind: fc.constant('network' as const), code }),
    fc.record({ kind: fc.constant('proxy-failed' as const), cause: fc.oneof(status, code) }),
    fc.record({ kind: fc.constantFrom('too-large' as const, 'deadline' as const, 'proxy-invalid' as const) }),
    fc.record({ kind: fc.constant('cancelled' as const), signal: anyText }),
  )
  const situation = fc.record({
    outcome,
    attempts: fc.integer({ min: 1, max: 12 }),
    retries: fc.integer({ min: 0, max: 10 }),
    now: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    timeLeft: fc.integer({ min: 1, max: 600_000 }),
    random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  })

  test('is repeated within the time left, after what the server asks for, or not at all', () => {
    fc.assert(
      fc.property(situation, given => {
        const decision = decideRetry(given)
        const asked = given.outcome.kind === 'answer' ? readRetryAfter(given.outcome.retryAfter, given.now) : 0
        if (decision.retry) {
          expect(decision.wait).toBeGreaterThanOrEqual(asked)
          expect(decision.wait).toBeLessThanOrEqual(given.timeLeft)
          expect(decision.wait - asked).toBeLessThanOrEqual(10_000)
          expect(Number.isInteger(decision.wait)).toBe(true)
        } else if (decision.reason === 'wait-too-long') {
          expect(asked).toBeGreaterThanOrEqual(given.timeLeft)
        }
      }),
      each,
    )
  })
})

describe('any inputs', () => {
  const names = ['app-id', 'secret', 'scope', 'audience', 'validity', 'base-url', 'public-key', 'jwt', 'env-var']
  const values = fc.dictionary(fc.constantFrom(...names, 'summary', 'retries', 'timeout'), anyText)
  const environment = fc.dictionary(fc.constantFrom('GITHUB_ACTOR', 'NODE_TLS_REJECT_UNAUTHORIZED'), anyText)

  test('are typed and within their limits, or an error in one harmless line without the secret', () => {
    fc.assert(
      fc.property(values, environment, anyJson, fc.boolean(), (given, env, event, withKey) => {
        const secret = 'the secret of this test'
        const all: Record<string, string> = { ...given, ...(withKey && { 'app-id': 'app-1234', secret, jwt: '' }) }
        let inputs: Inputs
        try {
          inputs = readInputs({ get: name => all[name]?.trim(), env, event: () => event })
        } catch (error) {
          expect(error).toBeInstanceOf(ActionError)
          expect(isPrintable((error as ActionError).message)).toBe(true)
          expect((error as ActionError).message).not.toContain(secret)
          return
        }
        expect(new URL(inputs.baseUrl).protocol).toMatch(/^https?:$/)
        expect(inputs.baseUrl).not.toMatch(/[?#@\s]|\/$/)
        expect(inputs.validity ?? 1).toBeGreaterThan(0)
        expect(inputs.validity ?? 1).toBeLessThanOrEqual(86_400)
        expect(inputs.timeout).toBeGreaterThan(0)
        expect(inputs.timeout).toBeLessThanOrEqual(600_000)
        expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).toContain(inputs.retries)
        for (const name of inputs.envVars) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/)
      }),
      each,
    )
  })
})

describe('any claims', () => {
  const expected: Expectation = { authorizedParty: applicationId, audiences: [], scopes: [], renewed: undefined }
  const inputs = readInputs({
    get: name => ({ 'app-id': applicationId, secret: 'x', 'env-var': 'JWT' })[name],
    env: {},
    event: () => undefined,
  })

  test('are refused in one harmless line, or reported in harmless lines without the JWT', async () => {
    await fc.assert(
      fc.asyncProperty(anyClaims, async given => {
        const jwt = `${unsigned(given, { alg: 'ES384' })}.c2lnbmF0dXJl`
        let lines: readonly string[]
        try {
          const token = await verifyIssued(jwt, undefined, expected, 'https://id.example.com', Date.now())
          const { outputs, summary, ...said } = report(token, inputs, expected, Date.now())
          expect(outputs['expires-in']).toMatch(/^\d+$/)
          lines = [
            ...said.lines,
            ...said.warnings,
            ...summary.flat(),
            outputs['identity'] ?? '',
            outputs['scope'] ?? '',
          ]
        } catch (error) {
          expect(error).toBeInstanceOf(ActionError)
          lines = [(error as ActionError).message]
        }
        for (const line of lines) expect(isPrintable(line)).toBe(true)
        expect(lines.join()).not.toContain(jwt.split('.')[1])
      }),
      each,
    )
  })
})

// --- the built action ---

/** Starts the action for each case, some at the same time. A failure is not shrunk: that would start it many times more. */
async function forEachRun<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>): Promise<void> {
  const together = fc.array(arbitrary, { minLength: TOGETHER, maxLength: TOGETHER })
  const property = fc.asyncProperty(together, async values => {
    await Promise.all(values.map(check))
  })
  await fc.assert(property, { seed, numRuns: Math.ceil(SPAWNED / TOGETHER), endOnFailure: true })
}

const patience = 60_000 + SPAWNED * 1000
const secret = 's3cr3t +%&=/#"\'<é€>'

describe('the built action', () => {
  /** Text of a JWT, damaged in one place. */
  const damaged = (jwt: string) =>
    fc
      .tuple(fc.nat(jwt.length), fc.nat(3), anyText)
      .map(([at, cut, insert]) => jwt.slice(0, at) + insert + jwt.slice(at + cut))
  const anyJwt = fc.oneof(
    { weight: 4, arbitrary: anyClaims.map(given => signJwt(given)) },
    fc
      .record({
        payload: fc.oneof(anyText, fc.json()),
        header: fc.dictionary(fc.constantFrom('alg', 'typ', 'crit', 'b64', 'zip'), anyJson),
      })
      .map(({ payload, header }) => signJwt(payload, { header: { alg: 'ES384', ...header } })),
    fc.constant(0).chain(() => damaged(signJwt(claims()))),
  )
  const anyBody = fc.oneof(
    { weight: 6, arbitrary: anyJwt },
    { weight: 2, arbitrary: anyJwt.map(jwt => JSON.stringify({ access_token: jwt })) },
    { weight: 1, arbitrary: anyJson.map(value => JSON.stringify({ access_token: value })) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: anyText },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map(bytes => Buffer.from(bytes).toString('latin1')) },
  )
  const anyHeader = fc.tuple(
    fc.constantFrom(
      'content-type',
      'content-length',
      'transfer-encoding',
      'location',
      'retry-after',
      'connection',
      'x-note',
    ),
    fc.oneof(
      anyText,
      fc.constantFrom('0', '5', 'chunked', 'gzip', 'close', 'application/json', 'https://a.example/', '/x', '1'),
    ),
  )
  const anyAnswer = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        status: fc.oneof(
          { weight: 4, arbitrary: fc.constant(200) },
          {
            weight: 1,
            arbitrary: fc.constantFrom(100, 101, 103, 204, 206, 301, 304, 307, 400, 401, 404, 429, 500, 503),
          },
          { weight: 1, arbitrary: fc.nat(1200) },
        ),
        reason: fc.oneof({ weight: 9, arbitrary: fc.constant('OK') }, { weight: 1, arbitrary: anyText }),
        headers: fc.oneof(
          { weight: 3, arbitrary: fc.constant<[string, string][]>([]) },
          { weight: 1, arbitrary: fc.array(anyHeader, { maxLength: 4 }) },
        ),
        body: anyBody,
      }),
    },
    { weight: 1, arbitrary: fc.record({ bytes: fc.uint8Array({ maxLength: 500 }) }) },
  )
  const anyEnd = fc.oneof(
    { weight: 8, arbitrary: fc.constant('end' as const) },
    { weight: 1, arbitrary: fc.constant('reset' as const) },
    { weight: 1, arbitrary: fc.constant('silence' as const) },
  )

  test(
    `survives any answer (${SPAWNED} runs)`,
    async () => {
      await forEachRun(
        fc.record({ answer: anyAnswer, end: anyEnd, retries: fc.constantFrom('0', '1') }),
        async given => {
          const { answer, end } = given
          const data =
            'bytes' in answer
              ? Buffer.from(answer.bytes)
              : Buffer.from(
                  `HTTP/1.1 ${answer.status} ${answer.reason}\r\n${headerLines(answer.headers)}\r\n${answer.body}`,
                )
          const behaviour: Behaviour = async exchange => {
            await exchange.write(data)
            if (end === 'end') exchange.end()
            if (end === 'reset') exchange.reset()
          }
          const server = await startFaultyServer({ behaviours: [behaviour] })
          const job = new Job()
          try {
            const result = await job.runAction({
              main,
              with: {
                'app-id': applicationId,
                secret,
                'base-url': `http://127.0.0.1:${server.port}`,
                'public-key': publicKeyPem,
                retries: given.retries,
                timeout: '2s',
                summary: 'true',
              },
              env: { RUNNER_DEBUG: '1' },
              timeoutSeconds: 30,
            })
            expectPromisesKept(result, [secret, ...('bytes' in answer ? [] : [jwtIn(answer.body)])])
          } finally {
            job.dispose()
            await server.close()
          }
        },
      )
    },
    patience,
  )

  /** The inputs of a step with a key, and of one with a JWT to renew, each with good values to choose from. */
  const common = {
    validity: ['', '15m'],
    path: [''],
    'public-key': ['known', 'known', ''],
    'env-var': ['JWT', 'A,B', ''],
    summary: ['true', 'false'],
    retries: ['0', '1'],
    timeout: ['20s'],
  }
  const withKey = {
    ...common,
    'app-id': ['app-1234'],
    secret: [secret],
    scope: ['user:name', '', 'user:name,offline_access', 'user:memberof:nobody', 'organization:owner'],
    audience: ['', 'one two'],
    jwt: [''],
  }
  const withJwt = { ...common, 'app-id': [''], secret: [''], scope: [''], audience: [''], jwt: ['a JWT'] }

  /** Good inputs with up to three of them changed to anything, so that runs come beyond the first input. */
  const spoilt = (good: Record<keyof typeof withKey, string[]>) =>
    fc
      .tuple(
        fc.record(
          Object.fromEntries(Object.entries(good).map(([name, values]) => [name, fc.constantFrom(...values)])) as {
            [name in keyof typeof withKey]: fc.Arbitrary<string>
          },
        ),
        fc.dictionary(fc.constantFrom(...Object.keys(good)), anyValue, { maxKeys: 3 }),
      )
      .map(([values, changes]) => ({ ...values, ...changes }))

  test(
    `survives any inputs (${SPAWNED} runs)`,
    async () => {
      const anyInputs = fc.oneof({ weight: 4, arbitrary: spoilt(withKey) }, { weight: 1, arbitrary: spoilt(withJwt) })
      const anyEvent = fc.oneof(anyJson, fc.record({ pull_request: anyJson, sender: anyJson }))
      const anyEnv = fc.dictionary(fc.constantFrom('https_proxy', 'GITHUB_ACTOR', 'GITHUB_EVENT_NAME'), anyValue)
      await forEachRun(fc.tuple(anyInputs, anyEvent, anyEnv), async ([{ path, ...given }, event, env]) => {
        const server = await serverThatKnows(given['app-id'].trim(), given.secret.trim())
        const job = new Job()
        const jwt = given.jwt === 'a JWT' ? await server.issue(claims({ refresh_token: 'a-refresh-token' })) : given.jwt
        const inputs = {
          ...given,
          jwt,
          'base-url': server.url + path,
          'public-key': given['public-key'] === 'known' ? server.publicKeyPem : given['public-key'],
        }
        try {
          const result = await job.runAction({
            main,
            with: inputs,
            env: { RUNNER_DEBUG: '1', ...env },
            event,
            timeoutSeconds: 30,
          })
          expectPromisesKept(result, [inputs.secret, inputs.jwt])
        } finally {
          job.dispose()
          await server.close()
        }
      })
    },
    patience,
  )
})

function headerLines(headers: readonly (readonly [name: string, value: string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

/** What a client would take for the JWT in a body. */
function jwtIn(body: string): string {
  try {
    const token: unknown = JSON.parse(body).access_token
    return typeof token === 'string' ? token : ''
  } catch {
    return hasJwtForm(body.trim()) ? body : ''
  }
}

function serverThatKnows(applicationId: string, secret: string): Promise<ItsYouOnline> {
  return startItsYouOnline({ users: [{ applicationId, secret, username: 'deployer', memberOf: [] }] })
}
