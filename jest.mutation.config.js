/** The tests that Stryker runs for each mutant: those in process. */

import base from './jest.config.js'

const rooms = process.env['MUTATION_TESTS'] ?? '**'
export default {
  ...base,
  roots: ['<rootDir>/src', '<rootDir>/__tests__/unit'],
  testMatch: rooms.split(',').map(room => `<rootDir>/__tests__/unit/${room}`),
  testTimeout: 5_000,
  watchman: false,
}
