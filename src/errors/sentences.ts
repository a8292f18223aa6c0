/**
 * What each error says: what happened, why, and what to do. The parameters are the facts that its sentence takes. A clause
 * that a rule deduces stands beside that rule; here is the frame around it.
 *
 * A code names one remedy and never changes its meaning: people search for it.
 */

import { products, type Server } from '../address.ts'
import { listInQuotes } from '../shown.ts'

const wrongInput = (input: string, found: string, remedy: string) => `"${input}" ${found}: ${remedy}`

const inAttempts = (attempts: number) => (attempts === 1 ? '1 attempt' : `${attempts} attempts`)

export const sentences = {
  // --- inputs, before any request ---

  ERR_INPUT_MISSPELT: (wrong: string, right: string) => `"${wrong}" is not an input of this action: write "${right}".`,
  ERR_INPUT_EMPTY: (empty: string, remedy: string) => `${empty}: ${remedy}`,
  ERR_SECRETS_FORK: (empty: string) =>
    `${empty}: this is a pull request from a fork, and such runs usually do not get secrets. Skip this job for forks, or run it after the merge.`,
  ERR_SECRETS_DEPENDABOT: (empty: string) =>
    `${empty}: Dependabot started this run, and such runs do not get the repository's Actions secrets. Add the secret under "Secrets and variables", "Dependabot", or skip this job for Dependabot.`,
  ERR_CREDENTIALS_INVALID: wrongInput,
  ERR_SCOPE_INVALID: wrongInput,
  ERR_SCOPE_UNSAFE: (found: string) =>
    `"scope" ${found}. Anyone who reads that JWT can renew it again and again, even after the key is deleted: write "user:name,offline_access", or "organization:owner:ays,offline_access" for an organization's key.`,
  ERR_AUDIENCE_INVALID: wrongInput,
  ERR_DURATION_INVALID: wrongInput,
  ERR_ADDRESS_INVALID: wrongInput,
  ERR_ENV_VAR_INVALID: wrongInput,
  ERR_INPUT_INVALID: wrongInput,
  ERR_INPUT_CONFLICT: wrongInput,
  ERR_PUBLIC_KEY_MISSING: (url: string) =>
    `"public-key" is empty, and the key of ${url} is not built in: set "public-key" to that server's public key (PEM), which its operator has. For the public server, set "base-url" to https://itsyou.online.`,
  ERR_PUBLIC_KEY_INVALID: () =>
    '"public-key" is not a P-384 public key (SPKI, PEM): give the server\'s PEM text and nothing else, from "-----BEGIN PUBLIC KEY-----" to "-----END PUBLIC KEY-----".',
  ERR_PRIVATE_KEY: () =>
    '"public-key" contains a private key: replace that key on the server, and give its public key here.',
  ERR_PUBLIC_KEY_CONFLICT: (url: string) =>
    `"public-key" is not the key of ${url}, the server in "base-url": set "base-url" to the address of the server that has this key, or remove "public-key".`,
  ERR_JWT_INPUT: (found: string) =>
    `"jwt" ${found}: give the whole JWT as its server issued it, and that server's "base-url" and "public-key". If that server's key was changed, get a new JWT.`,
  ERR_NOT_REFRESHABLE: () =>
    '"jwt" contains a JWT without a refresh token, which no server renews: request it with offline_access added to its "scope", or use "app-id" and "secret" here.',
  ERR_TLS_OFF: () =>
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS verification: remove it. For a private CA, set NODE_EXTRA_CA_CERTS to its PEM file in the step\'s "env:".',

  // --- the runner and the run ---

  ERR_NODE_VERSION: (oldest: string, version: string) =>
    `This action needs Node ${oldest} or newer and was started with ${version}: use a job image or a runner with a newer Node. GitHub's own runner has Node 24.`,
  ERR_RUNNER_FILES: (variable: string) =>
    `${variable} does not name a regular file, so nothing was set: ${
      variable === 'GITHUB_STEP_SUMMARY'
        ? 'leave "summary" out.'
        : 'run this action in a runner that supports environment files (GitHub, or a recent Gitea, Forgejo or act).'
    }`,
  ERR_RUNNER_FILES_DENIED: (variable: string, code: string) =>
    `The file in ${variable} cannot be written (${code}): ${
      code === 'EACCES'
        ? 'usually, the job\'s container runs as a different user from the runner. Set "options: --user root" for the container, or the runner\'s user id.'
        : 'the file or its file system is read-only. Check the runner.'
    }`,
  ERR_OUTPUTS_INCOMPLETE: (code: string) =>
    `Could not finish writing the outputs (${code}), so later steps may get only some of them: check whether the runner's disk is full, and run the job again.`,
  ERR_CANCELLED: (signal: string) =>
    `The step was cancelled (${signal}) before a JWT was set: run the job again. If no one cancelled it, check "timeout-minutes", "concurrency", "fail-fast" of the matrix, and whether the runner was shut down.`,
  ERR_UNEXPECTED: (kind: string) =>
    `Unexpected error (${kind}). No JWT was set: please report it with the version of the action and this line.`,

  // --- the way to a server ---

  ERR_HOST_NOT_FOUND: ({ name, input }: Server) =>
    `The host name of ${name} was not found (ENOTFOUND): check "${input}" for a typing error, and whether this runner's DNS knows the name.`,
  ERR_DNS: ({ name }: Server, cause: string) =>
    `This runner's DNS could not look up the host name of ${name} (${cause}): check the runner's network and DNS settings, or raise "timeout".`,
  ERR_CONNECTION: ({ name, input }: Server, cause: string) =>
    `The connection to ${name} failed (${cause}): check "${input}", that the server is up, and that no firewall or proxy closes the connection.`,
  ERR_TIMEOUT: ({ name }: Server, seconds: number, attempts: number, isLate: boolean) =>
    `${name} did not send a whole answer in time (${seconds} s, ${inAttempts(attempts)}): ${
      isLate
        ? 'the requests before used most of "timeout". Raise "timeout".'
        : 'check that it is up and that this runner can reach it (firewall, private network), or raise "timeout".'
    }`,
  ERR_WAIT_TOO_LONG: ({ name }: Server, status: number, wait: number, left: number, fits: boolean) =>
    `${name} asks clients to wait ${wait} s (status ${status}), but "timeout" leaves ${left} s: run the job again later${fits ? ', or raise "timeout"' : ''}.`,
  ERR_RATE_LIMIT: ({ name }: Server, attempts: number) =>
    `${name} limits the number of requests (status 429 after ${inAttempts(attempts)}): raise "timeout", or start fewer jobs at the same time.`,
  ERR_UNAVAILABLE: ({ name, input }: Server, status: number, attempts: number) =>
    `${name} is unavailable (status ${status} after ${inAttempts(attempts)}): run the job again later, or raise "retries" and "timeout". If this continues, check "${input}"${
      input === 'base-url' ? ', or ask the operator' : ', or leave it empty to skip this check'
    }.`,
  ERR_PROXY_INVALID: (variable: string, found: string, remedy: string) => `${variable} ${found}: ${remedy}`,
  ERR_PROXY_FAILED: (variable: string, cause: string) =>
    `The connection to the proxy in ${variable} failed (${cause}): check its address and that it is an http proxy, or name the server in no_proxy.`,
  ERR_PROXY_REFUSED: (variable: string, url: string, status: number, remedy: string) =>
    `The proxy in ${variable} did not connect to ${url} (status ${status}): ${remedy}`,
  ERR_PROXY_SILENT: (variable: string, url: string, seconds: number, attempts: number) =>
    `The proxy in ${variable} did not answer the request to connect to ${url} (${seconds} s, ${inAttempts(attempts)}): check that it is up, that it is an http proxy, and that it can reach the server, or name the server in no_proxy.`,
  ERR_CERTIFICATE_UNTRUSTED: ({ name }: Server, cause: string) =>
    `The certificate of ${name} was not issued by a CA that this runner trusts (${cause}): for a private CA or TLS-inspecting proxy, set NODE_EXTRA_CA_CERTS to the CA's PEM file. Otherwise, the server may omit intermediate certificates: tell its operator.`,
  ERR_CERTIFICATE_EXTRA_CA: ({ name }: Server, cause: string) =>
    `The certificate of ${name} was not issued by a CA that this runner trusts (${cause}), although NODE_EXTRA_CA_CERTS is set: check that file (path, PEM format, the CA of this server), and that the server sends its intermediate certificates.`,
  ERR_CERTIFICATE_EXPIRED: ({ name }: Server, cause: string) =>
    `The certificate of ${name}, or of its CA, has expired or is not yet valid (${cause}): check the runner's clock, and ask the operator to renew the certificate.`,
  ERR_CERTIFICATE_HOST: ({ name, input }: Server, cause: string) =>
    `The certificate of ${name} is for another host name (${cause}): check the host name in "${input}", and that DNS leads to your server. If both are right, ask the operator for a certificate with this name.`,
  ERR_CERTIFICATE_INVALID: ({ name }: Server, cause: string) =>
    `The certificate of ${name}, or of its CA, cannot be accepted (${cause}): ask the operator to replace it.`,
  ERR_CLIENT_CERTIFICATE: ({ name, input }: Server, cause: string) =>
    `${name} requires a client certificate (${cause}), which this action does not support: set "${input}" to an address that does not require one.`,
  ERR_TLS: ({ name }: Server, cause: string, remedy: string) =>
    `${name} and this runner could not agree on TLS (${cause}): ${remedy}`,
  ERR_PROTOCOL: ({ name, input }: Server, cause: string) =>
    cause === 'HPE_HEADER_OVERFLOW'
      ? `${name} sent an answer with more than 16 kB of headers (${cause}): ask the operator of the server, or of the proxy in front of it, to send fewer.`
      : `${name} sent an answer that is not valid HTTP (${cause}): check the scheme and the port in "${input}", and what is between the runner and the server.`,
  ERR_COMPRESSED: ({ name }: Server, encoding: string) =>
    `${name} answered with ${encoding} encoding, although the request asks for none: ask the operator of the server, or of the proxy in front of it, to send this answer uncompressed.`,
  ERR_UNEXPECTED_STATUS: ({ name, input }: Server, status: number) =>
    `${name} answered with status ${status}, but not as ${products[input]} does: a gateway, a proxy or another program answered. Check "${input}" (https or http, host, port). If it is right, ask the operator of the gateway or proxy.`,

  // --- what the identity server answers ---

  ERR_CREDENTIALS_REJECTED: ({ name }: Server, reason: string) => `${name} rejected the credentials (400): ${reason}`,
  ERR_SCOPE_REFUSED: ({ name }: Server, scopes: readonly string[], reason: string) =>
    `${name} refused the requested ${scopes.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(scopes)} (401): ${reason}`,
  ERR_RENEWAL_REFUSED: ({ name }: Server) =>
    `${name} did not renew the JWT in "jwt" (401): its refresh token was removed or not used for 30 days, the server's key was changed, "base-url" is another server, or a proxy refused or removed the JWT. Get a new JWT with "app-id" and "secret".`,
  ERR_NOT_FOUND: ({ name }: Server) =>
    `${name} has no ItsYou.online token endpoint (404): set "base-url" to the address of the ItsYou.online server, without /v1/oauth. An address of OpenvCloud or AYS belongs in "ovc-url" or "ays-url". If "base-url" is right, ask the operator.`,
  ERR_REDIRECT: ({ name }: Server, remedy: string) =>
    `${name} answered with a redirect, which is not followed, because the request contains a credential: ${remedy}`,
  ERR_NOT_A_JWT: ({ name }: Server, found: string) =>
    `${name} answered with ${found} instead of a JWT: check that "base-url" is an ItsYou.online server, and that no login or maintenance page is in front of it.`,

  // --- the JWT ---

  ERR_JWT_INVALID: ({ name }: Server, found: string, remedy = "tell the server's operator.") =>
    `The JWT from ${name} ${found}. No JWT was set: ${remedy}`,
  ERR_JWT_EXPIRED: ({ name }: Server, seconds: number) =>
    `The new JWT from ${name} expired ${seconds} s ago by the runner's clock. No JWT was set: the runner's clock is ahead of the server's, the step took longer than "validity", or a cache answered. Correct the clock or "validity", or ask the operator.`,
  ERR_SCOPE_NOT_GRANTED: (
    missing: readonly string[],
    requested: readonly string[],
    granted: readonly string[],
    reason: string,
  ) =>
    `The ${missing.length > 1 ? 'scopes' : 'scope'} ${listInQuotes(missing)} ${missing.length > 1 ? 'were' : 'was'} not granted (requested: ${listInQuotes(requested)}; granted: ${granted.length ? listInQuotes(granted) : 'none'}): ${reason}`,
  ERR_MORE_THAN_REQUESTED: (input: 'scope' | 'audience', extra: readonly string[], remedy: string) =>
    `The JWT has the ${input} ${listInQuotes(extra)}, which "${input}" does not request. No JWT was set: ${remedy}`,

  // --- where the JWT is going ---

  ERR_OVC_NEEDS_USER: () =>
    'OpenvCloud does not accept the JWT of an organization\'s API key. No JWT was set: use the API key of a user in "app-id" and "secret", or leave "ovc-url" empty.',
  ERR_OVC_AUDIENCE: (audiences: readonly string[]) =>
    `OpenvCloud does not accept a JWT with an audience, and this one has ${listInQuotes(audiences)}. No JWT was set: get a JWT without an audience, or leave "ovc-url" empty.`,
  ERR_OVC_REFUSED: ({ name }: Server, identityServer: string) =>
    `OpenvCloud at ${name} refused the JWT (401). No JWT was set: the JWT has expired by the clock of OpenvCloud, OpenvCloud trusts another ItsYou.online than ${identityServer}, or a proxy in front of it refused or removed the JWT. Ask its operator.`,
  ERR_NOT_OPENVCLOUD: ({ name }: Server, found: string) =>
    `${name} did not answer as OpenvCloud does (${found}): check that "ovc-url" is the address of its portal, such as https://my-location.example, and that no login or maintenance page is in front of it.`,
  ERR_AYS_REFUSED: ({ name }: Server, reason: string) =>
    `AYS at ${name} refused the JWT (401). No JWT was set: ${reason}`,
  ERR_NOT_AYS: ({ name }: Server, found: string) =>
    `${name} did not answer as AYS does (${found}): check that "ays-url" is its address with its prefix, such as https://ays.example/api, and that no login or maintenance page is in front of it.`,
} satisfies Record<`ERR_${string}`, (...facts: never[]) => string>
