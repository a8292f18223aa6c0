/** What is known of an address: the public ItsYou.online servers with their keys, and which hosts are this machine. */

/** A server that the run asks. */
export type Server = {
  /** Scheme, host and path prefix, without a trailing slash. */
  readonly url: string
  /** The input that the address came from. */
  readonly input: 'base-url' | 'ovc-url' | 'ays-url'
  /** As messages name it: the address, and the proxy that leads there. */
  readonly name: string
  /** The http proxy that leads there; undefined for a direct connection. */
  readonly proxy: HttpProxy | undefined
}

/** `variable`: the environment variable that the proxy came from. */
export type HttpProxy = { readonly url: URL; readonly variable: string }

/** What runs at the address of each input, as messages name it. */
export const products = { 'base-url': 'ItsYou.online', 'ovc-url': 'OpenvCloud', 'ays-url': 'AYS' } as const

/** P-384, SPKI. Only a new release can revoke trust in one of them. */
const builtInKeys: Readonly<Record<string, string>> = {
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
 * The public key of a public server.
 *
 * @param url of the server; `https://itsyou.online.` (a rooted name) and `https://itsyou.online:443` are the same server.
 * @returns PEM; undefined for every other server.
 */
export function builtInKey(url: string): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  return builtInKeys[`${protocol}//${hostname.replace(/\.$/, '')}${port && `:${port}`}`]
}

/**
 * Whether a host is this machine: `localhost`, all of 127.0.0.0/8 and ::1. `127.0.0.1.example.org` and `localhost.` are
 * names that a name server answers for.
 *
 * @param hostname as `URL` has it: an IPv6 address is in brackets.
 */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
