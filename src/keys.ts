/** Which public key verifies the signature: the user's, else the one known for the server, else none. */

import { type CryptoKey, importSPKI } from 'jose'
import { failures } from './errors.ts'
import type { Inputs } from './inputs.ts'

/**
 * The keys of the public servers (P-384, SPKI), by the host that uses them. They have never changed; if one does, the
 * input `public-key` takes its place until the next release.
 */
const knownKeys: Readonly<Record<string, string>> = {
  'https://itsyou.online': `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAES5X8XrfKdx9gYayFITc89wad4usrk0n2
7MjiGYvqalizeSWTHEpnd7oea9IQ8T5oJjMVH5cc0H5tFSKilFFeh//wngxIyny6
6+Vq5t5B0V0Ehy01+2ceEon2Y0XDkIKv
-----END PUBLIC KEY-----`,
  'https://staging.itsyou.online': `-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEkmd07vxBqoCiHsaplIpjlonDeOnpvPam
ORMdBcAlHNXbzwplcdK4qlZGPBz9mxDSrBOv9SZH+Et6r8gn9Fx/+ZjlvRwowqOU
FpCIijAEx6A3BhfRUbmwl1evBKzWB/qw
-----END PUBLIC KEY-----`,
}

/**
 * The key to verify with; undefined for a server that is not known, where the user gave none.
 *
 * @throws ActionError ERR_INPUT where the input `public-key` is not a P-384 key in SPKI PEM form.
 */
export async function verificationKey({ publicKey, baseUrl }: Inputs): Promise<CryptoKey | undefined> {
  const pem = publicKey ?? knownKeys[new URL(baseUrl).origin]
  if (pem === undefined) return undefined
  return importSPKI(pem, 'ES384').catch(() => {
    const remedy = 'give the server\'s PEM text, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".'
    throw failures.inputInvalid('public-key', 'is no P-384 public key (SPKI, PEM)', remedy)
  })
}
