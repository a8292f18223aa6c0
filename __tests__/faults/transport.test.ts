import { describe, expect, test } from '@jest/globals'
import { type Fault, type Given, grants, runFault, schemes, testFaults } from '../support/fault-run.ts'
import {
  answer,
  type Behaviour,
  bytes,
  bytesThenNothing,
  bytesThenReset,
  drip,
  type Exchange,
  flood,
  head,
  occupyPort,
} from '../support/faulty-server.ts'

/** What can go wrong between the first byte of a connection and the last byte of an answer, over http and https. */

const jwtHeaders = { 'content-type': 'application/jwt', 'content-length': 500 }
const unreachable = (code: string) =>
  new RegExp(`^https?://127\\.0\\.0\\.1:\\d+ could not be reached \\(${code}\\): check "base-url"`)
const broken = /^https?:\/\/127\.0\.0\.1:\d+ gave an answer that is no valid HTTP \(HPE_\w+\): check "base-url"/
const tooLarge = /answered with more than 65536 bytes, far more than a JWT: check that "base-url"/
const timedOut = (seconds: number) =>
  new RegExp(
    `gave no whole answer in the time that "timeout" leaves each attempt \\(${seconds} s for all; attempts: \\d+\\): .* or raise "timeout"\\.$`,
  )

const reset = { requests: 2, cause: /^ECONNRESET$/, error: unreachable('ECONNRESET') }

const faults: Fault[] = [
  { name: 'the connection is closed instead of an answer: tried again', answers: () => [bytes('')], ...reset },
  { name: 'a reset before the headers: tried again', answers: () => [bytesThenReset('')], ...reset },
  {
    name: 'a reset in the headers: tried again',
    answers: () => [bytesThenReset(head(200, jwtHeaders).slice(0, 30))],
    ...reset,
  },
  { name: 'a reset after the headers: tried again', answers: () => [bytesThenReset(head(200, jwtHeaders))], ...reset },
  {
    name: 'a reset in the body: tried again',
    answers: () => [bytesThenReset(`${head(200, jwtHeaders)}SERVER-TEXT`)],
    ...reset,
  },
  {
    name: 'an end in the headers: tried again',
    answers: () => [bytes(head(200, jwtHeaders).slice(0, 30))],
    ...reset,
  },
  {
    name: 'a body shorter than its Content-Length: tried again',
    answers: () => [bytes(`${head(200, jwtHeaders)}SERVER-TEXT`)],
    ...reset,
  },
  {
    name: 'a chunked body without its end: tried again',
    answers: () => [bytes(`${head(200, { 'transfer-encoding': 'chunked' })}b\r\nSERVER-TEXT\r\n`)],
    ...reset,
  },
  {
    name: 'half a JWT is no JWT, even when the second answer is whole: the second one counts',
    answers: given => [
      async exchange => {
        await exchange.write(`${head(200, jwtHeaders)}${given.issue().slice(0, 200)}`)
        exchange.end()
      },
      given.good,
    ],
    requests: 2,
  },
  {
    name: 'a reset, then an answer: succeeds',
    answers: given => [bytesThenReset(''), given.good],
    requests: 2,
    cause: /^ECONNRESET$/,
  },
  {
    name: 'no answer, with no retry: ends with the time',
    answers: () => [bytesThenNothing('')],
    inputs: { timeout: '1s', retries: '0' },
    requests: 1,
    error: timedOut(1),
  },
  {
    name: 'no answer: each attempt has its share of the time',
    answers: () => [bytesThenNothing('')],
    inputs: { timeout: '3s' },
    requests: 2,
    cause: /^no whole answer in time$/,
    error: timedOut(3),
  },
  {
    name: 'no answer once: the second attempt succeeds within the time',
    answers: given => [bytesThenNothing(''), given.good],
    inputs: { timeout: '3s' },
    requests: 2,
  },
  {
    name: 'headers and then silence: ends with the time',
    answers: () => [bytesThenNothing(head(200, jwtHeaders))],
    inputs: { timeout: '1s', retries: '0' },
    requests: 1,
    error: timedOut(1),
  },
  {
    name: 'a body that drips one byte a second: ends with the time, though there is always something new',
    answers: () => [drip(head(200, jwtHeaders))],
    inputs: { timeout: '2s', retries: '0' },
    requests: 1,
    error: timedOut(2),
  },
  {
    name: 'headers that drip one byte a second: ends with the time',
    answers: () => [drip('HTTP/1.1 200 O')],
    inputs: { timeout: '2s', retries: '0' },
    requests: 1,
    error: timedOut(2),
  },
  {
    name: 'a body of 10 MiB: cut off, and not asked for again',
    answers: () => [flood(head(200, { 'content-length': 10 * 1024 * 1024 }), 10 * 1024 * 1024)],
    requests: 1,
    error: tooLarge,
  },
  {
    name: 'a body without an end: cut off, and not asked for again',
    answers: () => [flood(head(200, { connection: 'close' }))],
    requests: 1,
    error: tooLarge,
  },
  {
    name: 'an error status with a body without an end: the status counts, the body is not read',
    answers: () => [flood(head(404, { connection: 'close' }))],
    requests: 1,
    error: /has no ItsYou\.online token endpoint \(404\)/,
  },
  {
    name: 'one byte more than 64 KiB: cut off',
    answers: () => [answer(200, 'x'.repeat(64 * 1024 + 1))],
    requests: 1,
    error: tooLarge,
  },
  {
    name: '64 KiB to the byte: read, and no JWT',
    answers: () => [answer(200, 'x'.repeat(64 * 1024))],
    requests: 1,
    error: /answered with something else instead of a JWT/,
  },
  {
    // Node reports it as a body that breaks off.
    name: 'a chunk size that is no number: tried again',
    answers: () => [bytes(`${head(200, { 'transfer-encoding': 'chunked' })}SERVER-TEXT\r\n`)],
    ...reset,
  },
  {
    name: 'a greeting of another protocol: no HTTP',
    answers: () => [bytes('220 SERVER-TEXT ESMTP\r\n')],
    requests: 1,
    error: broken,
  },
  {
    name: 'headers without an end: no HTTP',
    answers: () => [flood('HTTP/1.1 200 OK\r\nx: ')],
    requests: 1,
    error: broken,
  },
  {
    name: 'two lengths for one body: no HTTP',
    answers: () => [bytes('HTTP/1.1 200 OK\r\ncontent-length: 11\r\ncontent-length: 12\r\n\r\nSERVER-TEXT')],
    requests: 1,
    error: broken,
  },
  {
    name: 'a header with a newline in its value: no HTTP',
    answers: () => [bytes('HTTP/1.1 200 OK\r\nx: SERVER\nTEXT\0\r\n\r\n')],
    requests: 1,
    error: broken,
  },
  {
    name: 'early hints before the answer: succeeds',
    answers: given => [
      async exchange => {
        await exchange.write('HTTP/1.1 103 Early Hints\r\nlink: </SERVER-TEXT>\r\n\r\n')
        await given.good(exchange)
      },
    ],
    requests: 1,
  },
  {
    // Node drops the connection without an error event.
    name: 'a switch to another protocol: ends with the time',
    answers: () => [bytes('HTTP/1.1 101 SERVER-TEXT\r\nconnection: upgrade\r\nupgrade: SERVER-TEXT\r\n\r\n')],
    inputs: { timeout: '1s', retries: '0' },
    requests: 1,
    error: timedOut(1),
  },
  {
    name: 'a JWT in pieces of a byte, chunked: succeeds',
    answers: given => [
      async exchange => {
        await exchange.write(head(200, { 'transfer-encoding': 'chunked' }))
        for (const letter of given.issue()) await exchange.write(`1\r\n${letter}\r\n`)
        await exchange.write('0\r\n\r\n')
        exchange.end()
      },
    ],
    requests: 1,
  },
  {
    name: 'a JWT whose length only the end of the connection tells: succeeds',
    answers: given => [
      async exchange => {
        await exchange.write(head(200) + given.issue())
        exchange.end()
      },
    ],
    requests: 1,
  },
]

