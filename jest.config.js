/** Node 24 strips the types itself: no transform. Most tests spawn the built action, so a test may take seconds. */

// No result may depend on the machine. Its time zone: the tests run in one that is never UTC. Its proxy: there is none.
process.env['TZ'] = 'Asia/Kathmandu'
for (const name of ['https_proxy', 'http_proxy', 'no_proxy']) {
  delete process.env[name]
  delete process.env[name.toUpperCase()]
}

/** For each mutant, Stryker runs the tests in process that are related to its file. It sets this variable itself. */
const inProcess = process.env['STRYKER_MUTATOR_WORKER'] !== undefined && {
  // All that leads from a test to a file of src.
  roots: ['<rootDir>/src', '<rootDir>/__tests__/unit', '<rootDir>/__tests__/support', '<rootDir>/sandbox'],
  testMatch: ['<rootDir>/__tests__/unit/**/*.test.ts'],
  testTimeout: 5_000,
  watchman: false,
}

export default {
  testEnvironment: 'node',
  // Only GitHub's workflow libraries: see there. Jest leaves the slashes of this key as they are, also on Windows.
  transform: {
    '@actions[/\\\\](languageservice|workflow-parser)[/\\\\]dist[/\\\\].*\\.js$':
      '<rootDir>/__tests__/support/json-attributes.js',
  },
  transformIgnorePatterns: [],
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/stubs/', '<rootDir>/coverage/'],
  testTimeout: 60_000,
  ...inProcess,
}
