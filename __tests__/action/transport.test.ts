/** What can go wrong between the first byte of a connection and the last byte of an answer: only real sockets show it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { type Fault, type Given, runFault, type Setting, schemes, testFaults } from '../support/action.ts'
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

const jwtHeaders = { 'content-type': 'application/jwt', 'content-length': 500 }
const chunked = head(200, { 'transfer-encoding': 'chunked' })
const reset = { requests: 2, cause: /^ECONNRESET$/, error: /could not be reached \(ECONNRESET\): .*ERR_CONNECTION/ }
const tooLarge = { requests: 1, error: /answered with more than 65536 bytes, far more than a JWT/ }
const twoLengths = 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\ncontent-length: 12\r\n\r\nSERVER-TEXT'
const broken = { requests: 1, error: /sent an answer that is not valid HTTP \(HPE_\w+\): check "base-url"/ }
const timedOut = (seconds: number) => ({
  inputs: { timeout: `${seconds}s`, retries: '0' },
  requests: 1,
  error: new RegExp(`did not respond in time \\(${seconds} s, 1 attempt\\): .*ERR_TIMEOUT`),
})

const faults: Fault[] = [
  { name: 'the connection is closed instead of an answer: tried again', answers: () => [bytes('')], ...reset },
  { name: 'a reset before the headers: tried again', answers: () => [bytesThenReset('')], ...reset },
  { name: 'an end in the headers: tried again', answers: () => [bytes(head(200, jwtHeaders).slice(0, 30))], ...reset },
  { name: 'a body that is too short: tried again', answers: () => [bytes(`${head(200, jwtHeaders)}SERVER`)], ...reset },
  { name: 'chunks without an end: tried again', answers: () => [bytes(`${chunked}b\r\nSERVER-TEXT\r\n`)], ...reset },
  {
    name: 'half a JWT, and a whole one at the second attempt: the second one counts',
    answers: given => [
      async exchange => {
        await exchange.write(`${head(200, jwtHeaders)}${given.issue().slice(0, 200)}`)
        exchange.end()
      },
      given.good,
    ],
    requests: 2,
  },
  { name: 'no answer: ends with the time', answers: () => [bytesThenNothing('')], ...timedOut(1) },
  { name: 'headers and then silence: ends', answers: () => [bytesThenNothing(head(200, jwtHeaders))], ...timedOut(1) },
  {
    name: 'a body that drips one byte a second: ends with the time, though there is always something new',
    answers: () => [drip(head(200, jwtHeaders))],
    ...timedOut(2),
  },
  {
    name: 'a switch to another protocol: ends with the time',
    answers: () => [bytes('HTTP/1.1 101 SERVER-TEXT\r\nconnection: upgrade\r\nupgrade: SERVER-TEXT\r\n\r\n')],
    ...timedOut(1),
  },
  {
    name: 'no answer once: the second attempt succeeds within the time',
    answers: given => [bytesThenNothing(''), given.good],
    inputs: { timeout: '12s' },
    requests: 2,
    cause: /^no whole answer in time$/,
  },
  { name: 'an endless body: cut off', answers: () => [flood(head(200, { connection: 'close' }))], ...tooLarge },
  { name: 'one byte more than 64 KiB: cut off', answers: () => [answer(200, 'x'.repeat(64 * 1024 + 1))], ...tooLarge },
  {
    name: '64 KiB to the byte: read, and not a JWT',
    answers: () => [answer(200, 'x'.repeat(64 * 1024))],
    requests: 1,
    error: /answered with something else instead of a JWT/,
  },
  {
    name: 'an error status with a body without an end: the status counts, the body is not read',
    answers: () => [flood(head(404, { connection: 'close' }))],
    requests: 1,
    error: /has no ItsYou\.online token endpoint \(404\)/,
  },
  { name: 'a greeting of another protocol: not HTTP', answers: () => [bytes('220 SERVER-TEXT ESMTP\r\n')], ...broken },
  { name: 'headers without an end: not HTTP', answers: () => [flood('HTTP/1.1 200 OK\r\nx: ')], ...broken },
  { name: 'two lengths for one body: not HTTP', answers: () => [bytes(twoLengths)], ...broken },
  {
    name: 'early hints, and a JWT in chunks of a byte: succeeds',
    answers: given => [
      async exchange => {
        await exchange.write('HTTP/1.1 103 Early Hints\r\nlink: </SERVER-TEXT>\r\n\r\n')
        await exchange.write(chunked)
        for (const letter of given.issue()) await exchange.write(`1\r\n${letter}\r\n`)
        await exchange.write('0\r\n\r\n')
        exchange.end()
      },
    ],
    requests: 1,
  },
]

/** What fails while the server keeps the connection open; the second attempt is answered once the first one's is closed. */
const leavesOpen = [
  { name: 'a body that stops', first: bytesThenNothing(head(200, jwtHeaders)), inputs: { timeout: '12s' } },
  {
    name: 'a 503 on a connection to be kept',
    first: bytesThenNothing(`${head(503, { connection: 'keep-alive', 'content-length': 2 })}no`),
  },
  { name: 'a 503 whose body stops', first: bytesThenNothing(head(503, jwtHeaders)) },
].map(
  ({ name, first: behaviour, inputs }): Fault => ({
    name: `${name}: the connection is closed before the next attempt`,
    inputs,
    requests: 2,
    answers: (given: Given): Behaviour[] => {
      let first: Exchange | undefined
      return [
        async exchange => {
          first = exchange
          await behaviour(exchange)
        },
        async exchange => {
          while (first?.isOpen && exchange.isOpen) await new Promise(resolve => setTimeout(resolve, 10))
          await given.good(exchange)
        },
      ]
    },
  }),
)

