/** Node 24 strips the types itself: no transform. Most tests spawn the built action, so a test may take seconds. */

// No result may depend on the machine. Its time zone: the tests run in one that is never UTC. Its proxy: there is none.
process.env['TZ'] = 'Asia/Kathmandu'
for (const name of ['https_proxy', 'http_proxy', 'no_proxy']) {
  delete process.env[name]
  delete process.env[name.toUpperCase()]
}

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
