/** Addresses of servers, which a credential travels to. */

import { expect, test } from '@jest/globals'
import { readAddress } from '../../../src/inputs/address.ts'
import { rowsOf, saying, words } from '../../support/rows.ts'

test.each(
  rowsOf({
    'https://itsyou.online': ['https://itsyou.online', 'https://itsyou.online/'],
    'https://id.example/iyo': ['HTTPS://Id.Example:443/iyo//'],
    'https://id.example:8443/a/b': ['https://id.example:8443/a/b'],
    'https://[2001:db8::1]:8443': ['https://[2001:db8::1]:8443'],
    "https://id.example/o'x": ["https://id.example/o'x"],
    'http://localhost:8080': ['http://localhost:8080'],
    'http://[::1]:8080': ['http://[::1]:8080'],
    'https://id.example.': ['https://id.example.'],
    'https://my_id-1:8443': ['https://my_id-1:8443'],
    'https://192.168.10.1': ['https://192.168.10.1'],
    'https://id.example/@x': ['https://id.example/@x'],
  }),
)('%s is %s', (value, address) => expect(readAddress('base-url', value)).toBe(address))

const only = 'write only the address of the server, such as https://itsyou.online.'
const plainHttp =
  'does not start with https://: write https://, because a credential travels to it. Only 127.0.0.1, ::1 and localhost'

test.each(
  rowsOf({
    'is empty: a variable that is not set is empty. Set it, or leave "base-url" out.': [''],
    'has quotation marks or angle brackets around it: remove them.': words(`
      'https://id.example' "https://id.example" \`https://id.example <https://id.example> id" id.example>
      \u201chttps://id.example\u201d`),
    'contains an invisible character: type it again.': ['\u200bhttps://id.example', 'https://id.example\u3164'],
    [`does not start with https://: ${only}`]: [
      ...words('itsyou.online localhost:8443 example.com:8443/path itsyou.online/https://x https:/id.example'),
      ...words('h!://itsyou.online //itsyou.online $BASE_URL vars.BASE_URL ftp://localhost h2://id.example file:///x'),
      'xhttp://localhost',
      'see https://id.example',
    ],
    [plainHttp]: words(`
      http://id.example http://127.0.0.1.example.org http://localhost.:8080`),
    'lacks a part of its host name or its port: a variable in it is probably empty. Set the variable.': words(`
      https:// https://:8443 https://?x https:///api http:///api https://.example.com https://a..b https://id.example:
      https://id.example:/x https://[::1]: https://id.example..`),
    [`contains "://" twice: ${only}`]: ['https://https://id.example'],
    [`contains a character that no host name has: ${only}`]: words(`
      https://a%24b https://id.example, https://*.id.example https://$HOST`),
    'has an IP address in an unusual form: write four decimal numbers without leading zeros.': words(`
      https://192.168.010.1 https://10.1 https://0x7f.1 https://2130706433`),
    [`is not a URL: ${only}`]: ['https://a b', 'https://id.example:port', 'https://<host>'],
    [`contains a user or password: ${only}`]: words(`
      https://user:password@id.example https://user@id.example https://@id.example`),
    [`contains a query, a fragment, a backslash or a space: ${only}`]: [
      ...words('https://id.example?x=1 https://id.example? https://id.example/#x https://id.example\\x'),
      'https://id.example/a b',
    ],
  }),
)('%j is an error: it %s', (value, says) => {
  expect(() => readAddress('base-url', value)).toThrow(saying('ERR_ADDRESS_INVALID', `"base-url" ${says}`))
})

test('each address has an example of its own', () => {
  expect(() => readAddress('ovc-url', 'x')).toThrow(/^"ovc-url" .*, such as https:\/\/my-location\.example\. /)
  expect(() => readAddress('ays-url', 'x')).toThrow(/^"ays-url" .*, such as https:\/\/ays\.example\/api\. /)
})

test.each(['https://u:hunter2@x', 'https://hunter2 x', 'hunter2'])('%s is not repeated: it may be a password', value =>
  expect(() => readAddress('base-url', value)).toThrow(/^(?!.*hunter2)/),
)
