import { json, type Reply, text } from './http.ts'

/** The calls of the Cloud API that deployments from CI make, each with the parameters that it cannot do without. */

export type Account = { id: number; name: string }

export type Location = { locationCode: string; name: string; gid: number }

export type Cloudspace = {
  id: number
  accountId: number
  name: string
  location: string
  /** The user who gets access to it: `<username>@itsyouonline`. */
  access: string
  /** Its public address, from the range that RFC 5737 keeps for examples. */
  externalnetworkip: string
  status: 'DEPLOYED'
}

export type Machine = {
  id: number
  cloudspaceId: number
  name: string
  imageId: number
  /** In GB. */
  disksize: number
  status: 'RUNNING' | 'HALTED'
}

export type Portforward = {
  id: number
  cloudspaceId: number
  machineId: number
  publicIp: string
  publicPort: number
  localPort: number
  protocol: string
}

/** All that the location holds. Ids count up from 1 in each list. */
export type OpenvCloudState = {
  locations: Location[]
  cloudspaces: Cloudspace[]
  machines: Machine[]
  portforwards: Portforward[]
}

type Context = { state: OpenvCloudState; accounts: Account[]; parameters: Record<string, unknown> }

type Call = { required: string[]; perform(context: Context): Reply }

/** An empty value counts as none, as a form sends it for a variable that is not set. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Numbers come as JSON numbers or as the text of a form. */
function number(context: Context, name: string): number {
  return Number(context.parameters[name])
}

function string(context: Context, name: string): string {
  return `${context.parameters[name] ?? ''}`
}

/** The highest id so far and one more: an id is not used again after a delete, unless it was the last. */
function nextId(list: { id: number }[]): number {
  return Math.max(0, ...list.map(entry => entry.id)) + 1
}

function mayUse(context: Context, accountId: number): boolean {
  return context.accounts.some(account => account.id === accountId)
}

/** Hands on the cloud space that the call names, if it exists and is the caller's. */
function withCloudspace(context: Context, id: number, use: (cloudspace: Cloudspace) => Reply): Reply {
  const cloudspace = context.state.cloudspaces.find(entry => entry.id === id)
  if (!cloudspace) return text(404)
  return mayUse(context, cloudspace.accountId) ? use(cloudspace) : text(403)
}

function withMachine(context: Context, use: (machine: Machine) => Reply): Reply {
  const machine = context.state.machines.find(entry => entry.id === number(context, 'machineId'))
  return machine ? withCloudspace(context, machine.cloudspaceId, () => use(machine)) : text(404)
}

function setStatus(status: Machine['status']): Call {
  return {
    required: ['machineId'],
    perform: context =>
      withMachine(context, machine => {
        machine.status = status
        return json(200, true)
      }),
  }
}

const images = [{ id: 1, name: 'Ubuntu 24.04 x64', type: 'Linux', size: 10 }]

const sizes = [
  { id: 1, vcpus: 1, memory: 1024, disks: [10, 20, 50] },
  { id: 2, vcpus: 2, memory: 4096, disks: [10, 20, 50] },
]

/** By the path behind `/restmachine/cloudapi/`. `accounts/list` and `locations/list` differ in whom they let in. */
export const calls = new Map<string, Call>([
  ['images/list', { required: [], perform: () => json(200, images) }],
  ['sizes/list', { required: [], perform: () => json(200, sizes) }],
  [
    'cloudspaces/list',
    {
      required: [],
      perform: context =>
        json(
          200,
          context.state.cloudspaces.filter(cloudspace => mayUse(context, cloudspace.accountId)),
        ),
    },
  ],
  ['cloudspaces/create', { required: ['accountId', 'location', 'name', 'access'], perform: createCloudspace }],
  [
    'machines/list',
    {
      required: ['cloudspaceId'],
      perform: context =>
        withCloudspace(context, number(context, 'cloudspaceId'), ({ id }) =>
          json(
            200,
            context.state.machines.filter(machine => machine.cloudspaceId === id),
          ),
        ),
    },
  ],
  ['machines/create', { required: ['cloudspaceId', 'name', 'imageId', 'disksize'], perform: createMachine }],
  [
    'machines/get',
    { required: ['machineId'], perform: context => withMachine(context, machine => json(200, machine)) },
  ],
  ['machines/start', setStatus('RUNNING')],
  ['machines/stop', setStatus('HALTED')],
  ['machines/delete', { required: ['machineId'], perform: deleteMachine }],
  [
    'portforwarding/create',
    {
      required: ['cloudspaceId', 'publicIp', 'publicPort', 'machineId', 'localPort', 'protocol'],
      perform: createPortforward,
    },
  ],
])

/** @returns the new cloud space's id as bare JSON */
function createCloudspace(context: Context): Reply {
  const { state } = context
  const accountId = number(context, 'accountId')
  if (!mayUse(context, accountId)) return text(403)
  const location = string(context, 'location')
  if (!state.locations.some(entry => entry.locationCode === location)) return text(404)
  const id = nextId(state.cloudspaces)
  const [name, access] = [string(context, 'name'), string(context, 'access')]
  state.cloudspaces.push({
    id,
    accountId,
    name,
    location,
    access,
    externalnetworkip: `203.0.113.${id}`,
    status: 'DEPLOYED',
  })
  return json(200, id)
}

/** @returns the new machine's id as bare JSON */
function createMachine(context: Context): Reply {
  const { parameters, state } = context
  const lacksMemoryOrCpus = isMissing(parameters['memory']) || isMissing(parameters['vcpus'])
  if (isMissing(parameters['sizeId']) && lacksMemoryOrCpus)
    return text(400, 'Bad Request: give sizeId, or memory and vcpus')
  return withCloudspace(context, number(context, 'cloudspaceId'), cloudspace => {
    const id = nextId(state.machines)
    state.machines.push({
      id,
      cloudspaceId: cloudspace.id,
      name: string(context, 'name'),
      imageId: number(context, 'imageId'),
      disksize: number(context, 'disksize'),
      status: 'RUNNING',
    })
    return json(200, id)
  })
}

function deleteMachine(context: Context): Reply {
  return withMachine(context, machine => {
    context.state.machines.splice(context.state.machines.indexOf(machine), 1)
    return json(200, true)
  })
}

/** @returns the new port forward's id as bare JSON */
function createPortforward(context: Context): Reply {
  return withCloudspace(context, number(context, 'cloudspaceId'), ({ id: cloudspaceId }) =>
    withMachine(context, machine => {
      if (machine.cloudspaceId !== cloudspaceId) return text(404)
      const id = nextId(context.state.portforwards)
      context.state.portforwards.push({
        id,
        cloudspaceId,
        machineId: machine.id,
        publicIp: string(context, 'publicIp'),
        publicPort: number(context, 'publicPort'),
        localPort: number(context, 'localPort'),
        protocol: string(context, 'protocol'),
      })
      return json(200, id)
    }),
  )
}
