/** Name look-ups: none for `localhost`, and one at a time for each other name. */

import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'

type Callback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** As the option `lookup` of Node's connections takes it. */
export type Lookup = (hostname: string, options: LookupOptions, callback: Callback) => void

const loopback: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

/** Who waits for the answer about a name. */
const open = new Map<string, Callback[]>()

/**
 * Looks names up as Node does, but `localhost` is this machine: where the hosts file lacks it, Node would ask the network's
 * name server, and the answer could be any host.
 *
 * @param onChange is told whether a look-up is under way.
 */
export function lookupWith(onChange: (isOpen: boolean) => void): Lookup {
  return (hostname, options, callback) => {
    if (hostname === 'localhost') {
      queueMicrotask(() => (options.all ? callback(null, loopback) : callback(null, '127.0.0.1', 4)))
      return
    }
    const done: Callback = (...result) => {
      onChange(false)
      callback(...result)
    }
    onChange(true)
    // A second question would not end the first one, which the end of the process waits for.
    const waiting = open.get(hostname)
    if (waiting) {
      waiting.push(done)
      return
    }
    const callbacks = [done]
    open.set(hostname, callbacks)
    dnsLookup(hostname, options, (error, address: string | LookupAddress[], family?: number) => {
      open.delete(hostname)
      for (const each of callbacks) each(error, address, family)
    })
  }
}

/** Whether a thread of this process still waits for a name server. The normal end of a process waits for it. */
export function isLookupOpen(): boolean {
  return open.size > 0
}
