import { describe, expect } from '@jest/globals'
import { type Fault, type Given, grants, testFaults } from '../support/fault-run.ts'
import { answer } from '../support/faulty-server.ts'
import {
  anotherKey,
  applicationId,
  claims,
  inSeconds,
  signJwt,
  signWithPublicKeyAsSecret,
  tamper,
  unsigned,
} from '../support/forge.ts'

/**
 * Answers that look like a JWT and are none to trust. Each row runs with the server's key, and without: an unknown
 * server gets every check but the signature.
 */

type JwtRow = {
  name: string
  /** Makes what the server sends, when it is asked. */
  jwt: (given: Given) => string
  /** What is wrong with it, after `The JWT from http://... `; undefined where the JWT passes. */
  wrong?: RegExp | undefined
  /** The whole error, where it is another sentence. */
  error?: Fault['error']
  /** The fault is in the signature alone, so that a JWT passes where there is no key. */
  signatureOnly?: boolean
  inputs?: Fault['inputs']
  old?: Fault['old']
  warnings?: RegExp[]
  check?: Fault['check']
}

const notVerified = /^The signature of the JWT was not verified, .* put its public key \(PEM\) into "public-key"\.$/

function toFault(
  { name, jwt, wrong, error, signatureOnly, warnings = [], ...rest }: JwtRow,
  withoutKey: boolean,
): Fault {
  const whole =
    wrong &&
    new RegExp(`^The JWT from http://127\\.0\\.0\\.1:\\d+ ${wrong.source}, so nothing was handed on: check "base-url"`)
  const fails = !(signatureOnly && withoutKey)
  const passes = !fails || (!whole && !error)
  return {
    ...rest,
    name,
    withoutKey,
    answers: given => [answer(200, () => jwt(given), { 'content-type': 'application/jwt' })],
    requests: 1,
    error: fails ? (whole ?? error) : undefined,
    warnings: passes && withoutKey ? [notVerified, ...warnings] : warnings,
  }
}

/** A row about claims: signed well, so that only the check of the claims can find it. */
function badClaims(name: string, changes: Record<string, unknown>, wrong: RegExp): JwtRow {
  return { name, jwt: given => given.issue(changes), wrong }
}

/** A JWT whose payload is this text, with the claims of a good one where it says so. */
function payload(name: string, text: (good: string) => string, wrong?: RegExp): JwtRow {
  const make = (given: Given) => {
    const refreshToken = given.grant === 'jwt' ? { refresh_token: 'refresh-token-of-the-new-jwt' } : {}
    return given.secret(signJwt(text(JSON.stringify(claims(refreshToken)))))
  }
  return { name, jwt: make, wrong }
}

const wrongKey = /is not signed with this server's key/
const wrongAlgorithm = /is not signed with ES384/
const unreadable = /has claims that cannot be read, or one of them twice/
const noDate = /has no expiry time that is a date \("exp"\)/
const noScopes = /has scopes that are no list of plain names \("scope"\)/
const noAudience = /has an audience that is no list of plain names \("aud"\)/
const noIdentity = /has a "username" or "globalid" that is no plain text/
const notOneIdentity = /does not have exactly one of "username" and "globalid"/
const noParty = /does not say to whom it was issued \("azp"\)/
const otherIssuer = /was not issued by "itsyouonline" \("iss"\)/

