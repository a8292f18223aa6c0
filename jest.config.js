/** Node 24 strips the types itself: no transform. Most tests spawn the built action, so a test may take seconds. */
export default {
  testEnvironment: 'node',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/stubs/'],
  testTimeout: 60_000,
}
