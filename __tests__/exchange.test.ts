import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import nock from 'nock'
import { exchange, type Surroundings, tokenRequest } from '../src/exchange.ts'
import { type InputSource, readInputs } from '../src/inputs.ts'

/** The conversation with servers that cannot be started here: the real addresses, and faults of the name service. */

const jwt = 'header.payload.signature'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([])
  nock.cleanAll()
})
afterAll(() => nock.restore())

/** Inputs as action.yml gives them where a step says nothing else. */
function inputsOf(given: Record<string, string> = {}) {
  const values: Record<string, string> = { 'app-id': 'app-1234', secret: 's+e c%r&t', ...given }
  const source: InputSource = { get: name => values[name], env: {}, event: () => undefined }
  return readInputs(source)
}

/** The world in a test: time goes by only while waiting, and chance always says a half. */
function surroundings() {
  let time = Date.parse('2026-11-25T12:00:00Z')
  const lines: string[] = []
  const waits: number[] = []
  const world: Surroundings = {
    now: () => time,
    random: () => 0.5,
    sleep: async milliseconds => {
      waits.push(milliseconds)
      time += milliseconds
    },
    cancelled: new Promise(() => {}),
    log: line => void lines.push(line),
  }
  return { world, lines, waits }
}

const path = '/v1/oauth/access_token'
const networkError = (code: string) => Object.assign(new Error('text of the system'), { code })

describe('the address', () => {
  test('is production where base-url was left out, with all that the request has to hold', async () => {
    const form = {
      grant_type: 'client_credentials',
      client_id: 'app-1234',
      client_secret: 's+e c%r&t',
      response_type: 'id_token',
    }
    nock('https://itsyou.online')
      .post(path, form)
      .matchHeader('content-type', 'application/x-www-form-urlencoded')
      .matchHeader('user-agent', 'ovc-jwt-action')
      .reply(200, jwt)
    expect(await exchange(inputsOf(), surroundings().world)).toBe(jwt)
  })

  test.each([
    ['https://staging.itsyou.online', 'https://staging.itsyou.online', path],
    ['https://staging.itsyou.online/', 'https://staging.itsyou.online', path],
    ['https://ID.example.com:8443/iyo//', 'https://id.example.com:8443', `/iyo${path}`],
    ['https://itsyou.online:443', 'https://itsyou.online', path],
  ])('is %s where base-url says so', async (baseUrl, origin, expectedPath) => {
    nock(origin).post(expectedPath).reply(200, jwt)
    expect(await exchange(inputsOf({ 'base-url': baseUrl }), surroundings().world)).toBe(jwt)
  })

  test('of a renewal is another one, and the JWT goes into a header', async () => {
    const inputs = inputsOf({ 'app-id': '', secret: '', jwt: 'old.jwt.sig', validity: '1h' })
    nock('https://itsyou.online', { reqheaders: { authorization: 'bearer old.jwt.sig' } })
      .post('/v1/oauth/jwt/refresh', { validity: '3600' })
      .reply(200, jwt)
    expect(await exchange(inputs, surroundings().world)).toBe(jwt)
  })
})