const signatures: JwtRow[] = [
  {
    name: 'alg none without a signature',
    jwt: given => given.secret(`${unsigned(claims(), { alg: 'none' })}.`),
    wrong: wrongAlgorithm,
  },
  {
    name: 'alg none with the signature of another JWT',
    jwt: given => given.secret(`${unsigned(claims(), { alg: 'none', typ: 'JWT' })}.${given.issue().split('.')[2]}`),
    wrong: wrongAlgorithm,
  },
  ...[
    'None',
    'NONE',
    'nOnE',
    'ES256',
    'ES512',
    'RS256',
    'PS384',
    'HS384',
    'EdDSA',
    'es384',
    'ES384 ',
    '',
    null,
    384,
    ['ES384'],
  ].map(
    (alg): JwtRow => ({
      name: `alg ${JSON.stringify(alg)} over a signature that is good`,
      jwt: given => given.issue({}, { header: { alg, typ: 'JWT' } }),
      wrong: wrongAlgorithm,
    }),
  ),
  { name: 'no alg', jwt: given => given.issue({}, { header: { typ: 'JWT' } }), wrong: wrongAlgorithm },
  {
    name: "HS256 with the text of the server's public key as the secret",
    jwt: given => given.secret(signWithPublicKeyAsSecret(claims())),
    wrong: wrongAlgorithm,
  },
  {
    name: 'a header that is no JSON',
    jwt: given => given.secret(`SERVER${given.issue()}`),
    wrong: wrongAlgorithm,
  },
  {
    name: 'another P-384 key',
    jwt: given => given.issue({}, { key: anotherKey }),
    wrong: wrongKey,
    signatureOnly: true,
  },
  {
    name: 'another key that the header brings along',
    jwt: given =>
      given.issue(
        {},
        {
          key: anotherKey,
          header: {
            alg: 'ES384',
            jwk: anotherKey.export({ format: 'jwk' }),
            kid: '../../x',
            jku: 'http://127.0.0.1:1/',
          },
        },
      ),
    wrong: wrongKey,
    signatureOnly: true,
  },
  {
    name: 'claims that were exchanged after signing',
    jwt: given =>
      given.secret(
        tamper(
          given.issue(),
          claims({ exp: inSeconds(80_000), ...(given.grant === 'jwt' && { refresh_token: 'tampered-refresh-token' }) }),
        ),
      ),
    wrong: wrongKey,
    signatureOnly: true,
  },
  {
    name: 'ES384 without a signature',
    jwt: given => given.secret(given.issue().replace(/[^.]*$/, '')),
    wrong: wrongAlgorithm,
  },
  {
    name: 'a signature of zeros',
    jwt: given => given.secret(given.issue().replace(/[^.]*$/, 'A'.repeat(128))),
    wrong: wrongKey,
    signatureOnly: true,
  },
  {
    name: 'half a signature',
    jwt: given => given.secret(given.issue().slice(0, -64)),
    wrong: wrongAlgorithm,
  },
  {
    name: 'a header with a critical extension that nobody knows',
    jwt: given => given.issue({}, { header: { alg: 'ES384', crit: ['SERVER-TEXT'], 'SERVER-TEXT': 1 } }),
    wrong: /has an extension that this action does not know \("crit"\)/,
  },
]

const times: JwtRow[] = [
  { name: 'expired 55 s ago: within the tolerance for clocks', jwt: given => given.issue({ exp: inSeconds(-55) }) },
  {
    name: 'expired 61 s ago: says how far the clocks differ',
    jwt: given => given.issue({ exp: inSeconds(-61) }),
    error:
      /^The new JWT from \S+ expired 6\d s ago by the runner's clock, so the two clocks differ by at least 6\d s: set the runner's clock/,
  },
  {
    name: 'expired a day ago',
    jwt: given => given.issue({ exp: inSeconds(-86_400) }),
    error: /expired 8640\d s ago by the runner's clock/,
  },
  { name: 'exp 0', jwt: given => given.issue({ exp: 0 }), error: /expired \d{10} s ago/ },
  { name: 'exp with a fraction', jwt: given => given.issue({ exp: inSeconds(3600) + 0.5 }) },
  badClaims('no exp', { exp: undefined }, noDate),
  badClaims('exp as a text', { exp: `${inSeconds(3600)}` }, noDate),
  badClaims('exp as a date', { exp: '2099-01-01T00:00:00Z' }, noDate),
  badClaims('exp null', { exp: null }, noDate),
  badClaims('exp true', { exp: true }, noDate),
  badClaims('exp as a list', { exp: [inSeconds(3600)] }, noDate),
  badClaims('exp as an object', { exp: { valueOf: inSeconds(3600) } }, noDate),
  badClaims('exp negative', { exp: -inSeconds(3600) }, noDate),
  badClaims('exp a second beyond what a Date can hold', { exp: 8_640_000_000_001 }, noDate),
  badClaims('exp 1e300', { exp: 1e300 }, noDate),
  payload('exp 1e400, which JSON.parse reads as Infinity', good => good.replace(/"exp":\d+/, '"exp":1e400'), noDate),
  payload('exp -1e400', good => good.replace(/"exp":\d+/, '"exp":-1e400'), noDate),
  {
    name: 'exp the last second that a Date can hold',
    jwt: given => given.issue({ exp: 8_640_000_000_000 }),
    check: ({ result }) => expect(result.outputs['expires-at']).toBe('+275760-09-13T00:00:00Z'),
  },
]

