/** The calls of the Cloud API that deployments from CI make: what each needs, does and refuses. */

import { json, type Reply } from './http.ts'

export type Account = { id: number; name: string }

export type Cloudspace = {
  id: number
  name: string
  accountId: number
  accountName: string
  location: string
  /** The user it is shared with: `<username>@<iss>`. */
  access: string
}

type Machine = {
  id: number
  name: string
  cloudspaceId: number
  status: 'RUNNING' | 'HALTED'
}

export type OpenvCloudState = { cloudspaces: Cloudspace[]; machines: Machine[] }

/** Who calls, with what. */
export type Context = {
  state: OpenvCloudState
  location: string
  user: string
  /** Of the user. */
  accounts: Account[]
  parameters: Record<string, unknown>
}

/** `required`: without these it is a bad request. */
type Call = { required: string[]; perform(context: Context): Reply }

/** `size`: the smallest disk that the image fits on, in GB. */
const images = [{ id: 1, name: 'Ubuntu 24.04 x64', size: 10 }]

const sizes = [
  { id: 1, vcpus: 1, memory: 1024 },
  { id: 2, vcpus: 2, memory: 4096 },
]

/** An error of a call: a JSON string that says why. */
export function refusal(status: 400 | 403 | 404 | 409, why: string): Reply {
  return json(status, why)
}

/** By the path behind `/restmachine/cloudapi/`. */
const calls: Record<string, Call> = {
  'accounts/list': { required: [], perform: ({ accounts }) => json(200, accounts) },
  'images/list': { required: [], perform: () => json(200, images) },
  'cloudspaces/list': { required: [], perform: listCloudspaces },
  'cloudspaces/create': { required: ['accountId', 'location', 'name', 'access'], perform: createCloudspace },
  'cloudspaces/delete': onCloudspace([], deleteCloudspace),
  'sizes/list': onCloudspace([], () => json(200, sizes)),
  'machines/list': onCloudspace([], ({ state }, { id }) =>
    json(
      200,
      state.machines.filter(machine => machine.cloudspaceId === id),
    ),
  ),
  'machines/create': onCloudspace(['name', 'imageId', 'sizeId', 'disksize'], createMachine),
  'machines/stop': onMachine((_, machine) => {
    machine.status = 'HALTED'
    return json(200, true)
  }),
  'machines/delete': onMachine(({ state }, { id }) => {
    state.machines = state.machines.filter(machine => machine.id !== id)
    return json(200, true)
  }),
}

/** @param name what follows `/restmachine/cloudapi/` */
export function perform(name: string, context: Context): Reply {
  const call = calls[name]
  if (!call) return refusal(404, `${name} is not found`)
  // An empty value counts as none, as a form sends it for a variable that is not set.
  const missing = call.required.find(required => (context.parameters[required] ?? '') === '')
  return missing === undefined ? call.perform(context) : refusal(400, `parameter ${missing} is missing`)
}

/** Numbers come as JSON numbers or as the text of a form. */
function number({ parameters }: Context, name: string): number {
  return Number(parameters[name])
}

function string({ parameters }: Context, name: string): string {
  return `${parameters[name]}`
}

/** Whether the user has the account of the cloud space, or the cloud space only. */
function isOpenTo({ accounts, user }: Context, { accountId, access }: Cloudspace): boolean {
  return access === user || accounts.some(({ id }) => id === accountId)
}

function onCloudspace(required: string[], use: (context: Context, cloudspace: Cloudspace) => Reply): Call {
  return {
    required: ['cloudspaceId', ...required],
    perform: context => withCloudspace(context, number(context, 'cloudspaceId'), found => use(context, found)),
  }
}

function withCloudspace(context: Context, id: number, use: (cloudspace: Cloudspace) => Reply): Reply {
  const cloudspace = context.state.cloudspaces.find(entry => entry.id === id)
  if (!cloudspace) return refusal(404, `there is no cloud space ${id}`)
  return isOpenTo(context, cloudspace) ? use(cloudspace) : refusal(403, `${context.user} may not use cloud space ${id}`)
}

function onMachine(use: (context: Context, machine: Machine) => Reply): Call {
  return {
    required: ['machineId'],
    perform: context => {
      const machine = context.state.machines.find(({ id }) => id === number(context, 'machineId'))
      if (!machine) return refusal(404, `there is no machine ${string(context, 'machineId')}`)
      return withCloudspace(context, machine.cloudspaceId, () => use(context, machine))
    },
  }
}

/** The highest id so far and one more. */
function nextId(list: { id: number }[]): number {
  return Math.max(0, ...list.map(({ id }) => id)) + 1
}

function listCloudspaces(context: Context): Reply {
  return json(
    200,
    context.state.cloudspaces.filter(cloudspace => isOpenTo(context, cloudspace)),
  )
}

/** @returns the new cloud space's id as bare JSON */
function createCloudspace(context: Context): Reply {
  const { state, accounts, user, location } = context
  const [accountId, name] = [number(context, 'accountId'), string(context, 'name')]
  if (!Number.isInteger(accountId)) return refusal(400, 'accountId is not a number')
  const account = accounts.find(({ id }) => id === accountId)
  if (!account) return refusal(403, `${user} has no access to account ${accountId}`)
  if (string(context, 'location') !== location) {
    return refusal(400, `Location ${string(context, 'location')} does not exists`)
  }
  if (state.cloudspaces.some(entry => entry.accountId === accountId && entry.name === name)) {
    return refusal(409, `Cloud Space with name ${name} already exists.`)
  }
  const id = nextId(state.cloudspaces)
  state.cloudspaces.push({
    id,
    name,
    accountId,
    accountName: account.name,
    location,
    access: string(context, 'access'),
  })
  return json(200, id)
}

function deleteCloudspace({ state }: Context, { id }: Cloudspace): Reply {
  if (state.machines.some(({ cloudspaceId }) => cloudspaceId === id)) {
    return refusal(409, 'In order to delete a CloudSpace it can not contain Machines.')
  }
  state.cloudspaces = state.cloudspaces.filter(cloudspace => cloudspace.id !== id)
  return json(200, true)
}

/** @returns the new machine's id as bare JSON */
function createMachine(context: Context, { id: cloudspaceId }: Cloudspace): Reply {
  const { state } = context
  const name = string(context, 'name')
  const image = images.find(({ id }) => id === number(context, 'imageId'))
  if (!image) return refusal(400, `there is no image ${string(context, 'imageId')}`)
  if (!sizes.some(({ id }) => id === number(context, 'sizeId'))) {
    return refusal(400, `there is no size ${string(context, 'sizeId')}`)
  }
  if (!(number(context, 'disksize') >= image.size)) {
    return refusal(400, `Disk size of ${string(context, 'disksize')}GB is to small for image ${image.name}`)
  }
  if (state.machines.some(machine => machine.cloudspaceId === cloudspaceId && machine.name === name)) {
    return refusal(409, `a machine with the name ${name} exists already`)
  }
  const id = nextId(state.machines)
  state.machines.push({ id, name, cloudspaceId, status: 'RUNNING' })
  return json(200, id)
}
