/** Spans of time: what is read, and what to write instead of the rest. */

import { expect, test } from '@jest/globals'
import { readDuration } from '../../../src/inputs/duration.ts'
import { rowsOf } from '../../support/rows.ts'

const day = 86_400

test.each(rowsOf({ 1: ['1'], 900: ['900', '900s', '15m'], 3600: ['1h'], [day]: ['24h', '86400'] }))(
  '%s is %s seconds',
  (value, seconds) => expect(readDuration('validity', value, day)).toBe(Number(seconds)),
)

test.each(
  rowsOf({
    'write 24h.': ['1d', '1 day'],
    'write 24h, which is the longest.': ['2d', '25h', '86401'],
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
    'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.': [
      ...['0', '0m', '-5', 'soon', '1w', '1hx', 'PT1H'],
    ],
  }),
)('%j is an error: %s', (value, says) => {
  expect(() => readDuration('validity', value, day)).toThrow(`"validity" is "${value}": ${says} [ERR_DURATION_INVALID]`)
})

test('a limit below an hour is told without one', () => {
  expect(() => readDuration('timeout', '11m', 600)).toThrow('write 10m, which is the longest.')
  expect(() => readDuration('timeout', 'x', 600)).toThrow('up to 10m, such as 30s, 5m.')
  expect(() => readDuration('timeout', 'x', 3600)).toThrow('up to 1h, such as 30s, 5m or 1h.')
})