/** What a server could put into a claim to give the runner an order, or to make a line read differently. */
const injections: [name: string, text: string][] = [
  ['a newline and stop-commands', 'x\n::stop-commands::SERVER-TEXT'],
  ['a newline and set-output', 'x\n::set-output name=jwt::SERVER-TEXT'],
  ['a carriage return and an error', 'x\r::error::SERVER-TEXT'],
  ['a command of the old form', '##[error]SERVER-TEXT'],
  ['a mask of the old form in the middle', 'x ##[add-mask]a'],
  ['an escape sequence', '\u001b[2K\u001b[31mSERVER-TEXT'],
  ['a C1 control character', 'x\u009b2KSERVER-TEXT'],
  ['text that runs from right to left', 'jane\u202eSERVER-TEXT'],
  ['a mark that isolates', 'jane\u2066SERVER-TEXT'],
  ['a blank of no width', 'ja\u200bne'],
  ['a byte order mark', '\ufeffjane'],
  ['a line separator', 'x\u2028::error::SERVER-TEXT'],
  ['a NUL', 'x\0SERVER-TEXT'],
  ['a backspace', 'x\b\b\bSERVER-TEXT'],
  ['the end of a heredoc', 'x\nghadelimiter_SERVER-TEXT\nPATH=/tmp'],
]

const claimRows: JwtRow[] = [
  badClaims('another issuer', { iss: 'SERVER-TEXT' }, otherIssuer),
  badClaims('no issuer', { iss: undefined }, otherIssuer),
  badClaims('a list of issuers', { iss: ['itsyouonline'] }, otherIssuer),
  badClaims('an issuer in capitals', { iss: 'ItsYouOnline' }, otherIssuer),
  badClaims('another application id', { azp: 'SERVER-TEXT' }, /was issued to another application id \("azp"\)/),
  badClaims(
    'the application id with a blank behind it',
    { azp: `${applicationId} ` },
    /was issued to another application id \("azp"\)/,
  ),
  badClaims('no application id', { azp: undefined }, noParty),
  badClaims('an empty application id', { azp: '' }, noParty),
  badClaims('a list of application ids', { azp: [applicationId] }, noParty),
  badClaims('both a username and a globalid', { globalid: 'SERVER-TEXT' }, notOneIdentity),
  badClaims('neither a username nor a globalid', { username: undefined }, notOneIdentity),
  badClaims('a username that is a number', { username: 1 }, noIdentity),
  badClaims('a username that is null', { username: null }, noIdentity),
  badClaims('a username that is a list', { username: ['jane'] }, noIdentity),
  badClaims('a username that is empty', { username: '' }, noIdentity),
  badClaims('a globalid that is an object', { username: undefined, globalid: { a: 1 } }, noIdentity),
  badClaims('a scope that is one text', { scope: 'user:name' }, noScopes),
  badClaims('a scope that is an object', { scope: { 0: 'user:name', length: 1 } }, noScopes),
  badClaims('a scope that is a number', { scope: 1 }, noScopes),
  badClaims('scopes that are no texts', { scope: ['user:name', 1] }, noScopes),
  badClaims('scopes in scopes', { scope: ['user:name', ['user:admin']] }, noScopes),
  badClaims('a scope that is null', { scope: ['user:name', null] }, noScopes),
  badClaims(
    'a scope with a comma, which would be two in the output',
    { scope: ['user:name', 'a,user:admin'] },
    noScopes,
  ),
  badClaims('an audience that is a number', { aud: 1 }, noAudience),
  badClaims('an audience with a number', { aud: ['a', 1] }, noAudience),
  badClaims('an audience with a comma', { aud: ['a,b'] }, noAudience),
  badClaims(
    'a refresh token that is a number',
    { refresh_token: 123456 },
    /has a refresh token that is no text \("refresh_token"\)/,
  ),
  badClaims(
    'a refresh token that is an object',
    { refresh_token: { a: 'SERVER-TEXT' } },
    /has a refresh token that is no text \("refresh_token"\)/,
  ),
  badClaims(
    'a refresh token that is null',
    { refresh_token: null },
    /has a refresh token that is no text \("refresh_token"\)/,
  ),
  ...injections.flatMap(([name, text]) => [
    badClaims(`a username with ${name}`, { username: text }, noIdentity),
    badClaims(`a scope with ${name}`, { scope: ['user:name', text] }, noScopes),
  ]),
  // The same check looks at these.
  ...injections
    .slice(0, 4)
    .flatMap(([name, text]) => [
      badClaims(`a globalid with ${name}`, { username: undefined, globalid: text }, noIdentity),
      badClaims(`an audience with ${name}`, { aud: [text] }, noAudience),
      badClaims(`an application id with ${name}`, { azp: text }, noParty),
    ]),
  {
    name: 'commands that no runner obeys where they stand: are text',
    jwt: given => given.issue({ username: '::error::x %0A::warning::y' }),
    old: { username: '::error::x %0A::warning::y' },
    check: ({ result }) => {
      expect(result.outputs['identity']).toBe('::error::x %0A::warning::y')
      expect(result.log).toContain(`Identity: ::error::x %0A::warning::y (user key ${applicationId})`)
    },
  },
  {
    name: 'HTML in a username: is text in the summary',
    jwt: given => given.issue({ username: '<img src=x onerror="a()">&amp;' }),
    old: { username: '<img src=x onerror="a()">&amp;' },
    check: ({ result }) => {
      expect(result.summary).toContain('&#60;img src=x onerror=&#34;a()&#34;&#62;&#38;amp;')
      expect(result.summary).not.toContain('<img')
    },
  },
  {
    name: 'an audience that was not granted',
    inputs: {},
    old: { aud: ['a.example', 'b.example'] },
    jwt: given => given.issue({ aud: ['a.example'] }),
    wrong: /lacks the audience "b.example" that was asked for \("aud"\)/,
  },
  {
    name: 'no audience at all, though one was asked for',
    inputs: {},
    old: { aud: ['a.example'] },
    jwt: given => given.issue(),
    wrong: /lacks the audience "a.example" that was asked for \("aud"\)/,
  },
]

