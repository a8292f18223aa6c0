/** A span of time in words. */

import { expect, test } from '@jest/globals'
import { inWords } from '../../../src/report/time-span.ts'

test('seconds in words', () => {
  const words = ['0 s', '59 s', '1 min', '1 min', '2 min', '1 h', '1 h 30 min', '24 h']
  expect([0, 59, 60, 89, 90, 3599, 5400, 86_400].map(inWords)).toEqual(words)
})
