/** Any answer and any inputs: each run keeps the promises. FC_RUNS and FC_SEED try more. */

import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Inputs, runAgainst, runStep } from '../support/action.ts'
import { bytes, bytesThenReset } from '../support/faulty-server.ts'
import { applicationId, claims, signJwt } from '../support/forge.ts'

const runs = Number(process.env['FC_RUNS'] ?? 24)
const patience = 60_000 + runs * 3000
/** The same cases in each run, unless told otherwise. */
const seed = Number(process.env['FC_SEED'] ?? 1)
/** A process, whose start is what takes time, a few at once. */
async function forEachRun<T>(arbitrary: fc.Arbitrary<T>, run: (value: T) => Promise<unknown>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitrary, { minLength: 4, maxLength: 4 }), async values => {
      await Promise.all(values.map(run))
    }),
    { numRuns: Math.ceil(runs / 4), endOnFailure: true, seed },
  )
}

const secret = 'the-secret-of-28-characters!'
const nasty = fc.constantFrom(
  ...['\n::error::x', '::add-mask::a', '##[set-output name=jwt]x', '%0A::error::x', '\u202e', '\u0000', '<b>'],
  'a<<EOF\nb',
)
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), nasty, fc.constant(''))
const anyJson = fc.jsonValue({ maxDepth: 2, noneProbability: 0 } as never)
const anyClaims = fc
  .dictionary(
    fc.constantFrom('iss', 'azp', 'username', 'globalid', 'exp', 'nbf', 'scope', 'aud', 'refresh_token'),
    fc.oneof(anyJson, anyText, fc.array(anyText, { maxLength: 3 })),
    { maxKeys: 3 },
  )
  .map(changes => signJwt(claims(changes)))
const anyBody = fc.oneof(
  { weight: 4, arbitrary: anyClaims },
  { weight: 1, arbitrary: anyClaims.map(jwt => JSON.stringify({ access_token: jwt })) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: anyText },
)
const anyHeader = fc.tuple(
  fc.constantFrom('content-type', 'content-length', 'content-encoding', 'location', 'retry-after', 'x-note'),
  fc.oneof(
    anyText.map(text => text.replaceAll(/[\r\n]/g, '')),
    fc.constantFrom('0', '5', 'gzip', 'https://a.example/', '1'),
  ),
)

const anyAnswer = fc.record({
  status: fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, { weight: 1, arbitrary: fc.nat(1200) }),
  headers: fc.array(anyHeader, { maxLength: 2 }),
  body: anyBody,
  isReset: fc.boolean(),
})

const anyServer = anyAnswer.map(({ status, headers, body, isReset }) => {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return (isReset ? bytesThenReset : bytes)(`HTTP/1.1 ${status} OK\r\n${lines}\r\n${body}`)
})

test(
  'any answer',
  () =>
    forEachRun(anyServer, async behaviour => {
      const limits = { retries: '0', timeout: '2s', summary: 'true' }
      const { run } = await runAgainst([behaviour], { inputs: { 'app-id': applicationId, secret, ...limits } })
      expect(run).toKeepPromises()
    }),
  patience,
)

const inputs = ['app-id', 'secret', 'scope', 'audience', 'validity', 'public-key', 'jwt', 'env-var', 'summary']
const variables = ['https_proxy', 'no_proxy', 'GITHUB_ACTOR', 'INPUT_APP_ID']
// The system takes no zero in a variable.
const anyValue = anyText.map(text => text.replaceAll('\0', ''))
const anyWith = fc.dictionary(fc.constantFrom(...inputs, 'ovc-url', 'ays-url'), anyValue, { maxKeys: 3 })
const anyStep = fc.record({
  with: anyWith.map((given): Inputs => ({ retries: '0', ...given })),
  env: fc.dictionary(fc.constantFrom(...variables), anyValue),
  event: anyJson,
})

test(
  'any inputs',
  () =>
    forEachRun(anyStep, async step => {
      const { run } = await runStep(step)
      expect(run).toKeepPromises()
    }),
  patience,
)
