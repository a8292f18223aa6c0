/** All that the examples meet: the servers, the secrets and variables of a repository, and its files. */

import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Ays, type AysVersion, startAys } from './servers/ays.ts'
import {
  defaultOrganizationKey,
  defaultUserKey,
  type ItsYouOnline,
  startItsYouOnline,
  type UserKey,
} from './servers/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from './servers/openvcloud.ts'

export type World = {
  itsyouonline: ItsYouOnline
  /** Two locations: the first one is also my-location. */
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
  /** The text of a workflow with the addresses of this world, in which no loop waits. */
  adapt(text: string): string
  close(): Promise<void>
}

export type WorldOptions = {
  user?: UserKey | undefined
  /** Whether the user has no account at OpenvCloud, but a cloud space that is shared. */
  hasOnlyCloudspace?: boolean | undefined
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

const accounts = [
  { id: 3, name: 'other-account' },
  { id: 7, name: 'my-account' },
]

/** Starts the servers on free ports, and lays out the files. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { user = defaultUserKey, organization = 'my-org', aysVersion: version = '9.3', failRuns, now } = options
  const itsyouonline = await startItsYouOnline({ users: [user], now })
  const { publicKeyPem } = itsyouonline
  const cloudspaces = [{ id: 1, name: 'from-ci', accountId: 7, accountName: 'my-account' }]
  const users = { [user.username]: options.hasOnlyCloudspace ? { accounts: [], cloudspaces } : { accounts } }
  const north = await startOpenvCloud({ publicKeyPem, users, now })
  const south = await startOpenvCloud({ publicKeyPem, users, now })
  const ays = await startAys({ publicKeyPem, organization, basePath: '/api', version, failRuns, now })

  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'examples-')))
  const workspace = join(folder, 'workspace')
  mkdirSync(join(workspace, 'blueprints'), { recursive: true })
  writeFileSync(join(workspace, 'blueprints', 'web-1.yaml'), version === '9.3' ? blueprint93 : blueprint)
  writeFileSync(join(workspace, 'main.tf'), mainTf)
  const provider = join(folder, 'terraform-provider-ovc')
  writeFileSync(provider, providerContent)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'terraform'), terraform, { mode: 0o755 })

  const replacements: [from: string | RegExp, to: string][] = [
    [/https:\/\/(my-location|north)\.example/g, north.url],
    ['https://south.example', south.url],
    ['https://ays.example/api', ays.url],
    ['https://files.example/terraform-provider-ovc_v1.3.1', pathToFileURL(provider).href],
    // Its checksum.
    ['0'.repeat(64), createHash('sha256').update(providerContent).digest('hex')],
    ['AYS_INSTANCE: ""', `AYS_INSTANCE: ${version === '9.3' ? 'main' : '""'}`],
    [/\bsleep \d+/g, 'sleep 0'],
    // A JSON text is a YAML value, too.
    [
      /(uses: your-org\/ovc-jwt-action@v1\n(?:.+\n)*? *with:\n)( +)/g,
      `$1$2base-url: ${itsyouonline.url}\n$2public-key: ${JSON.stringify(publicKeyPem)}\n$2`,
    ],
  ]
  return {
    itsyouonline,
    north,
    south,
    ays,
    secrets: { OVC_SECRET: user.secret, AYS_SECRET: defaultOrganizationKey.secret },
    vars: { OVC_APP_ID: user.applicationId },
    workspace,
    terraform: bin,
    adapt: text => replacements.reduce((adapted, [from, to]) => adapted.replaceAll(from, to), text),
    close: async () => {
      await Promise.all([itsyouonline, north, south, ays].map(server => server.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