describe.each(schemes)('over %s', scheme => testFaults([...faults, ...leavesOpen], { scheme }))

test.concurrent('a connection refused: tried again, then an error that names the address', async () => {
  const { port, close } = await occupyPort()
  const error = new RegExp(`^http://127\\.0\\.0\\.1:${port} could not be reached \\(ECONNREFUSED\\)`)
  const fault = { name: 'refused', answers: () => [], requests: 0, attempts: 2, cause: /^ECONNREFUSED$/, error }
  try {
    await runFault(fault, { baseUrl: () => `http://127.0.0.1:${port}` })
  } finally {
    await close()
  }
})

/** A preloaded module stands in for the name server: it answers the look-up of `localhost` as the test says. */
function names(look: string): string[] {
  const module = `
    import dns from 'node:dns'
    let asked = 0
    dns.lookup = (host, options, callback) => {
      const failure = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' })
      asked++
      ${look}
    }`
  return ['--import', `data:text/javascript,${encodeURIComponent(module)}`]
}

const named: Setting = { baseUrl: port => `http://localhost:${port}` }

test.concurrent('a name that is not found once: found at the second attempt', async () => {
  const nodeArguments = names(`asked === 1 ? callback(failure) : callback(null, [{ address: '127.0.0.1', family: 4 }])`)
  const fault = { attempts: 2, cause: /^ENOTFOUND$/, inputs: { retries: '5' }, nodeArguments }
  await runFault({ name: '', answers: given => [given.good], requests: 1, ...fault }, named)
})

test.concurrent('a name that is never found: tried once more, since it is probably misspelt', async () => {
  const error = /^The host name of \S+ was not found \(ENOTFOUND\): check "base-url" .*\[ERR_HOST_NOT_FOUND\]$/
  const fault = { attempts: 2, error, inputs: { retries: '5' }, nodeArguments: names('callback(failure)') }
  const { result } = await runFault({ name: '', answers: () => [], requests: 0, ...fault }, named)
  expect(result.milliseconds).toBeLessThan(10_000)
})

// A slow link, on loopback: Linux drops what wants to connect while the queue of a listening port is full, and the client
// tries again after a second. Node alone would have gone on to the next address after 250 ms, which no one listens at.
const onLinux = process.platform === 'linux' ? test.concurrent : test.skip
onLinux('a name with two addresses, the first of which takes a second: connects at the first attempt', async () => {
  const server = spawn(
    process.execPath,
    [
      '-e',
      `const server = require('node:http').createServer((request, response) => response.end('not a JWT'))
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)))
       // Accepts nothing for so long.
       process.stdin.once('data', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000))`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const fillers: Socket[] = []
  try {
    const port = Number(String((await once(server.stdout, 'data'))[0]))
    server.stdin.write('now')
    await new Promise(resolve => setTimeout(resolve, 100))
    for (let at = 0; at < 6; at++) fillers.push(connect(port, '127.0.0.1').on('error', () => {}))
    const nodeArguments = names(`callback(null, [{ address: '127.0.0.1', family: 4 }, { address: '::1', family: 6 }])`)
    const one = { requests: 0, attempts: 1, inputs: { retries: '0', timeout: '20s' }, nodeArguments }
    const error = /answered with something else instead of a JWT/
    await runFault({ name: '', answers: () => [], ...one, error }, { baseUrl: () => `http://localhost:${port}` })
  } finally {
    for (const filler of fillers) filler.destroy()
    server.kill('SIGKILL')
  }
})
