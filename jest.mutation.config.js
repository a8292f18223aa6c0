/** The tests that Stryker runs for each mutant: those in process. */

import base from './jest.config.js'

const rooms = process.env['MUTATION_TESTS'] ?? '**/*.test.ts'
export default {
  ...base,
  // All that leads from a test to a file of src: Stryker runs the tests that are related to a mutant.
  roots: ['<rootDir>/src', '<rootDir>/__tests__/unit', '<rootDir>/__tests__/support', '<rootDir>/sandbox'],
  testMatch: rooms.split(',').map(room => `<rootDir>/__tests__/unit/${room}`),
  // nock changes Node's own modules: in a process that runs tests again and again, it ends in a crash.
  testPathIgnorePatterns: ['/known-servers\\.test\\.ts$'],
  testTimeout: 5_000,
  watchman: false,
}