const payloads: JwtRow[] = [
  payload('exp twice', good => good.replace('{', '{"exp":1,'), unreadable),
  payload('the username twice', good => good.replace('{', '{"username":"SERVER-TEXT",'), unreadable),
  payload('a claim twice, once in escapes', good => good.replace('{', '{"\\u0061zp":"SERVER-TEXT",'), unreadable),
  payload('a claim of a claim twice', good => good.replace('{', '{"x":[{"a":1,"a":2}],'), unreadable),
  payload('the same claim in two places: not twice', good => good.replace('{', '{"x":{"exp":1,"y":[{"exp":"\\":"}]},')),
  payload('a text that looks like a claim: not twice', good => good.replace('{', '{"x":"\\"exp\\":1, \\"exp\\" : 2",')),
  payload('blanks and newlines between the claims', good =>
    good.replaceAll(',"', ' ,\n\t"').replaceAll('":', '" :\r\n'),
  ),
  payload('claims in a prototype', good => `{"__proto__":${good}}`, otherIssuer),
  payload('text instead of claims', () => 'SERVER-TEXT', unreadable),
  payload('claims that break off', good => good.slice(0, -1), unreadable),
  payload('claims with a comma too many', good => good.replace('}', ',}'), unreadable),
  payload('a list of claims', good => `[${good}]`, unreadable),
  payload('a text that holds the claims', good => JSON.stringify(good), unreadable),
  payload('null', () => 'null', unreadable),
  payload('a number', () => '1', unreadable),
  payload('no claims', () => '{}', otherIssuer),
  payload('lists nested 100 deep', good => good.replace('{', `{"x":${'['.repeat(100)}${']'.repeat(100)},`)),
  payload(
    'lists nested 15,000 deep',
    good => good.replace('{', `{"x":${'['.repeat(15_000)}${']'.repeat(15_000)},`),
    unreadable,
  ),
  {
    name: 'bytes that are no UTF-8',
    jwt: given => given.secret(signJwt(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))),
    wrong: unreadable,
  },
  {
    name: '1 MB of claims',
    jwt: given => given.issue({ x: 'SERVER-TEXT'.repeat(100_000) }),
    error: /answered with more than 65536 bytes/,
  },
  { name: '60 kB of JWT, which is within the limit', jwt: given => given.issue({ x: 'SERVER-TEXT'.repeat(4000) }) },
  {
    name: '3,000 scopes',
    jwt: given => given.issue({ scope: ['user:name', ...Array.from({ length: 3000 }, (_, at) => `user:x:${at}`)] }),
    old: { scope: ['user:name', ...Array.from({ length: 3000 }, (_, at) => `user:x:${at}`)] },
  },
]