/** What fails while the server keeps the connection open; the second attempt is answered once the first one's is closed. */
const leavesOpen: Fault[] = [
  { name: 'no answer', answers: () => [bytesThenNothing('')], inputs: { timeout: '3s' }, requests: 2 },
  {
    name: 'a body that stops',
    answers: () => [bytesThenNothing(head(200, jwtHeaders))],
    inputs: { timeout: '3s' },
    requests: 2,
  },
  { name: 'a 503', answers: () => [bytesThenNothing(`${head(503, { 'content-length': 2 })}no`)], requests: 2 },
  {
    name: 'a 503 on a connection to be kept',
    answers: () => [bytesThenNothing(`${head(503, { connection: 'keep-alive', 'content-length': 2 })}no`)],
    requests: 2,
  },
  { name: 'a 503 whose body stops', answers: () => [bytesThenNothing(head(503, jwtHeaders))], requests: 2 },
]
const closedBeforeTheNext = leavesOpen.map(fault => ({
  ...fault,
  name: `${fault.name}: the connection is closed before the next attempt`,
  answers: (given: Given): Behaviour[] => {
    let first: Exchange | undefined
    return [
      async exchange => {
        first = exchange
        await fault.answers(given)[0]?.(exchange)
      },
      async exchange => {
        while (first?.isOpen && exchange.isOpen) await new Promise(resolve => setTimeout(resolve, 10))
        await given.good(exchange)
      },
    ]
  },
}))

describe.each(schemes)('over %s', scheme => {
  testFaults(closedBeforeTheNext, { scheme })

  describe.each(grants)('with %s', grant => {
    // What keeps silent takes its time, and is the same for a renewal whether it is over TLS or not.
    const isSlow = ({ inputs }: Fault) => inputs?.['timeout'] !== undefined
    const chosen = scheme === 'https' && grant === 'jwt' ? faults.filter(fault => !isSlow(fault)) : faults
    testFaults(chosen, { scheme, grant })

    test.concurrent('a connection refused: tried again, then an error that names the address', async () => {
      const occupied = await occupyPort()
      try {
        const run = await runFault(
          {
            name: 'refused',
            answers: () => [],
            requests: 0,
            attempts: 3,
            cause: /^ECONNREFUSED$/,
            inputs: { retries: '2' },
            error: unreachable('ECONNREFUSED'),
          },
          { scheme, grant, baseUrl: () => `${scheme}://127.0.0.1:${occupied.port}` },
        )
        expect(run.result.errors[0]).toContain(`${scheme}://127.0.0.1:${occupied.port} `)
      } finally {
        await occupied.close()
      }
    })

    test.concurrent('a host name that does not exist: an error at once, since it is misspelt', async () => {
      await runFault(
        {
          name: 'no such host',
          answers: () => [],
          requests: 0,
          attempts: 1,
          error: /could not be reached \((ENOTFOUND|EAI_AGAIN)\)/,
        },
        { scheme: 'https', grant, baseUrl: port => `https://id.invalid:${port}` },
      )
    })
  })
})
