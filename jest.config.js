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

/** One folder of `test/`. */
function layer(name) {
  return { ...shared, displayName: name, testMatch: [`<rootDir>/test/${name}/**/*.test.ts`] };
}

export default {
  projects: ['unit', 'workflows', 'replay', 'integration', 'e2e'].map(layer),
  // Every worker process loads the Temporal SDK and the Kubernetes client: 200 MB each.
  maxWorkers: 2,
  testTimeout: 60_000,
};
