import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ays, startAys } from '../../sandbox/ays.ts'
import { defaultUserKey, type ItsYouOnline, startItsYouOnline, type UserKey } from '../../sandbox/itsyouonline.ts'
import { type OpenvCloud, startOpenvCloud } from '../../sandbox/openvcloud.ts'

/** All that the examples meet: the servers, the secrets and variables of a repository, and its files. */

export type World = {
  itsyouonline: ItsYouOnline
  /** Two locations: the first one is that of the variable OVC_URL. */
  north: OpenvCloud
  south: OpenvCloud
  ays: Ays
  /** The repository's, as its settings hold them. */
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

/** Does of Terraform's work what matters here: with the JWT from the environment, it asks OpenvCloud for something. */
const terraform = `#!/usr/bin/env bash
set -eu -o pipefail
if [[ -n "\${ITSYOU_ONLINE_CLIENT_ID:-}\${ITSYOU_ONLINE_CLIENT_SECRET:-}" ]]; then
  echo 'Error: a JWT and an id with a secret exclude each other' >&2
  exit 1
fi
case "$*" in
  init) echo 'Terraform has been successfully initialized!' ;;
  'apply -auto-approve')
    curl -fsS -d '' -H @<(echo "Authorization: bearer $ITSYOU_ONLINE_CLIENT_JWT") \\
      "$OPENVCLOUD_SERVER_URL/restmachine/cloudapi/cloudspaces/list" > /dev/null
    echo 'Apply complete!' ;;
  *) exit 2 ;;
esac
`

/** Starts the servers on free ports, and lays out the files. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const user = options.user ?? defaultUserKey
  const { now } = options
  const itsyouonline = await startItsYouOnline({ users: [user], now })
  const { publicKeyPem } = itsyouonline
  const accounts = [
    { id: 3, name: 'somebody-elses' },
    { id: 7, name: 'my-account' },
  ]
  const knownUsers = options.isKnown === false ? {} : { [user.username]: { accounts } }
  const north = await startOpenvCloud({ publicKeyPem, knownUsers, location: 'north', now })
  const south = await startOpenvCloud({ publicKeyPem, knownUsers, location: 'south', now })
  const organization = options.organization ?? 'my-org'
  const ays = await startAys({ publicKeyPem, organization, basePath: '/api', failRuns: options.failRuns, now })

  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'examples-')))
  const workspace = join(folder, 'workspace')
  mkdirSync(join(workspace, 'blueprints'), { recursive: true })
  writeFileSync(join(workspace, 'blueprints', 'web 1.yaml'), blueprint)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'terraform'), terraform, { mode: 0o755 })

  return {
    itsyouonline,
    north,
    south,
    ays,
    secrets: { OVC_APP_ID: user.applicationId, OVC_SECRET: user.secret },
    vars: {
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
      AYS_POLL_SECONDS: '0',
    },
    workspace,
    terraform: bin,
    close: async () => {
      await Promise.all([itsyouonline, north, south, ays].map(server => server.close()))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
