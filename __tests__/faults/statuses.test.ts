import { describe, expect, test } from '@jest/globals'
import { type Fault, grants, runFault, schemes, testFaults } from '../support/fault-run.ts'
import { answer, startFaultyServer } from '../support/faulty-server.ts'
import { inSeconds } from '../support/forge.ts'

/** What each status does: which are asked again, how long the wait is, and what the user reads at the end. */

const everyday: Fault[] = [
  {
    name: '400: says that the id or secret is wrong, and asks once only',
    answers: () => [answer(400)],
    requests: 1,
    error: {
      'app-id and secret':
        /does not accept "app-id" with "secret" \(400\): one of the two is wrong, or .* flow switched off/,
      jwt: /does not understand the renewal of the JWT in "jwt" \(400\): .* check that "base-url"/,
    },
  },
  {
    name: '401: names the scopes, or says that the JWT was revoked, and asks once only',
    answers: () => [answer(401)],
    requests: 1,
    error: {
      'app-id and secret': /does not allow this key the scopes "user:name" \(401\): .*; correct "scope"\.$/,
      jwt: /does not renew the JWT in "jwt" \(401\): it was revoked, or not used for 30 days; get a new one/,
    },
  },
  {
    name: '404: asks for another base-url, and asks once only',
    answers: () => [answer(404)],
    requests: 1,
    error: /has no ItsYou\.online token endpoint \(404\): set "base-url" to the server's own address/,
  },
  ...[201, 202, 203, 204, 205, 206, 402, 403, 405, 407, 409, 410, 413, 418, 451].map(
    (status): Fault => ({
      name: `${status}: is not what this server answers, and is asked once only`,
      answers: () => [answer(status)],
      requests: 1,
      error: new RegExp(`answered status ${status}, which an ItsYou\\.online server does not: check "base-url"`),
    }),
  ),
  ...[408, 425, 429, 500, 502, 503, 504].map(
    (status): Fault => ({
      name: `${status}: is asked again as often as "retries" says, then is an error`,
      answers: () => [answer(status)],
      requests: 2,
      cause: new RegExp(`^status ${status}$`),
      error: new RegExp(`did not answer the question \\(status ${status}; attempts: 2\\): run the job again later`),
      check: ({ waits }) => expect(waits[0]).toBeLessThanOrEqual(0.5),
    }),
  ),
  ...[408, 425, 429, 500, 502, 503, 504].map(
    (status): Fault => ({
      name: `${status} and then an answer: succeeds`,
      answers: given => [answer(status), given.good],
      requests: 2,
      cause: new RegExp(`^status ${status}$`),
    }),
  ),
  ...[501, 505, 511, 599].map(
    (status): Fault => ({
      name: `${status}: will not pass by itself, and is asked once only`,
      answers: () => [answer(status)],
      requests: 1,
      error: new RegExp(`answered status ${status}, which an ItsYou.online server does not: check "base-url"`),
    }),
  ),
  {
    name: 'different faults one after the other: each is a line, and the answer at last counts',
    answers: given => [answer(500), answer(429), answer(504), given.good],
    inputs: { retries: '3' },
    requests: 4,
    check: ({ result }) => {
      expect(result.log).toMatch(/^Attempt 1 failed \(status 500\);[\s\S]*^Attempt 2 failed \(status 429\);/m)
      expect(result.log).toMatch(/^Attempt 3 failed \(status 504\); trying again in \d\.\d s\.$/m)
    },
  },
  {
    name: 'a fault that passes, and then one that does not: the second ends the step',
    answers: () => [answer(503), answer(404)],
    inputs: { retries: '3' },
    requests: 2,
    error: /\(404\)/,
  },
  {
    name: 'retries: 0 asks once only',
    answers: given => [answer(503), given.good],
    inputs: { retries: '0' },
    requests: 1,
    error: /\(status 503; attempts: 1\)/,
  },
]

const httpDate = (seconds: number) => new Date(inSeconds(seconds) * 1000).toUTCString()
const immediately = {
  requests: 2,
  check: ({ waits }) => expect(waits[0]).toBeLessThanOrEqual(0.5),
} satisfies Partial<Fault>

/** The header is made when the request comes, since a date is counted from then. */
function busy(retryAfter: () => string, status = 429): Fault['answers'] {
  return given => [exchange => answer(status, undefined, { 'retry-after': retryAfter() })(exchange), given.good]
}

