/** A span of time in words. */

import { expect, test } from '@jest/globals'
import { inWords } from '../../../src/report/time-span.ts'

test('seconds in words', () => {
  const words = ['0 s', '119 s', '2 min', '2 min', '3 min', '1 h', '1 h 30 min', '24 h']
  expect([0, 119, 120, 149, 150, 3599, 5400, 86_400].map(inWords)).toEqual(words)
})
