/** The public ItsYou.online servers, and the keys that they sign with. */

/** P-384, SPKI. They have never changed; if one does, the input `public-key` takes its place until the next release. */
const keys: Readonly<Record<string, string>> = {
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
 * The key of a public server.
 *
 * @param url of the server; `https://itsyou.online.` (a rooted name) and `https://itsyou.online:443` are the same server.
 * @returns PEM; undefined for a server that is not known.
 */
export function knownKey(url: string): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  return keys[`${protocol}//${hostname.replace(/\.$/, '')}${port && `:${port}`}`]
}
