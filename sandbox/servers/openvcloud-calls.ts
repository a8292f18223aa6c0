/** The calls of the Cloud API that deployments from CI make: what each needs, does and refuses. */

import { json, type Reply } from './http.ts'
import {
  type Account,
  accountEntry,
  type Cloudspace,
  type CloudspaceStatus,
  cloudspaceDetails,
  cloudspaceEntry,
  images,
  type Machine,
  machineDetails,
  machineEntry,
  type OpenvCloudState,
  portforwardEntry,
  refusal,
  sizes,
} from './openvcloud-state.ts'

type Context = {
  state: OpenvCloudState
  accounts: Account[]
  user: string
  parameters: Record<string, unknown>
  /** Seconds since the epoch. */
  now: number
}

/** `required`: without these it is a bad request. */
type Call = { required: string[]; perform(context: Context): Reply }

/** An empty value counts as none, as a form sends it for a variable that is not set. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** Numbers come as JSON numbers or as the text of a form; NaN for what is neither. */
function number({ parameters }: Context, name: string): number {
  return Number(isMissing(parameters[name]) ? Number.NaN : parameters[name])
}

function string({ parameters }: Context, name: string): string {
  return `${parameters[name] ?? ''}`
}

/** The highest id so far and one more: an id is not used again after a delete, unless it was the last. */
function nextId(list: { id: number }[]): number {
  return Math.max(0, ...list.map(entry => entry.id)) + 1
}

/** Why the caller may not use the account; undefined when they may. */
function refuseAccount({ accounts, user }: Context, id: number): Reply | undefined {
  if (!Number.isInteger(id)) return refusal(400, 'accountId is not a number')
  return accounts.some(account => account.id === id)
    ? undefined
    : refusal(403, `${user} has no access to account ${id}`)
}

function refuseName(name: string): Reply | undefined {
  return name.length < 2 || name.includes('<')
    ? refusal(400, `the name "${name}" is too short or contains <`)
    : undefined
}

const nextStatus: Record<CloudspaceStatus, CloudspaceStatus> = {
  VIRTUAL: 'DEPLOYING',
  DEPLOYING: 'DEPLOYED',
  DEPLOYED: 'DEPLOYED',
}

/** Uses the cloud space if it exists and is the caller's. It is deployed by one step more after each call. */
function withCloudspace(context: Context, id: number, use: (cloudspace: Cloudspace) => Reply): Reply {
  const cloudspace = context.state.cloudspaces.find(entry => entry.id === id)
  if (!cloudspace) return refusal(404, `there is no cloud space ${id}`)
  const refused = refuseAccount(context, cloudspace.accountId)
  if (refused) return refused
  const reply = use(cloudspace)
  cloudspace.status = nextStatus[cloudspace.status]
  return reply
}

function withMachine(context: Context, use: (machine: Machine) => Reply, id = number(context, 'machineId')): Reply {
  const machine = context.state.machines.find(entry => entry.id === id)
  if (!machine) return refusal(404, `there is no machine ${id}`)
  return withCloudspace(context, machine.cloudspaceId, () => use(machine))
}

/** A call about the cloud space that `cloudspaceId` names. */
function onCloudspace(required: string[], use: (context: Context, cloudspace: Cloudspace) => Reply): Call {
  return {
    required: ['cloudspaceId', ...required],
    perform: context =>
      withCloudspace(context, number(context, 'cloudspaceId'), cloudspace => use(context, cloudspace)),
  }
}

/** A call about the machine that `machineId` names. */
function onMachine(use: (context: Context, machine: Machine) => Reply): Call {
  return { required: ['machineId'], perform: context => withMachine(context, machine => use(context, machine)) }
}

function setStatus(status: Machine['status']): Call {
  return onMachine((_, machine) => {
    machine.status = status
    return json(200, true)
  })
}

