/**
 * `npm test`: every check and every layer of tests. What passes takes one line, what fails is shown in full; the last
 * line counts both. With arguments, only the tests that they choose run: `npm test -- test/unit/domain`.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Scripts of package.json. Two run at a time. */
const checks = ['check:lint', 'check:types', 'check:format', 'check:imports', 'check:generated'];
const checksAtOnce = 2;

const checkout = fileURLToPath(new URL('..', import.meta.url));

interface Counts {
  passed: number;
  failed: number;
}

/** The part of Jest's result file that counts. */
interface JestResult {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  /** Files that could not even be loaded. */
  numRuntimeErrorTestSuites: number;
}

const chosen = process.argv.slice(2);
const ofChecks = chosen.length === 0 ? await runChecks() : { passed: 0, failed: 0 };
const results = [ofChecks, ...(await runLayers(chosen))];
const passed = results.reduce((sum, counts) => sum + counts.passed, 0);
const failed = results.reduce((sum, counts) => sum + counts.failed, 0);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);

async function runChecks(): Promise<Counts> {
  const waiting = [...checks];
  const counts: Counts = { passed: 0, failed: 0 };
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      if (await runCheck(check)) counts.passed++;
      else counts.failed++;
    }
  };
  await Promise.all(Array.from({ length: checksAtOnce }, work));
  return counts;
}

async function runCheck(check: string): Promise<boolean> {
  const start = Date.now();
  const child = spawn('npm', ['run', '--silent', check], { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      output += String(error);
      resolve(null);
    });
    child.once('close', resolve);
  });
  const time = `${((Date.now() - start) / 1000).toFixed(1)} s`;
  process.stdout.write(code === 0 ? `✓ ${check} (${time})\n` : `✗ ${check} (${time})\n${output.trimEnd()}\n`);
  return code === 0;
}

/** What needs no whole fleet comes first: it is quicker, and nothing else runs beside it. */
async function runLayers(jestArguments: readonly string[]): Promise<Counts[]> {
  const parts = await runTests([
    '--selectProjects',
    'unit',
    'workflows',
    'replay',
    'integration',
    '--',
    ...jestArguments,
  ]);
  const whole = await runTests(['--selectProjects', 'e2e', '--', ...jestArguments]);
  return [parts, whole];
}

async function runTests(jestArguments: readonly string[]): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-results-'));
  const file = join(folder, 'results.json');
  try {
    const code = await runJest(['--json', '--passWithNoTests', '--outputFile', file, ...jestArguments]);
    const result = JSON.parse(await readFile(file, 'utf8').catch(() => 'null')) as JestResult | null;
    if (result === null) return { passed: 0, failed: 1 };
    if (result.numPendingTests > 0) process.stdout.write(`${String(result.numPendingTests)} tests were skipped.\n`);
    const failedTests = result.numFailedTests + result.numRuntimeErrorTestSuites;
    // Whatever else Jest complains about, such as a failed teardown, must not pass for success.
    return { passed: result.numPassedTests, failed: failedTests === 0 && code !== 0 ? 1 : failedTests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runJest(jestArguments: string[]): Promise<number | null> {
  const jest = join(checkout, 'node_modules', 'jest', 'bin', 'jest.js');
  const nodeArguments = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...jestArguments];
  // With a result file Jest's own report goes to standard error, and only the file's name to standard output.
  const child = spawn(process.execPath, nodeArguments, { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}