const retryAfter: Fault[] = [
  ...[429, 503, 408].map(
    (status): Fault => ({
      name: `${status} with Retry-After in seconds: waits as long, and up to half a second more`,
      answers: busy(() => '1', status),
      requests: 2,
      check: ({ waits }) => {
        expect(waits[0]).toBeGreaterThanOrEqual(1)
        expect(waits[0]).toBeLessThanOrEqual(1.5)
      },
    }),
  ),
  {
    name: 'with Retry-After as a date: waits until then',
    // A date has no fraction of a second, so that "in 2 seconds" is anything above one.
    answers: busy(() => httpDate(2)),
    requests: 2,
    check: ({ waits }) => {
      expect(waits[0]).toBeGreaterThan(0.5)
      expect(waits[0]).toBeLessThanOrEqual(2.5)
    },
  },
  { name: 'with Retry-After: 0: waits for the jitter only', answers: busy(() => '0'), ...immediately },
  {
    name: 'with Retry-After in the past: waits for the jitter only',
    answers: busy(() => httpDate(-3600)),
    ...immediately,
  },
  {
    name: 'with Retry-After before 1970: waits for the jitter only',
    answers: busy(() => 'Mon, 01 Jan 1900 00:00:00 GMT'),
    ...immediately,
  },
  ...[
    '-1',
    '+1',
    '1.5',
    '1e9',
    '0x99',
    '10 SERVER-TEXT',
    'SERVER-TEXT',
    'Tue, SERVER-TEXT',
    '',
    '9999-12-31',
    '::error::SERVER-TEXT',
  ].map(
    (value): Fault => ({
      name: `with Retry-After that is neither seconds nor a date (${JSON.stringify(value)}): waits for the jitter only`,
      answers: busy(() => value),
      ...immediately,
    }),
  ),
  {
    name: 'with two Retry-After headers: the first counts',
    answers: busy(() => '0\r\nretry-after: 99999'),
    ...immediately,
  },
  ...[
    ['absurdly far', () => '999999', '999999'],
    ['longer than "timeout"', () => '30', '30'],
    ['of a number beyond all clocks', () => '9'.repeat(400), '31622400'],
    ['in the year 9999', () => 'Fri, 31 Dec 9999 23:59:59 GMT', '31622400'],
  ].map(
    ([name, value, seconds]): Fault => ({
      name: `with Retry-After ${name}: an error at once that names both times`,
      answers: busy(value as () => string),
      requests: 1,
      error: new RegExp(
        `is not ready \\(status 429\\) and asks to wait ${seconds} s, but "timeout" leaves (19|20) s: run the job again later`,
      ),
      check: ({ result }) => expect(result.milliseconds).toBeLessThan(15_000),
    }),
  ),
  ...[400, 401, 404, 418, 302].map(
    (status): Fault => ({
      name: `Retry-After does not make ${status} one that is asked again`,
      answers: busy(() => '1', status),
      requests: 1,
      error: /./,
    }),
  ),
]

const redirects: Fault[] = [
  ...[300, 301, 302, 303, 304, 305, 307, 308].map(
    (status): Fault => ({
      name: `${status}: is not followed, and names the host that it leads to`,
      answers: given => [
        answer(status, undefined, { location: 'https://login.example.test:8443/SERVER-TEXT?x' }),
        given.good,
      ],
      requests: 1,
      error:
        /redirects to login\.example\.test:8443, and a request that holds a secret follows no redirect: .*"base-url"\.$/,
    }),
  ),
  ...(
    [
      ['no Location', {}, 'another address'],
      ['a Location that is no URL', { location: 'http://[SERVER-TEXT' }, 'another address'],
      ['a Location without a host', { location: 'mailto:SERVER-TEXT' }, 'another address'],
      ['a path on the same server', { location: '/SERVER-TEXT' }, '127\\.0\\.0\\.1:\\d+'],
      ['another host without a scheme', { location: '//other.example.test/SERVER-TEXT' }, 'other\\.example\\.test'],
      [
        'credentials before the host',
        { location: 'https://SERVER-TEXT:SERVER-TEXT@other.example.test/' },
        'other\\.example\\.test',
      ],
      ['a workflow command as the path', { location: '/##[error]SERVER-TEXT' }, '127\\.0\\.0\\.1:\\d+'],
      ['a workflow command as the host', { location: 'x://%0A::error::/##[add-mask]SERVER-TEXT' }, '[\\w% ]+'],
      ['an encoded newline in the host', { location: 'x://a%0Ab/SERVER-TEXT' }, 'a%0Ab'],
      ['a host name that reads from right to left', { location: 'https://a\u202eb.example.test/' }, '[ -~]+'],
    ] as const
  ).map(
    ([name, headers, target]): Fault => ({
      name: `302 with ${name}: is not followed`,
      answers: () => [answer(302, undefined, headers)],
      requests: 1,
      error: new RegExp(`redirects to ${target}, and a request`),
    }),
  ),
]

describe.each(grants)('a status, asked with %s', grant => {
  testFaults([...everyday, ...redirects], { grant })
})

describe('a status over https', () => {
  testFaults(
    everyday.filter(({ name }) => /^(400|401|404|418|429|503)\b/.test(name)),
    { scheme: 'https' },
  )
})

describe('Retry-After', () => {
  testFaults(retryAfter)
})

describe('Retry-After for a renewal', () => {
  // One path for both grants: the forms of the header need no second run.
  testFaults(
    retryAfter.filter(({ name }) => !/neither seconds nor a date/.test(name)),
    { grant: 'jwt' },
  )
})

describe.each(schemes)('a redirect over %s', scheme => {
  test.concurrent.each([301, 302, 303, 307, 308])(
    '%i to another server: that server is not even connected to',
    async status => {
      const other = await startFaultyServer({ behaviours: [answer(200)] })
      try {
        await runFault(
          {
            name: '',
            answers: () => [
              answer(status, undefined, { location: `http://localhost:${other.port}/v1/oauth/access_token` }),
            ],
            requests: 1,
            error: new RegExp(`redirects to localhost:${other.port}, `),
          },
          { scheme },
        )
        expect(other.connections).toBe(0)
      } finally {
        await other.close()
      }
    },
  )
})