/** By the path behind `/restmachine/cloudapi/`. */
export const calls = new Map<string, Call>(
  Object.entries({
    'accounts/list': {
      required: [],
      perform: ({ accounts, user }) =>
        json(
          200,
          accounts.map(account => accountEntry(account, user)),
        ),
    },
    'images/list': { required: [], perform: listImages },
    'sizes/list': onCloudspace([], () => json(200, sizes)),
    'cloudspaces/list': { required: [], perform: listCloudspaces },
    'cloudspaces/create': { required: ['accountId', 'location', 'name', 'access'], perform: createCloudspace },
    'cloudspaces/get': onCloudspace([], (_, cloudspace) => json(200, cloudspaceDetails(cloudspace))),
    'cloudspaces/update': onCloudspace([], updateCloudspace),
    'cloudspaces/delete': onCloudspace([], deleteCloudspace),
    'machines/list': onCloudspace([], ({ state }, { id }) =>
      json(200, state.machines.filter(machine => machine.cloudspaceId === id).map(machineEntry)),
    ),
    'machines/create': onCloudspace(['name', 'imageId', 'disksize'], createMachine),
    'machines/get': onMachine(({ user }, machine) => json(200, machineDetails(machine, user))),
    'machines/update': onMachine(updateMachine),
    'machines/start': setStatus('RUNNING'),
    'machines/stop': setStatus('HALTED'),
    'machines/delete': onMachine(deleteMachine),
    // A machine and its disk have the same id.
    'disks/update': {
      required: ['diskId'],
      perform: context => withMachine(context, () => json(200, true), number(context, 'diskId')),
    },
    'portforwarding/list': onCloudspace([], listPortforwards),
    'portforwarding/create': onCloudspace(
      ['publicIp', 'publicPort', 'machineId', 'localPort', 'protocol'],
      createPortforward,
    ),
    'portforwarding/deleteByPort': onCloudspace(['publicIp', 'publicPort'], deletePortforward),
  } satisfies Record<string, Call>),
)

/** The Go SDK sends the account 0 where it has none. */
function listImages(context: Context): Reply {
  const accountId = number(context, 'accountId')
  const isGiven = !isMissing(context.parameters['accountId']) && accountId !== 0
  return (isGiven && refuseAccount(context, accountId)) || json(200, images)
}

function listCloudspaces(context: Context): Reply {
  const { state, accounts } = context
  const mine = state.cloudspaces.filter(({ accountId }) => !refuseAccount(context, accountId))
  const reply = json(
    200,
    mine.map(cloudspace => cloudspaceEntry(cloudspace, accounts)),
  )
  for (const cloudspace of mine) cloudspace.status = nextStatus[cloudspace.status]
  return reply
}

/** @returns the new cloud space's id as bare JSON */
function createCloudspace(context: Context): Reply {
  const { state, now } = context
  const accountId = number(context, 'accountId')
  const [name, location, access] = [string(context, 'name'), string(context, 'location'), string(context, 'access')]
  const refused = refuseAccount(context, accountId) ?? refuseName(name)
  if (refused) return refused
  if (!state.locations.some(({ locationCode }) => locationCode === location)) {
    return refusal(400, `there is no location "${location}"`)
  }
  if (state.cloudspaces.some(entry => entry.accountId === accountId && entry.name === name)) {
    return refusal(409, `a cloud space with the name ${name} exists already`)
  }
  const id = nextId(state.cloudspaces)
  const place = { externalnetworkip: `203.0.113.${id}`, status: 'VIRTUAL' as const, created: now }
  const resourceLimits = { CU_M: -1, CU_D: -1, CU_NP: -1, CU_I: -1, CU_C: -1 }
  state.cloudspaces.push({ id, accountId, name, location, access, ...place, resourceLimits })
  return json(200, id)
}

function updateCloudspace(context: Context, cloudspace: Cloudspace): Reply {
  const name = isMissing(context.parameters['name']) ? cloudspace.name : string(context, 'name')
  const refused = refuseName(name)
  if (refused) return refused
  cloudspace.name = name
  const limits = {
    CU_M: 'maxMemoryCapacity',
    CU_D: 'maxVDiskCapacity',
    CU_NP: 'maxNetworkPeerTransfer',
    CU_I: 'maxNumPublicIP',
    CU_C: 'maxCPUCapacity',
  } as const
  for (const limit of Object.keys(limits) as (keyof typeof limits)[]) {
    const value = number(context, limits[limit])
    if (!Number.isNaN(value)) cloudspace.resourceLimits[limit] = value
  }
  return json(200, true)
}

/** With all that is in it. */
function deleteCloudspace({ state }: Context, { id }: Cloudspace): Reply {
  state.cloudspaces = state.cloudspaces.filter(cloudspace => cloudspace.id !== id)
  state.machines = state.machines.filter(machine => machine.cloudspaceId !== id)
  state.portforwards = state.portforwards.filter(forward => forward.cloudspaceId !== id)
  return json(200, true)
}

/** @returns the new machine's id as bare JSON */
function createMachine(context: Context, { id: cloudspaceId }: Cloudspace): Reply {
  const { state, now } = context
  const [name, disksize] = [string(context, 'name'), number(context, 'disksize')]
  const refused = refuseName(name)
  if (refused) return refused
  const image = images.find(({ id }) => id === number(context, 'imageId'))
  if (!image) return refusal(400, `there is no image ${string(context, 'imageId')}`)
  const size = findSize(context)
  if (typeof size === 'string') return refusal(400, size)
  if (!(disksize >= image.size)) {
    return refusal(400, `Disk size of ${string(context, 'disksize')}GB is to small for image ${image.name}`)
  }
  if (state.machines.some(entry => entry.cloudspaceId === cloudspaceId && entry.name === name)) {
    return refusal(409, `a machine with the name ${name} exists already`)
  }
  const id = nextId(state.machines)
  const description = string(context, 'description')
  const common = { id, cloudspaceId, name, description, imageId: image.id, disksize, created: now }
  state.machines.push({ ...common, ...size, status: 'RUNNING' })
  return json(200, id)
}

