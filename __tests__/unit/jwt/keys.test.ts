/** Which public keys verify the signature. */

import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { verificationKeys } from '../../../src/jwt/keys.ts'
import { anotherKey, publicKeyPem } from '../../support/forge.ts'
import { rowsOf } from '../../support/rows.ts'

const own = 'https://id.example'
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const anotherPem = pemOf(createPublicKey(anotherKey))

/** The x coordinate of each key that can verify. */
async function keysOf(publicKey: string | undefined, url = own) {
  const { keys, issuer } = await verificationKeys(publicKey, url)
  const jwks = await Promise.all(keys.map(key => crypto.subtle.exportKey('jwk', key)))
  return { xs: jwks.map(({ x, key_ops }) => key_ops?.includes('verify') && x), issuer }
}
const xOf = (pem: string) => createPublicKey(pem).export({ format: 'jwk' }).x

test.each(
  rowsOf({
    S5X8XrfKdx9gYayFITc89wad4usrk0n27MjiGYvqalizeSWTHEpnd7oea9IQ8T5o: [
      ...['https://itsyou.online', 'https://itsyou.online.', 'https://itsyou.online:443/path'],
    ],
    kmd07vxBqoCiHsaplIpjlonDeOnpvPamORMdBcAlHNXbzwplcdK4qlZGPBz9mxDS: ['https://staging.itsyou.online'],
  }),
)('the key of %s is built in, and binds the name of the issuer', async (url, x) => {
  expect(await keysOf(undefined, url)).toEqual({ xs: [x], issuer: 'itsyouonline' })
})

test.each([
  ...['https://id.example', 'https://itsyou.online:8443', 'https://www.itsyou.online', 'http://itsyou.online'],
  'https://itsyou.online.example.org',
])('%s needs a key, and the message says both ways out', async url => {
  const says = `the key of ${url} is not built in: set "public-key" to the server's public key (PEM), or to "none"`
  const error = { code: 'ERR_PUBLIC_KEY_MISSING', message: expect.stringContaining(says) }
  await expect(verificationKeys(undefined, url)).rejects.toEqual(expect.objectContaining(error))
})

test.each([own, 'https://itsyou.online'])('"none" is no key at all, also for %s', async url => {
  expect(await keysOf('none', url)).toEqual({ xs: [], issuer: undefined })
})

test.each([
  ['as it is', publicKeyPem],
  ['with space around it', `\n ${publicKeyPem} \n`],
  ['with line breaks written as \\n', publicKeyPem.replaceAll('\n', '\\n')],
  ['with line breaks written as \\r\\n', publicKeyPem.replaceAll('\n', '\\r\\n')],
  ['with line breaks of Windows', publicKeyPem.replaceAll('\n', '\r\n')],
  ['with spaces for line breaks', publicKeyPem.replaceAll('\n', ' ')],
  ['in one line', publicKeyPem.replaceAll('\n', '')],
])('a key of the user %s takes the place of the built-in one, and binds no name', async (_how, pem) => {
  const expected = { xs: [xOf(publicKeyPem)], issuer: undefined }
  expect(await keysOf(pem)).toEqual(expected)
  expect(await keysOf(pem, 'https://itsyou.online')).toEqual(expected)
})

test('several keys all count', async () => {
  expect((await keysOf(`${publicKeyPem}${anotherPem}`)).xs).toEqual([publicKeyPem, anotherPem].map(xOf))
})

const p256Pem = pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
test.each([
  ['text', 'a key'],
  ['None', 'None'],
  ['text after it', `${publicKeyPem} and more`],
  ['text before it', `key: ${publicKeyPem}`],
  ['text between two', `${publicKeyPem}-${anotherPem}`],
  ['a second key that is cut', `${publicKeyPem}${anotherPem.slice(0, 100)}`],
  ['a second key that is none', `${publicKeyPem}-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----`],
  ['no content', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----'],
  ['no end', publicKeyPem.replace('-----END', '')],
  ['base64 without its frame', publicKeyPem.split('\n').slice(1, -2).join('')],
  ['a private key', anotherKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['another curve', p256Pem],
  ['a second key of another curve', `${publicKeyPem}${p256Pem}`],
  ['RSA', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
])('%s is not a P-384 public key', async (_what, pem) => {
  const says = '"public-key" is not a P-384 public key (SPKI, PEM): give the server\'s PEM text and nothing else, from'
  const error = { code: 'ERR_PUBLIC_KEY_INVALID', message: expect.stringContaining(says) }
  await expect(verificationKeys(pem, own)).rejects.toEqual(expect.objectContaining(error))
})
