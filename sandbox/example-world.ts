/** All that the examples meet: the servers, the secrets and variables of a repository, and its files. */

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Ays, type AysVersion, startAys } from './servers/ays.ts'
import { defaultUserKey, type ItsYouOnline, startItsYouOnline, type UserKey } from './servers/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from './servers/openvcloud.ts'

export type World = {
  itsyouonline: ItsYouOnline
  /** Two locations: the first one is that of the variable OVC_URL. */
  north: OpenvCloud
  south: OpenvCloud
  ays: Ays
  /** The repository's, as in its settings. */
  secrets: Record<string, string>
  vars: Record<string, string>
  /** The repository's files. */
  workspace: string
  /** A folder with a stand-in for `terraform`. */
  terraform: string
  close(): Promise<void>
}

export type WorldOptions = {
  user?: UserKey | undefined
  /** Whether OpenvCloud knows the user. */
  isKnown?: boolean | undefined
  /** What the AYS server is configured with; `my-org` unless given. */
  organization?: string | undefined
  aysVersion?: AysVersion | undefined
  /** Whether each run of AYS fails. */
  failRuns?: boolean | undefined
  /** The clock of the servers, in milliseconds. */
  now?: (() => number) | undefined
}

export const blueprint = `g8client__main:
  url: my-location.example
  jwt: '@OVC_JWT@'
  account: my-account
vdc__web:
  g8client: main
  location: my-location
  description: 'quotes " and $(none) and \\n'
actions:
  - action: install
`

/** From AYS 9.3 on the JWT is not in the blueprint. */
const blueprint93 = blueprint.replace(/ {2}url: .*\n {2}jwt: .*\n/, '  instance: main\n')

const mainTf = `terraform {
  required_providers {
    ovc = { source = "gig-tech/ovc", version = "1.3.1" }
  }
}
`

/** Terraform looks for a provider by its path, and does not start it for `init`. */
const providerContent = '#!/bin/sh\nexit 1\n'

/**
 * Does of Terraform's work what matters here. `init` finds the provider, with the real Terraform where that is installed;
 * `apply` asks OpenvCloud for something with the JWT from the environment.
 */
const terraform = `#!/usr/bin/env bash
set -eu -o pipefail
if [[ -n "\${ITSYOU_ONLINE_CLIENT_ID:-}\${ITSYOU_ONLINE_CLIENT_SECRET:-}\${TF_VAR_client_jwt:-}" ]]; then
  echo 'Error: the JWT must come from ITSYOU_ONLINE_CLIENT_JWT alone' >&2
  exit 1
fi
case "$*" in
  init)
    mirror=$(sed -n 's/^ *path *= "\\(.*\\)"$/\\1/p' "$TF_CLI_CONFIG_FILE")
    test -x "$mirror/registry.terraform.io/gig-tech/ovc/1.3.1/linux_amd64/terraform-provider-ovc_v1.3.1"
    real=$(type -aP terraform | sed -n 2p)
    if [[ -n $real && $(uname -sm) == 'Linux x86_64' ]]; then exec "$real" init -no-color; fi
    echo 'Terraform has been successfully initialized!' ;;
  'apply -auto-approve')
    curl -fsS -d '' -H @<(echo "Authorization: bearer $ITSYOU_ONLINE_CLIENT_JWT") \\
      "$OPENVCLOUD_SERVER_URL/restmachine/cloudapi/cloudspaces/list" > /dev/null
    echo 'Apply complete!' ;;
  *) exit 2 ;;
esac
`

/**
 * The text of an example, asking the world's ItsYou.online. The one with Terraform asks production as it is, because its
 * provider verifies with production's key alone.
 */
export function withOwnServer(text: string): string {
  if (text.includes('base-url:')) return text
  const inputs = `base-url: \${{ vars.ITSYOUONLINE_URL }}\n$1public-key: \${{ vars.ITSYOUONLINE_PUBLIC_KEY }}`
  return text.replace(/^( +)ovc-url: .*$/m, `$&\n$1${inputs}`)
}

/** Starts the servers on free ports, and lays out the files. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const user = options.user ?? defaultUserKey
  const { now } = options
  const itsyouonline = await startItsYouOnline({ users: [user], now })
  const { publicKeyPem } = itsyouonline
  const accounts = [
    { id: 3, name: 'other-account' },
    { id: 7, name: 'my-account' },
  ]
  const users = options.isKnown === false ? {} : { [user.username]: { accounts } }
  const north = await startOpenvCloud({ publicKeyPem, users, location: 'north', now })
  const south = await startOpenvCloud({ publicKeyPem, users, location: 'south', now })
  const organization = options.organization ?? 'my-org'
  const { failRuns, aysVersion: version = '9.2' } = options
  const ays = await startAys({ publicKeyPem, organization, basePath: '/api', version, failRuns, now })

  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'examples-')))
  const workspace = join(folder, 'workspace')
  mkdirSync(join(workspace, 'blueprints'), { recursive: true })
  writeFileSync(join(workspace, 'blueprints', 'web-1.yaml'), options.aysVersion === '9.3' ? blueprint93 : blueprint)
  writeFileSync(join(workspace, 'main.tf'), mainTf)
  const provider = join(folder, 'terraform-provider-ovc')
  writeFileSync(provider, providerContent)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'terraform'), terraform, { mode: 0o755 })

  return {
    itsyouonline,
    north,
    south,
    ays,
    secrets: { OVC_SECRET: user.secret },
    vars: {
      OVC_APP_ID: user.applicationId,
      ITSYOUONLINE_URL: itsyouonline.url,
      ITSYOUONLINE_PUBLIC_KEY: publicKeyPem,
      OVC_URL: north.url,
      OVC_LOCATION: 'north',
      OVC_ACCOUNT: 'my-account',
      OVC_LOCATIONS: JSON.stringify([
        { location: 'north', url: north.url },
        { location: 'south', url: south.url },
      ]),
      AYS_URL: ays.url,
      AYS_ORGANIZATION: 'my-org',
      AYS_REPOSITORY: 'infra',
      AYS_GIT_URL: 'https://git.example/infra.git',
      AYS_INSTANCE: options.aysVersion === '9.3' ? 'main' : '',
      AYS_POLL_SECONDS: '0',
      PROVIDER_URL: pathToFileURL(provider).href,
      PROVIDER_SHA256: createHash('sha256').update(providerContent).digest('hex'),
    },
    workspace,
    terraform: bin,
    close: async () => {
      await Promise.all([itsyouonline, north, south, ays].map(server => server.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