/** The size, or what is wrong with it: it is a `sizeId`, or `memory` and `vcpus`, and never both. */
function findSize(context: Context): Pick<Machine, 'sizeId' | 'memory' | 'vcpus'> | string {
  const [memory, vcpus] = [number(context, 'memory'), number(context, 'vcpus')]
  if (isMissing(context.parameters['sizeId'])) {
    return memory > 0 && vcpus > 0 ? { sizeId: 0, memory, vcpus } : 'give sizeId, or memory and vcpus'
  }
  if (!Number.isNaN(memory) || !Number.isNaN(vcpus)) return 'give sizeId, or memory and vcpus, not both'
  const size = sizes.find(({ id }) => id === number(context, 'sizeId'))
  return size
    ? { sizeId: size.id, memory: size.memory, vcpus: size.vcpus }
    : `there is no size ${string(context, 'sizeId')}`
}

function updateMachine(context: Context, machine: Machine): Reply {
  const { parameters } = context
  const name = isMissing(parameters['name']) ? machine.name : string(context, 'name')
  const refused = refuseName(name)
  if (refused) return refused
  machine.name = name
  if (parameters['description'] !== undefined) machine.description = string(context, 'description')
  return json(200, machine.id)
}

function deleteMachine({ state }: Context, { id }: Machine): Reply {
  state.machines = state.machines.filter(machine => machine.id !== id)
  state.portforwards = state.portforwards.filter(forward => forward.machineId !== id)
  return json(200, true)
}

function listPortforwards(context: Context, { id }: Cloudspace): Reply {
  const { state, parameters } = context
  const isAsked = (machineId: number) =>
    isMissing(parameters['machineId']) || machineId === number(context, 'machineId')
  const forwards = state.portforwards.filter(forward => forward.cloudspaceId === id && isAsked(forward.machineId))
  return json(
    200,
    forwards.map(forward =>
      portforwardEntry(
        forward,
        state.machines.find(machine => machine.id === forward.machineId),
      ),
    ),
  )
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

function createPortforward(context: Context, cloudspace: Cloudspace): Reply {
  const { state } = context
  const [publicPort, localPort] = [number(context, 'publicPort'), number(context, 'localPort')]
  const [publicIp, protocol] = [string(context, 'publicIp'), string(context, 'protocol')]
  const machine = state.machines.find(({ id }) => id === number(context, 'machineId'))
  if (machine?.cloudspaceId !== cloudspace.id) return refusal(404, 'there is no such machine in the cloud space')
  if (cloudspace.status !== 'DEPLOYED') return refusal(400, `the cloud space is ${cloudspace.status}, not DEPLOYED`)
  if (publicIp !== cloudspace.externalnetworkip) return refusal(400, `${publicIp} is not an address of the cloud space`)
  if (!isPort(publicPort) || !isPort(localPort)) return refusal(400, 'a port is a number from 1 to 65535')
  if (protocol !== 'tcp' && protocol !== 'udp') return refusal(400, 'protocol is tcp or udp')
  if (state.portforwards.some(entry => isAt(entry, publicIp, publicPort) && entry.protocol === protocol)) {
    return refusal(409, `port ${publicPort} is forwarded already`)
  }
  const id = nextId(state.portforwards)
  const common = { id, cloudspaceId: cloudspace.id, machineId: machine.id }
  state.portforwards.push({ ...common, publicIp, publicPort, localPort, protocol })
  return json(200, true)
}

function isAt(forward: { publicIp: string; publicPort: number }, publicIp: string, publicPort: number): boolean {
  return forward.publicIp === publicIp && forward.publicPort === publicPort
}

/** Of both protocols, unless `proto` names one (the Go SDK writes `protocol`). */
function deletePortforward(context: Context, { id }: Cloudspace): Reply {
  const { state } = context
  const [publicIp, publicPort] = [string(context, 'publicIp'), number(context, 'publicPort')]
  const proto = string(context, 'proto') || string(context, 'protocol')
  const found = state.portforwards.filter(
    forward =>
      forward.cloudspaceId === id &&
      isAt(forward, publicIp, publicPort) &&
      (proto === '' || forward.protocol === proto),
  )
  if (found.length === 0) return refusal(404, `port ${publicPort} is not forwarded`)
  state.portforwards = state.portforwards.filter(forward => !found.includes(forward))
  return json(200, true)
}