describe('the request', () => {
  test('is form-encoded, with lists separated by commas', () => {
    const inputs = inputsOf({ scope: 'user:name offline_access', audience: 'a b', validity: '15m' })
    expect(tokenRequest(inputs)).toMatchObject({
      url: `https://itsyou.online${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=client_credentials&client_id=app-1234&client_secret=s%2Be+c%25r%26t&response_type=id_token&scope=user%3Aname%2Coffline_access&aud=a%2Cb&validity=900',
    })
  })

  test('of a renewal has an empty form where there is no validity', () => {
    expect(tokenRequest(inputsOf({ 'app-id': '', secret: '', jwt: 'old.jwt.sig' })).body).toBe('')
  })
})

describe('the name service', () => {
  test('that does not know the name is believed: nothing is repeated', async () => {
    nock('https://itsyou.online').post(path).replyWithError(networkError('ENOTFOUND'))
    const { world, lines } = surroundings()
    await expect(exchange(inputsOf(), world)).rejects.toMatchObject({
      code: 'ERR_NETWORK',
      message:
        'https://itsyou.online could not be reached (ENOTFOUND): check "base-url" and that this runner may connect to it, then run the job again.',
    })
    expect(lines).toEqual([])
  })

  test('that does not answer is asked again', async () => {
    nock('https://itsyou.online').post(path).times(2).replyWithError(networkError('EAI_AGAIN'))
    nock('https://itsyou.online').post(path).reply(200, jwt)
    const { world, lines, waits } = surroundings()
    expect(await exchange(inputsOf(), world)).toBe(jwt)
    expect(waits).toEqual([250, 500])
    expect(lines).toEqual([
      'Attempt 1 failed (EAI_AGAIN); trying again in 0.3 s.',
      'Attempt 2 failed (EAI_AGAIN); trying again in 0.5 s.',
    ])
  })

  test.each(['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT', 'EPIPE', 'ECONNABORTED'])(
    '%s is asked again as often as retries says, and then is the error',
    async code => {
      nock('https://itsyou.online').post(path).times(3).replyWithError(networkError(code))
      const { world, lines } = surroundings()
      await expect(exchange(inputsOf({ retries: '2' }), world)).rejects.toMatchObject({
        message: expect.stringContaining(`could not be reached (${code})`),
      })
      expect(lines).toHaveLength(2)
    },
  )

  test.each([
    ['an error without a code', new Error('text of the system'), 'UNKNOWN'],
    ['a code that is not known', networkError('EWHATEVER'), 'EWHATEVER'],
  ])('%s is not repeated, and its text is not told', async (_name, error, code) => {
    nock('https://itsyou.online').post(path).replyWithError(error)
    const { world, lines } = surroundings()
    const message = await exchange(inputsOf(), world).catch(failure => failure.message)
    expect(message).toContain(`(${code})`)
    expect(message).not.toContain('text of the system')
    expect(lines).toEqual([])
  })
})

describe('time', () => {
  test('waits are scheduled within the whole time, and the last error is told when it is up', async () => {
    nock('https://itsyou.online').post(path).times(11).reply(503)
    const { world, waits } = surroundings()
    const inputs = inputsOf({ retries: '10', timeout: '2m' })
    await expect(exchange(inputs, world)).rejects.toMatchObject({ code: 'ERR_STATUS_RETRYABLE' })
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000, 5000, 5000, 5000])
  })

  test('a server that asks for more of it than there is ends the run at once', async () => {
    nock('https://itsyou.online').post(path).reply(429, '', { 'Retry-After': '61' })
    const { world, waits } = surroundings()
    await expect(exchange(inputsOf(), world)).rejects.toMatchObject({
      code: 'ERR_TIMEOUT',
      message:
        'https://itsyou.online is not ready (status 429) and asks to wait 61 s, but "timeout" leaves 60 s: run the job again later, or raise "timeout".',
    })
    expect(waits).toEqual([])
  })

  test('a cancelled step waits no longer', async () => {
    nock('https://itsyou.online').post(path).reply(503)
    const { world } = surroundings()
    const cancelled = new Promise<string>(resolve => setTimeout(resolve, 50, 'SIGINT'))
    const asleep = { ...world, sleep: () => new Promise<void>(() => {}), cancelled }
    await expect(exchange(inputsOf(), asleep)).rejects.toMatchObject({
      code: 'ERR_CANCELLED',
      message: expect.stringContaining('(SIGINT)'),
    })
  })
})

describe('the answer', () => {
  test.each([
    ['nothing', ''],
    ['nothing', ' \n'],
    ['an HTML page', '<!doctype html><title>Log in</title>'],
    ['an HTML page', '\n  <html>'],
    ['an opaque access token', 'abcdefghijklmnopqrstuvwxyz12'],
    ['an opaque access token', '{"access_token":"abcdefghijklmnopqrstuvwxyz12","token_type":"bearer"}'],
    ['JSON of another shape', '{"error":"x"}'],
    ['something else', '{"access_token":null}'],
    ['something else', '{"access_token":["a.b.c"]}'],
    ['something else', '{"access_token":'],
    ['something else', '["a.b.c"]'],
    ['something else', '"a.b.c"'],
    ['something else', 'a.b.c.d'],
    ['something else', 'text'],
  ])('%s instead of a JWT is told by its kind: %j', async (kind, body) => {
    nock('https://itsyou.online').post(path).reply(200, body)
    await expect(exchange(inputsOf(), surroundings().world)).rejects.toMatchObject({
      code: 'ERR_NOT_A_JWT',
      message: `https://itsyou.online answered with ${kind} instead of a JWT: check that "base-url" is an ItsYou.online server, and that no login or maintenance page stands before it.`,
    })
  })

  test.each([
    ['https://login.example.com/x?y=z', 'login.example.com'],
    ['//other.example.com:8443/', 'other.example.com:8443'],
    ['/elsewhere', 'itsyou.online'],
    ['https://user:password@other.example.com/', 'other.example.com'],
    ['http://', 'another address'],
    ['mailto:a@b.example', 'another address'],
    [undefined, 'another address'],
  ])('a redirect to %j is not followed, and tells the host alone', async (location, host) => {
    nock('https://itsyou.online')
      .post(path)
      .reply(302, '', location === undefined ? {} : { location })
    await expect(exchange(inputsOf(), surroundings().world)).rejects.toMatchObject({
      code: 'ERR_REDIRECT',
      message: `https://itsyou.online redirects to ${host}, and a request that holds a secret follows no redirect: if that is where the server lives now, put its address into "base-url".`,
    })
  })
})