const rows: JwtRow[] = [...signatures, ...times, ...claimRows, ...payloads]

/** What only a new JWT can have: the scopes and the audience that were asked for. */
const asked: JwtRow[] = [
  {
    name: 'a scope that was silently dropped: names what was asked, granted and is missing',
    inputs: { scope: 'user:name, user:memberof:acme' },
    jwt: given => given.issue(),
    error:
      /^"scope" asks for "user:name", "user:memberof:acme", and the server granted "user:name", without "user:memberof:acme": the user is probably not a member of that organization; add the user there, or correct "scope"\.$/,
  },
  {
    name: 'all scopes dropped, which leaves one empty text',
    jwt: given => given.issue({ scope: [''] }),
    error:
      /^"scope" asks for "user:name", and the server granted none, without "user:name": the owner of the key probably/,
  },
  {
    name: 'no scope claim',
    jwt: given => given.issue({ scope: undefined }),
    error: /^"scope" asks for "user:name", and the server granted none/,
  },
  {
    name: 'a scope that merely starts like the one asked for',
    jwt: given => given.issue({ scope: ['user:name:x'] }),
    error: /granted "user:name:x", without "user:name": /,
  },
  {
    name: 'offline_access asked for, and no refresh token',
    inputs: { scope: 'user:name offline_access' },
    jwt: given => given.issue(),
    error: /without "offline_access": the JWT has no refresh token; /,
  },
  {
    name: 'offline_access asked for, and an empty refresh token',
    inputs: { scope: 'user:name offline_access' },
    jwt: given => given.issue({ refresh_token: '' }),
    error: /without "offline_access": the JWT has no refresh token; /,
  },
  {
    name: 'offline_access asked for and granted: succeeds, masks the refresh token and warns',
    inputs: { scope: 'user:name offline_access' },
    jwt: given => given.issue({ refresh_token: 'a-refresh-token-of-its-own' }),
    warnings: [/^Whoever reads this JWT can renew it without the secret/],
    check: ({ result }) => expect(result.masks).toContain('a-refresh-token-of-its-own'),
  },
  {
    name: 'a refresh token that nobody asked for: is masked all the same',
    jwt: given => given.issue({ refresh_token: 'a-refresh-token-of-its-own' }),
    warnings: [/^Whoever reads this JWT can renew it without the secret/],
    check: ({ result }) => expect(result.masks).toContain('a-refresh-token-of-its-own'),
  },
  {
    name: 'an audience that was asked for and granted, as one text: succeeds',
    inputs: { audience: 'a.example' },
    jwt: given => given.issue({ aud: 'a.example' }),
    warnings: [/^OpenvCloud rejects every JWT with an audience/],
  },
  {
    name: 'an audience of the same beginning',
    inputs: { audience: 'a.example' },
    jwt: given => given.issue({ aud: ['a.example.test'] }),
    wrong: /lacks the audience "a.example" that was asked for \("aud"\)/,
  },
]

const keys = [
  ['whose key is known', false],
  ['that is not known', true],
] as const

describe.each(keys)('from a server %s', (_, withoutKey) => {
  describe.each(grants)('with %s', grant => {
    // Both grants share these checks, and the key changes no more than the signature's: not everything times four.
    const chosen = withoutKey && grant === 'jwt' ? [...signatures, ...times, ...payloads] : rows
    const ofGrant = chosen.map(row => {
      // To ask for an audience is an input of the one grant, and a claim of the old JWT of the other.
      const audience = Array.isArray(row.old?.['aud']) ? row.old['aud'].join(',') : undefined
      return audience && grant === 'app-id and secret' ? { ...row, inputs: { audience } } : row
    })
    testFaults(
      ofGrant.map(row => toFault(row, withoutKey)),
      { grant },
    )
  })

  describe('asked for', () => {
    testFaults(asked.map(row => toFault(row, withoutKey)))
  })
})
