/**
 * `npm run test:soak`: tests that try things at random or at length, with far more of both than `npm test` has time for.
 * What comes after `--` goes to Jest.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A test file and the environment variables that make it long. They run one after another. */
interface Soak {
  layer: string;
  file: string;
  environment: Record<string, string>;
}

const soaks: Soak[] = [
  { layer: 'workflows', file: 'test/workflows/walkModel.test.ts', environment: { FLOTILLA_MODEL_RUNS: '1000' } },
  {
    layer: 'workflows',
    file: 'test/workflows/longRun.test.ts',
    environment: { FLOTILLA_LONG_RUN_CLUSTERS: '10000' },
  },
  { layer: 'e2e', file: 'test/e2e/killBoundaries.test.ts', environment: { FLOTILLA_TEST_KILLS: 'all' } },
];

const checkout = fileURLToPath(new URL('..', import.meta.url));

for (const soak of soaks) {
  if (!(await passes(soak, process.argv.slice(2)))) process.exitCode = 1;
}

/** Variables that are set already stay: `FLOTILLA_MODEL_RUNS=200 npm run test:soak` takes a fifth of the time. */
async function passes({ layer, file, environment }: Soak, more: string[]): Promise<boolean> {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', `--selectProjects=${layer}`];
  const child = spawn(process.execPath, [...jest, '--runTestsByPath', file, ...more], {
    cwd: checkout,
    env: { ...environment, ...process.env },
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      resolve(code === 0);
    });
  });
}
