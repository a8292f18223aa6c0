/** Spans of time: what is read, and what to write instead of the rest. */

import { expect, test } from '@jest/globals'
import { readDuration } from '../../../src/inputs/duration.ts'
import { rowsOf, saying } from '../../support/rows.ts'

const day = 86_400

test.each(rowsOf({ 1: ['1'], 900: ['900', '900s', '15m'], 3600: ['1h'], [day]: ['24h', '86400'] }))(
  '%s is %s seconds',
  (value, seconds) => expect(readDuration('validity', value, day)).toBe(Number(seconds)),
)

test.each(
  rowsOf({
    'write 24h.': ['1d', '1 day'],
    'write 24h, which is the longest.': ['2d', '25h'],
    'write 2h.': ['2hr', '2hrs', '2 hrs', '2 Hours'],
    'write 1h.': ['1 hr', '1 hour'],
    'write 150m.': ['2h30m'],
    'write 90m.': ['1h 30m', '1.5h', '90 min'],
    'write 75m.': ['1.25h'],
    'write 15m.': ['015m'],
    'write 5m.': ['5 mins', '5 minutes'],
    'write 1m.': ['1 minute'],
    'write 3601s.': ['1h1s'],
    'write 450s.': ['0.125h'],
    'write 45s.': ['45 seconds'],
    'write 30s.': ['30sec', '30 sec'],
    'write 10s.': ['10 secs'],
    'write 1s.': ['1 second'],
    'write a whole number of seconds, minutes or hours, such as 30s or 5m, up to 24h.': [
      ...['0', '0m', '-5', 'soon', '1w', '1hx', 'PT1H', '1.5', '500ms', '1h, 5', '030'],
      // Probably milliseconds.
      ...['86401', '3600000'],
    ],
  }),
)('%j is an error: %s', (value, says) => {
  const error = saying('ERR_DURATION_INVALID', `"validity" is "${value}", which is not valid: ${says}`)
  expect(() => readDuration('validity', value, day)).toThrow(error)
})

test('hours are named only where one is allowed', () => {
  expect(() => readDuration('timeout', '11m', 600)).toThrow('"timeout" is "11m", which is not valid: write 10m, which')
  expect(() => readDuration('timeout', 'x', 600)).toThrow('a whole number of seconds or minutes, such as 30s or 5m, up')
  expect(() => readDuration('timeout', 'x', 3600)).toThrow('seconds, minutes or hours, such as 30s or 5m, up to 1h.')
})
