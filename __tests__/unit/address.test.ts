/** What is known of an address: the public servers with their keys, and which hosts are this machine. */

import { createPublicKey } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { builtInKey, isLoopback } from '../../src/address.ts'
import { rowsOf } from '../support/rows.ts'

test.each(
  rowsOf({
    S5X8XrfKdx9gYayFITc89wad4usrk0n27MjiGYvqalizeSWTHEpnd7oea9IQ8T5o: [
      ...['https://itsyou.online', 'https://itsyou.online.', 'https://itsyou.online:443/path'],
    ],
    kmd07vxBqoCiHsaplIpjlonDeOnpvPamORMdBcAlHNXbzwplcdK4qlZGPBz9mxDS: ['https://staging.itsyou.online'],
  }),
)('the P-384 key of %s is built in', (url, x) => {
  const key = createPublicKey(builtInKey(url) ?? '').export({ format: 'jwk' })
  expect(key).toMatchObject({ crv: 'P-384', x })
})

test.each([
  ...['https://id.example', 'https://itsyou.online:8443', 'https://www.itsyou.online', 'http://itsyou.online'],
  ...['https://itsyou.online.example.org', 'https://itsyou.onlinex', 'https://itsyou.online..'],
])('no key of %s is built in', url => expect(builtInKey(url)).toBeUndefined())

test.each(['localhost', '127.0.0.1', '127.255.1.2', '[::1]'])('%s is this machine', host => {
  expect(isLoopback(host)).toBe(true)
})

test.each([
  ...['localhost.', 'localhost.example.org', 'xlocalhost', '127.0.0.1.example.org', 'x127.0.0.1', '127.0.0.1.'],
  ...['127.1', '128.0.0.1', '127.0.0.1000', '[::2]', '::1', '[::1]x', '0.0.0.0', ''],
])('"%s" is another machine, or a name that a name server answers for', host => expect(isLoopback(host)).toBe(false))
