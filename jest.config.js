/** Node 24 strips the types itself: no transform. Most tests spawn the built action, so a test may take seconds. */

// No result may depend on the machine's time zone, so the tests run in one that is never UTC.
process.env['TZ'] = 'Asia/Kathmandu'

export default {
  testEnvironment: 'node',
  // GitHub's workflow libraries alone: see there. Jest leaves the slashes of this key as they are, also on Windows.
  transform: {
    '@actions[/\\\\](languageservice|workflow-parser)[/\\\\]dist[/\\\\].*\\.js$':
      '<rootDir>/__tests__/support/json-attributes.js',
  },
  transformIgnorePatterns: [],
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/stubs/', '<rootDir>/coverage/'],
  testTimeout: 60_000,
}
