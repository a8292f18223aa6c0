/** Addresses of servers, which a credential travels to. */

import { expect, test } from '@jest/globals'
import { readAddress } from '../../../src/inputs/address.ts'

test.each([
  ['https://itsyou.online', 'https://itsyou.online'],
  ['https://itsyou.online/', 'https://itsyou.online'],
  ['HTTPS://Id.Example:443/iyo//', 'https://id.example/iyo'],
  ['https://id.example:8443/a/b', 'https://id.example:8443/a/b'],
  ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://127.1.2.3', 'http://127.1.2.3'],
  ['http://[::1]:1', 'http://[::1]:1'],
])('%s is %s', (value, address) => expect(readAddress('base-url', value)).toBe(address))

test.each([
  ['', 'is empty: a variable that is not set is empty; set it, or leave "base-url" out.'],
  ['itsyou.online', 'does not start with https://: put https:// in front of it.'],
  ['localhost:8443', 'does not start with https://: put https:// in front of it.'],
  ['example.com:8443/path', 'does not start with https://: put https:// in front of it.'],
  ['itsyou.online/https://x', 'does not start with https://: put https:// in front of it.'],
  ['h!://itsyou.online', 'does not start with https://: put https:// in front of it.'],
  ['//itsyou.online', 'does not start with https://: put https:// in front of it.'],
  ['see https://id.example', 'does not start with https://: put https:// in front of it.'],
  ['h2://id.example', 'does not start with https://: write https://'],
  ['https://', 'is not a URL: write the address of the server, such as https://itsyou.online.'],
  ['https://a b', 'is not a URL: write the address of the server, such as https://itsyou.online.'],
  ['https://user:password@id.example', 'contains a user or password: write the address alone, such as'],
  ['https://user@id.example', 'contains a user or password'],
  ['https://@id.example', 'contains a user or password'],
  ['https://id.example?x=1', 'contains a query, a fragment, a backslash or a space: write the address alone'],
  ['https://id.example?', 'contains a query'],
  ['https://id.example/#x', 'contains a query, a fragment'],
  ['https://id.example\\x', 'contains a query, a fragment, a backslash'],
  ['http://id.example', 'does not start with https://: write https://, because a credential travels to it'],
  ['http://localhost.example.org', 'does not start with https://: write https://'],
  ['http://127.0.0.1.example.org', 'does not start with https://: write https://'],
  ['ftp://localhost', 'does not start with https://: write https://'],
])('%j is an error', (value, says) => expect(() => readAddress('base-url', value)).toThrow(`"base-url" ${says}`))

test.each([
  ['ovc-url', 'https://my-location.example'],
  ['ays-url', 'https://ays.example/api'],
])('"%s" has an example of its own', (name, example) => {
  expect(() => readAddress(name, 'https://')).toThrow(
    `"${name}" is not a URL: write the address of the server, such as ${example}.`,
  )
})

test('a value is never repeated: it may contain a password', () => {
  for (const value of ['https://u:hunter2@x', 'https://hunter2 x', 'hunter2']) {
    expect(() => readAddress('base-url', value)).toThrow(/^(?!.*hunter2)/)
  }
})
