import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { exportSPKI } from 'jose'
import type { Inputs } from '../src/inputs.ts'
import { verificationKey } from '../src/keys.ts'
import { makeCertificate } from './support/certificates.ts'
import { errorBeforeRequests, runStep } from './support-action/step.ts'

/** Which key verifies the signature. */

/** As the identity server's documentation prints them. */
const production = `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAES5X8XrfKdx9gYayFITc89wad4usrk0n2
7MjiGYvqalizeSWTHEpnd7oea9IQ8T5oJjMVH5cc0H5tFSKilFFeh//wngxIyny6
6+Vq5t5B0V0Ehy01+2ceEon2Y0XDkIKv
-----END PUBLIC KEY-----`
const staging = `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEkmd07vxBqoCiHsaplIpjlonDeOnpvPam
ORMdBcAlHNXbzwplcdK4qlZGPBz9mxDSrBOv9SZH+Et6r8gn9Fx/+ZjlvRwowqOU
FpCIijAEx6A3BhfRUbmwl1evBKzWB/qw
-----END PUBLIC KEY-----`

function pair(namedCurve: string) {
  return generateKeyPairSync('ec', { namedCurve })
}
const spki = { type: 'spki', format: 'pem' } as const
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
const own = pair('P-384').publicKey.export(spki).toString().trim()

async function keyFor(baseUrl: string, publicKey?: string): Promise<string | undefined> {
  const inputs: Inputs = {
    credentials: { grant: 'client_credentials', clientId: 'a', clientSecret: 'b', scopes: [], audiences: [] },
    validity: undefined,
    baseUrl,
    namesProxy: false,
    publicKey,
    envVars: [],
    summary: false,
    retries: 0,
    timeout: 1000,
  }
  const key = await verificationKey(inputs)
  // A private key of these can be made extractable, and so can a public one; that jose imports it is what matters.
  return key && (key.extractable ? (await exportSPKI(key)).trim() : 'a key')
}

describe('without public-key', () => {
  test.each([
    ['production', 'https://itsyou.online', production],
    ['production below a path', 'https://itsyou.online/iyo', production],
    ['staging', 'https://staging.itsyou.online', staging],
  ])('%s is verified with its own key', async (_name, baseUrl, pem) => {
    expect(await keyFor(baseUrl)).toBe(pem)
  })

  test.each([
    'https://id.example.com',
    'http://127.0.0.1:8080',
    'https://itsyou.online:8443',
    'https://www.itsyou.online',
    'https://itsyou.online.example.com',
  ])('%s has no key that is known', async baseUrl => {
    expect(await keyFor(baseUrl)).toBeUndefined()
  })
})

const certificate = (await makeCertificate()).cert

describe('with public-key', () => {
  test('any server is verified with that', async () => {
    for (const server of ['https://id.example.com', 'https://itsyou.online', 'https://staging.itsyou.online']) {
      expect(await keyFor(server, own)).toBe(own)
    }
  })

  test.each([
    ['with Windows line ends', own.replaceAll('\n', '\r\n')],
    ['on fewer lines', own.replace(/(?<=\w)\n(?=\w)/g, '')],
  ])('it may be written %s', async (_name, pem) => {
    expect(await keyFor('https://id.example.com', pem)).toBe(own)
  })

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const wrong: [name: string, pem: string][] = [
    ['a P-256 key', pair('P-256').publicKey.export(spki).toString()],
    ['a P-521 key', pair('P-521').publicKey.export(spki).toString()],
    ['a secp256k1 key', pair('secp256k1').publicKey.export(spki).toString()],
    ['an RSA key', rsa.publicKey.export(spki).toString()],
    ['an Ed25519 key', generateKeyPairSync('ed25519').publicKey.export(spki).toString()],
    ['a private key', pair('P-384').privateKey.export(pkcs8).toString()],
    ['an old private key', pair('P-384').privateKey.export({ type: 'sec1', format: 'pem' }).toString()],
    ['a certificate', certificate],
    ['a JWK', JSON.stringify(pair('P-384').publicKey.export({ format: 'jwk' }))],
    ['base64 without its lines', own.split('\n').slice(1, -1).join('')],
    ['a private key in the lines of a public one', inPublicLines(pair('P-384').privateKey.export(pkcs8).toString())],
    ['a key that was cut off', `${own.slice(0, 120)}\n-----END PUBLIC KEY-----`],
    ['garbage', 'garbage'],
    ['lines with nothing between', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----'],
  ]

  test.each(wrong)('%s is refused', async (_name, pem) => {
    await expect(keyFor('https://id.example.com', pem)).rejects.toMatchObject({ code: 'ERR_INPUT' })
  })

  test.concurrent.each(wrong)('%s ends the run before any request', async (_name, pem) => {
    expect(errorBeforeRequests(await runStep({ with: { 'public-key': pem } }))).toBe(
      '"public-key" is no P-384 public key (SPKI, PEM): give the server\'s PEM text, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".',
    )
  })
})

function inPublicLines(pem: string): string {
  return pem.replaceAll('PRIVATE', 'PUBLIC')
}
