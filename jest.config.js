// Tests run as ES modules (`node --experimental-vm-modules`, see the script "jest"): the Kubernetes client has no
// CommonJS build. The layers are described in docs/development.md.

/** What all layers share. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

/** Starts the one fleet that the tests with real servers share, once the first of them asks for it. */
const withFleet = {
  globalSetup: '<rootDir>/test/support/globalSetup.ts',
  globalTeardown: '<rootDir>/test/support/globalTeardown.ts',
};

/** One folder of `test/`. */
function layer(name, more = {}) {
  return { ...shared, ...more, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`] };
}

export default {
  projects: [
    layer('unit'),
    layer('workflows'),
    layer('replay'),
    layer('integration', withFleet),
    layer('e2e', withFleet),
  ],
  // Every worker process loads the Temporal SDK and the Kubernetes client: 200 MB each.
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/sequencer.js',
  testTimeout: 60_000,
};
