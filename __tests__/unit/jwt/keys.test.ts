/** Which public keys verify the signature. */

import { createPublicKey, ECDH, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { builtInKey } from '../../../src/address.ts'
import { verificationKeys } from '../../../src/jwt/keys.ts'
import { anotherKey, publicKeyPem } from '../../support/forge.ts'
import { saying } from '../../support/rows.ts'

const own = 'https://id.example'
const [production, staging] = ['https://itsyou.online', 'https://staging.itsyou.online']
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()
const anotherPem = pemOf(createPublicKey(anotherKey))
const productionPem = builtInKey(production) ?? ''

/** The x coordinate of each key that can verify. */
async function keysOf(publicKey: string | undefined, url = own) {
  const { trusted, issuer } = await verificationKeys(publicKey, url)
  const jwks = await Promise.all(trusted.map(key => crypto.subtle.exportKey('jwk', key)))
  return { xs: jwks.map(({ x, key_ops }) => key_ops?.includes('verify') && x), issuer }
}
const xOf = (pem: string) => createPublicKey(pem).export({ format: 'jwk' }).x

/** A P-384 key with any bytes as its point, in SPKI (RFC 5480). */
function pemWith(point: Buffer): string {
  const algorithm = Buffer.from('301006072a8648ce3d020106052b81040022', 'hex')
  const bits = Buffer.concat([Buffer.from([3, point.length + 1, 0]), point])
  const der = Buffer.concat([Buffer.from([0x30, algorithm.length + bits.length]), algorithm, bits])
  return `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----`
}
const pointOf = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(-97)
const compressedPoint = (pem: string) =>
  ECDH.convertKey(pointOf(pem), 'secp384r1', undefined, undefined, 'compressed') as Buffer
const compressed = (pem: string) => pemWith(compressedPoint(pem))
/** The point with the same x and the other y. */
const mirrored = (pem: string) => pemWith(compressedPoint(pem).map((byte, at) => (at ? byte : byte ^ 1)) as Buffer)

test.each([production, staging])('the key of %s is built in, and binds the name of the issuer', async url => {
  expect(await keysOf(undefined, url)).toEqual({ xs: [xOf(builtInKey(url) ?? '')], issuer: 'itsyouonline' })
})

test('another server needs "public-key"', async () => {
  await expect(verificationKeys(undefined, own)).rejects.toThrow(saying('ERR_PUBLIC_KEY_MISSING', own))
})

test.each([
  ['as it is', publicKeyPem],
  ['with space around it', `\n ${publicKeyPem} \n`],
  ['with line breaks written as \\n', publicKeyPem.replaceAll('\n', '\\n')],
  ['with line breaks written as \\r\\n', publicKeyPem.replaceAll('\n', '\\r\\n')],
  ['with line breaks of Windows', publicKeyPem.replaceAll('\n', '\r\n')],
  ['with spaces for line breaks', publicKeyPem.replaceAll('\n', ' ')],
  ['in one line', publicKeyPem.replaceAll('\n', '')],
  ['with a compressed point', compressed(publicKeyPem)],
])("the key of one's own server is read %s, and binds no name", async (_how, pem) => {
  expect(await keysOf(pem)).toEqual({ xs: [xOf(publicKeyPem)], issuer: undefined })
})

test('several keys all count', async () => {
  expect((await keysOf(`${publicKeyPem}${anotherPem}`)).xs).toEqual([publicKeyPem, anotherPem].map(xOf))
})

test.each([
  ['the built-in key', productionPem],
  ['the built-in key with a compressed point', compressed(productionPem)],
  ['the built-in key after another', `${anotherPem}${productionPem}`],
  ['the built-in key before another', `${productionPem}${anotherPem}`],
])('beside a public server, %s is accepted, and the issuer stays bound', async (_which, pem) => {
  const xs = (await keysOf(pem)).xs
  expect(xs).toContain(xOf(productionPem))
  expect(await keysOf(pem, production)).toEqual({ xs, issuer: 'itsyouonline' })
})

test.each([
  ["the key of one's own server", production, publicKeyPem],
  ['that key, and the rooted name of the public server', `${production}.`, publicKeyPem],
  ['two keys of other servers', production, `${publicKeyPem}${anotherPem}`],
  ['a key with the same x', production, mirrored(productionPem)],
  ['the key of the other public server', staging, productionPem],
])('beside a public server, %s is an error', async (_which, url, pem) => {
  await expect(verificationKeys(pem, url)).rejects.toThrow(saying('ERR_PUBLIC_KEY_CONFLICT', url))
})

test.each(['pkcs8', 'sec1'] as const)('a private key (%s) is named as one', async type => {
  const pem = anotherKey.export({ type, format: 'pem' }).toString()
  const inBase64 = Buffer.from(pem).toString('base64')
  for (const text of [pem, `${publicKeyPem}${pem}`, pem.replaceAll('\n', '\\n'), pem.toLowerCase(), inBase64]) {
    await expect(verificationKeys(text, own)).rejects.toThrow(saying('ERR_PRIVATE_KEY'))
  }
})

test.each([
  JSON.stringify(anotherKey.export({ format: 'jwk' })),
  JSON.stringify(JSON.stringify(anotherKey.export({ format: 'jwk' }))),
  ...(['pkcs8', 'sec1'] as const).map(type => anotherKey.export({ type, format: 'der' }).toString('base64')),
  'PuTTY-User-Key-File-3: ecdsa-sha2-nistp384\nPrivate-Lines: 1\nAAAA',
  '-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nx',
])('a private key in another form is named as one (%#)', async text => {
  await expect(verificationKeys(text, own)).rejects.toThrow(saying('ERR_PRIVATE_KEY'))
})

test.each(['Could not read private key from <stdin>', `# The private key is in the vault\n${publicKeyPem}`, '{"d":2}'])(
  'words about a private key are none: %j',
  async text => expect(verificationKeys(text, own)).rejects.toThrow(saying('ERR_PUBLIC_KEY_INVALID')),
)

const ecPem = (namedCurve: string) => pemOf(generateKeyPairSync('ec', { namedCurve }).publicKey)
const offCurve = Buffer.from(pointOf(publicKeyPem))
offCurve[96] = (offCurve[96] ?? 0) ^ 1
test.each([
  ['text', 'a key'],
  ['none', 'none'],
  ['text after it', `${publicKeyPem} and more`],
  ['text before it', `key: ${publicKeyPem}`],
  ['text between two', `${publicKeyPem}-${anotherPem}`],
  ['a second key that is cut', `${publicKeyPem}${anotherPem.slice(0, 100)}`],
  ['a second key that is none', `${publicKeyPem}${pemWith(Buffer.alloc(3))}`],
  ['no content', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----'],
  ['no end', publicKeyPem.replace('-----END', '')],
  ['base64 without its frame', publicKeyPem.split('\n').slice(1, -2).join('')],
  // RFC 8725, 3.4 and 3.5: P-384 and no weaker curve, and points that are on it.
  ['P-256', ecPem('P-256')],
  ['another curve of 384 bits', ecPem('brainpoolP384r1')],
  ['a second key of another curve', `${publicKeyPem}${ecPem('P-256')}`],
  ['Ed25519', pemOf(generateKeyPairSync('ed25519').publicKey)],
  ['RSA', pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)],
  ['a point beside the curve', pemWith(offCurve)],
  ["a point of the curve's twist", pemWith(Buffer.concat([Buffer.from([2]), Buffer.alloc(47), Buffer.from([1])]))],
  ['zeros for a point', pemWith(Buffer.concat([Buffer.from([4]), Buffer.alloc(96)]))],
  ['the point at infinity', pemWith(Buffer.alloc(1))],
])('%s is not a P-384 public key', async (_what, pem) => {
  await expect(verificationKeys(pem, own)).rejects.toThrow(saying('ERR_PUBLIC_KEY_INVALID'))
})
