/** Faults of a TLS handshake. Certificates that are not trusted are in errors.test.ts. */

import { expect, test } from '@jest/globals'
import { type Fault, runFault, type Setting } from '../support/action.ts'

/** No request arrives, and there is one connection for each attempt. */
async function runRefused(error: RegExp, setting: Setting, more: Partial<Fault> = {}): Promise<void> {
  const fault = { answers: () => [], requests: 0, attempts: 1, error, ...more }
  const { server } = await runFault(fault, { scheme: 'https', ...setting })
  expect(server.connections).toBe(fault.attempts)
}

test.concurrent('a server that requires a client certificate: says that it is not supported', async () => {
  const error =
    /requires a client certificate \(ERR_SSL_\w+\), which .* not support: .*"base-url".*ERR_CLIENT_CERTIFICATE/
  await runRefused(error, { tlsOptions: { requestCert: true, rejectUnauthorized: true } })
})

test.concurrent('a server that speaks plain http: no TLS, and not tried again', async () => {
  await runRefused(/^\S+ and this runner could not agree on TLS \((EPROTO|ERR_SSL_\w+)\).*\[ERR_TLS\]/, {
    onConnection: socket => socket.once('data', () => socket.end('HTTP/1.1 400 SERVER-TEXT\r\n\r\nSERVER-TEXT')),
  })
})

test.concurrent('a server that never says hello: ends with the time', async () => {
  const inputs = { retries: '0', timeout: '1s' }
  await runRefused(/did not respond in time \(1 s, 1 attempt\)/, { onConnection: () => {} }, { inputs })
})

test.concurrent('a server that hangs up in the handshake: tried again', async () => {
  const onConnection: Setting['onConnection'] = socket => socket.once('data', () => socket.destroy())
  const twice = { attempts: 2, cause: /^ECONNRESET$/ }
  await runRefused(/could not be reached \(ECONNRESET\)/, { onConnection }, twice)
})

test.concurrent('NODE_TLS_REJECT_UNAUTHORIZED=0 is allowed on loopback, where no one else can listen', async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const fault: Fault = { answers: given => [given.good], requests: 1, env }
  await runFault(fault, { scheme: 'https', certificate: 'selfSigned', trust: false })
})
