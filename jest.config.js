/** Node 24 strips the types itself: no transform. Most tests spawn the built action, so a test may take seconds. */
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
