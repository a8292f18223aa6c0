import { gzipSync } from 'node:zlib'
import { describe, expect } from '@jest/globals'
import { type Fault, type Given, grants, testFaults } from '../support/fault-run.ts'
import { answer } from '../support/faulty-server.ts'

/** Answers with status 200 that hold no JWT, and the two forms of those that do. */

const opaque = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6'

function noJwt(
  name: string,
  body: string | ((given: Given) => string),
  found: string,
  headers?: Record<string, string>,
): Fault {
  return {
    name: `${name}: says that it is ${found}`,
    answers: given => [answer(200, typeof body === 'function' ? body(given) : body, headers)],
    requests: 1,
    error: new RegExp(
      `^http://127\\.0\\.0\\.1:\\d+ answered with ${found} instead of a JWT: check that "base-url" .* no login or maintenance page`,
    ),
  }
}

const html = '<!DOCTYPE html><title>SERVER-TEXT</title><script>\n::set-output name=jwt::SERVER-TEXT\n</script>'
const json = { 'content-type': 'application/json' }

const faults: Fault[] = [
  noJwt('an HTML page', html, 'an HTML page', { 'content-type': 'text/html' }),
  noJwt('an HTML page behind blanks and a byte order mark', `\uFEFF\n ${html}`, 'an HTML page'),
  noJwt('an HTML page that calls itself a JWT', html, 'an HTML page', { 'content-type': 'application/jwt' }),
  noJwt('nothing', '', 'nothing'),
  noJwt('blanks', ' \r\n\t\n', 'nothing'),
  noJwt('a bare opaque access token', given => given.secret(opaque), 'an opaque access token'),
  noJwt(
    'an opaque access token in JSON',
    given => `${JSON.stringify({ access_token: given.secret(opaque), token_type: 'bearer', scope: 'user:admin,' })}\n`,
    'an opaque access token',
    json,
  ),
  noJwt('plain text', 'SERVER-TEXT: try again later', 'something else'),
  noJwt('workflow commands', '::stop-commands::SERVER-TEXT\n::add-mask::a\n##[error]SERVER-TEXT', 'something else'),
  noJwt('bytes that are no text', '\xff\xfe\0SERVER-TEXT', 'something else'),
  noJwt('an empty object', '{}', 'JSON of another shape', json),
  noJwt('an array', '[]', 'something else', json),
  noJwt('an array of JWTs', given => JSON.stringify([given.issue()]), 'something else', json),
  noJwt('a text in JSON', given => JSON.stringify(given.issue()), 'something else', json),
  noJwt('null', 'null', 'something else', json),
  noJwt('another member', '{"error":"SERVER-TEXT"}', 'JSON of another shape', json),
  noJwt('a number as the access token', '{"access_token":1}', 'something else', json),
  noJwt('null as the access token', '{"access_token":null}', 'something else', json),
  noJwt('an empty access token', '{"access_token":""}', 'something else', json),
  noJwt('an object as the access token', '{"access_token":{"SERVER-TEXT":1}}', 'something else', json),
  noJwt(
    'a list as the access token',
    given => JSON.stringify({ access_token: [given.issue()] }),
    'something else',
    json,
  ),
  noJwt('JSON that breaks off', given => `{"access_token":"${given.issue()}`, 'something else', json),
  noJwt('JSON with text behind it', given => `{"access_token":"${given.issue()}"} SERVER-TEXT`, 'something else', json),
  noJwt(
    'an access token in a prototype',
    given => `{"__proto__":{"access_token":"${given.issue()}"}}`,
    'JSON of another shape',
    json,
  ),
  noJwt('JSON nested 30,000 levels deep', `{"a":${'['.repeat(30_000)}`, 'something else', json),
  noJwt('a JWT of two parts', given => given.secret(given.issue().split('.').slice(0, 2).join('.')), 'something else'),
  noJwt('a JWT of four parts', given => given.secret(`${given.issue()}.abc`), 'something else'),
  noJwt('a JWT of five parts, encrypted', given => given.secret(`${given.issue()}.abc.def`), 'something else'),
  noJwt('a JWT without a payload', 'eyJhbGciOiJFUzM4NCJ9..c2lnbmF0dXJl', 'something else'),
  noJwt('two JWTs', given => `${given.issue()}\n${given.issue()}`, 'something else'),
  noJwt('a JWT behind its scheme', given => `bearer ${given.issue()}`, 'something else'),
  noJwt('a JWT in quotes', given => `"${given.issue()}"`, 'something else'),
  noJwt('a JWT with padding', given => given.secret(`${given.issue()}=`), 'something else'),
  noJwt('a JWT in the other base64', given => given.secret(`+/${given.issue()}`), 'something else'),
  noJwt('a JWT with a newline inside', given => given.issue().replace('.', '.\n'), 'something else'),
  noJwt('a JWT with a NUL behind it', given => `${given.issue()}\0`, 'something else'),
  noJwt('a JWT with a letter of another alphabet', given => given.issue().replace('.', 'е.'), 'something else'),
  {
    name: 'a compressed JWT, which nobody asked for: no JWT',
    answers: given => [answer(200, gzipSync(given.issue()), { 'content-encoding': 'gzip' })],
    requests: 1,
    error: /answered with something else instead of a JWT/,
  },
  {
    name: 'a bare JWT: succeeds, and every part of it is masked',
    answers: given => [given.good],
    requests: 1,
    check: ({ result, issued }) => {
      const [, payload, signature] = String(issued).split('.')
      expect(result.masks).toEqual(expect.arrayContaining([issued, payload, signature]))
    },
  },
  {
    name: 'a JWT with a newline behind it: succeeds without it',
    answers: given => [answer(200, () => `${given.issue()}\r\n`)],
    requests: 1,
  },
  {
    name: 'a JWT in JSON: succeeds',
    answers: given => [
      answer(200, () => `${JSON.stringify({ access_token: given.issue(), 'SERVER-TEXT': 1 })}\n`, json),
    ],
    requests: 1,
  },
  {
    name: 'a JWT that calls itself HTML: succeeds, since the server behind some proxies does',
    answers: given => [answer(200, () => given.issue(), { 'content-type': 'text/html; charset=SERVER-TEXT' })],
    requests: 1,
  },
]

describe.each(grants)('an answer to %s', grant => {
  testFaults(faults, { grant })
})
