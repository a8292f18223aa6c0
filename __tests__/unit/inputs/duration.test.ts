/** Spans of time: what is read, and what to write instead of the rest. */

import { expect, test } from '@jest/globals'
import { readDuration } from '../../../src/inputs/duration.ts'

const day = 86_400

test.each([
  ['1', 1],
  ['900', 900],
  ['900s', 900],
  ['15m', 900],
  ['1h', 3600],
  ['24h', day],
  ['86400', day],
])('%s is %d seconds', (value, seconds) => expect(readDuration('validity', value, day)).toBe(seconds))

test.each([
  ['1d', 'write 24h.'],
  ['2d', 'write 24h, which is the longest.'],
  ['25h', 'write 24h, which is the longest.'],
  ['86401', 'write 24h, which is the longest.'],
  ['2h30m', 'write 150m.'],
  ['1h 30m', 'write 90m.'],
  ['1.5h', 'write 90m.'],
  ['1.25h', 'write 75m.'],
  ['1 day', 'write 24h.'],
  ['2hr', 'write 2h.'],
  ['2hrs', 'write 2h.'],
  ['1 minute', 'write 1m.'],
  ['5 minutes', 'write 5m.'],
  ['5 mins', 'write 5m.'],
  ['1 second', 'write 1s.'],
  ['30sec', 'write 30s.'],
  ['90 min', 'write 90m.'],
  ['1 hour', 'write 1h.'],
  ['2 Hours', 'write 2h.'],
  ['45 seconds', 'write 45s.'],
  ['1h1s', 'write 3601s.'],
  ['1 day', 'write 24h.'],
  ['2 hrs', 'write 2h.'],
  ['1 hr', 'write 1h.'],
  ['30 sec', 'write 30s.'],
  ['10 secs', 'write 10s.'],
  ['1 second', 'write 1s.'],
  ['5 minutes', 'write 5m.'],
  ['1 minute', 'write 1m.'],
  ['5 mins', 'write 5m.'],
  ['0.125h', 'write 450s.'],
  ['015m', 'write 15m.'],
  ['0', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['0m', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['-5', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['soon', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['1w', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['1hx', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
  ['PT1H', 'write whole seconds, minutes or hours up to 24h, such as 30s, 5m or 1h.'],
])('%j is an error: %s', (value, remedy) => {
  expect(() => readDuration('validity', value, day)).toThrow(
    `"validity" is "${value}": ${remedy} [ERR_DURATION_INVALID]`,
  )
})

test('a limit below an hour is told without one', () => {
  expect(() => readDuration('timeout', '11m', 600)).toThrow('write 10m, which is the longest.')
  expect(() => readDuration('timeout', 'x', 600)).toThrow('up to 10m, such as 30s, 5m.')
})
