/** What an OpenvCloud location knows, and the shapes in which its Cloud API shows it. Clients fail on a missing field. */

import { json, type Reply } from './http.ts'

export type Account = { id: number; name: string }

export type Location = { locationCode: string; name: string; gid: number }

/** A new one is not there yet: it goes on by one status with each call about it. */
export type CloudspaceStatus = 'VIRTUAL' | 'DEPLOYING' | 'DEPLOYED'

export type Cloudspace = {
  id: number
  accountId: number
  name: string
  location: string
  /** The user who gets access to it: `<username>@itsyouonline`. */
  access: string
  /** Its public address, from the range that RFC 5737 keeps for examples. */
  externalnetworkip: string
  status: CloudspaceStatus
  /** Seconds since the epoch. */
  created: number
  /** -1 is no limit. */
  resourceLimits: Record<'CU_M' | 'CU_D' | 'CU_NP' | 'CU_I' | 'CU_C', number>
}

export type Machine = {
  id: number
  cloudspaceId: number
  name: string
  description: string
  imageId: number
  /** 0 for a machine that was made with memory and vcpus. */
  sizeId: number
  vcpus: number
  /** In MB. */
  memory: number
  /** In GB. */
  disksize: number
  status: 'RUNNING' | 'HALTED'
  created: number
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

export type OpenvCloudState = {
  locations: Location[]
  cloudspaces: Cloudspace[]
  machines: Machine[]
  portforwards: Portforward[]
}

/** `size`: the smallest disk that it fits on, in GB. */
export const images = [
  { id: 1, name: 'Ubuntu 24.04 x64', type: 'Linux', size: 10, status: 'CREATED', accountId: 0, description: '' },
]

export const sizes = [
  { id: 1, name: '', description: '', vcpus: 1, memory: 1024, disks: [10, 20, 50] },
  { id: 2, name: '', description: '', vcpus: 2, memory: 4096, disks: [10, 20, 50] },
]

/** An error of a call: a JSON string that says why. */
export function refusal(status: 400 | 403 | 404 | 409, why: string): Reply {
  return json(status, why)
}

function accessOf(user: string) {
  return [{ userGroupId: user, right: 'CXDRAU', status: 'CONFIRMED', type: 'U', canBeDeleted: false }]
}

export function accountEntry({ id, name }: Account, user: string) {
  return { id, name, acl: accessOf(user), creationTime: 0, updateTime: 0 }
}

export function cloudspaceEntry({ created, access, ...cloudspace }: Cloudspace, accounts: Account[]) {
  const { id, accountId, name, location, status, externalnetworkip } = cloudspace
  return {
    ...{ id, accountId, name, location, status, externalnetworkip, publicipaddress: externalnetworkip, gid: 1 },
    accountName: accounts.find(account => account.id === accountId)?.name ?? '',
    descr: '',
    acl: accessOf(access),
    creationTime: created,
    updateTime: created,
  }
}

export function cloudspaceDetails({ created, access, ...cloudspace }: Cloudspace) {
  const { externalnetworkip } = cloudspace
  return {
    ...cloudspace,
    gid: 1,
    publicipaddress: externalnetworkip,
    description: '',
    secret: '',
    acl: accessOf(access),
  }
}

/** Its address inside the cloud space. */
export function localIp({ id }: Machine): string {
  return `192.168.103.${id + 1}`
}

function hostname({ id }: Machine): string {
  return `vm-${id}`
}

/** A machine and its disk have the same id here. */
export function machineEntry(machine: Machine) {
  const { id, name, status, cloudspaceId, sizeId, imageId, vcpus, memory, disksize, created } = machine
  const nics = [{ ipAddress: localIp(machine), type: 'bridge', status: '', params: '' }]
  const times = { creationTime: created, updateTime: created }
  return {
    id,
    name,
    status,
    cloudspaceId,
    sizeId,
    imageId,
    vcpus,
    memory,
    storage: disksize,
    nics,
    disks: [id],
    ...times,
  }
}

export function machineDetails(machine: Machine, user: string) {
  const { id, name, description, status, cloudspaceId, sizeId, imageId, vcpus, memory, disksize, created } = machine
  return {
    ...{ id, name, status, cloudspaceid: cloudspaceId, sizeid: sizeId, imageid: imageId, vcpus, memory },
    storage: disksize,
    disks: [{ id, name: 'Boot disk', descr: '', type: 'B', sizeMax: disksize, status: 'ASSIGNED', acl: {} }],
    interfaces: [{ ipAddress: localIp(machine), macAddress: '52:54:00:00:00:01', type: 'bridge', networkId: 1 }],
    accounts: [{ login: 'user', password: '', guid: '' }],
    hostname: hostname(machine),
    osImage: images.find(image => image.id === imageId)?.name ?? '',
    description,
    acl: accessOf(user),
    creationTime: created,
    updateTime: created,
  }
}

/** Ports are texts here, and numbers where a forward is made. */
export function portforwardEntry(forward: Portforward, machine: Machine | undefined) {
  const { id, machineId, publicIp, publicPort, localPort, protocol } = forward
  return {
    ...{ id, machineId, publicIp, protocol, publicPort: `${publicPort}`, localPort: `${localPort}` },
    ...(machine && { machineName: machine.name, localIp: localIp(machine) }),
  }
}
