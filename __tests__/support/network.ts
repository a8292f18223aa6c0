/** nock stands in for hosts that a server on loopback cannot be; nothing else is reached. */

import { afterAll, afterEach, beforeAll } from '@jest/globals'
import nock from 'nock'

/** For all tests of a file. What a test asked nock for, and did not use, ends with it. */
export function useNock(): typeof nock {
  beforeAll(() => nock.disableNetConnect())
  afterEach(() => {
    nock.abortPendingRequests()
    nock.cleanAll()
  })
  // Otherwise it leaks into the next file of the worker.
  afterAll(() => {
    nock.enableNetConnect()
    nock.restore()
  })
  return nock
}
