/**
 * The workflow code as one file, as Temporal's sandbox loads it. Bundling takes a second and 90 MB, so the result is
 * kept under a name made from everything that goes into it: a restart of the same code finds it there.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Logger } from '@temporalio/common';
import { bundleWorkflowCode } from '@temporalio/worker';

/** Root of the checkout or image. */
const root = join(import.meta.dirname, '..');

export interface WorkflowBundleOptions {
  /** Bundles are kept in its folder `workflows`. */
  cacheFolder: string;
  logger?: Logger;
}

/** Makes sure that the bundle of the present sources exists; returns its path. */
export async function ensureWorkflowBundle({ cacheFolder, logger }: WorkflowBundleOptions): Promise<string> {
  const folder = join(cacheFolder, 'workflows');
  const path = join(folder, `${hashOfSources()}.js`);
  if (existsSync(path)) return path;
  const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'workflows/index.ts'), logger });
  await mkdir(folder, { recursive: true });
  // Two workers may start at once: each writes a file of its own, and the rename is atomic.
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

/** Changes with every file that workflows can import and with every version that shapes the bundle. */
function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync('{workflows,api,domain}/**/*.ts', { cwd: root }).sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  }
  for (const name of ['@temporalio/worker', '@temporalio/workflow', '@temporalio/common']) {
    hash.update(`${name}@${versionOf(name)}\0`);
  }
  return hash.update(process.version).digest('hex').slice(0, 32);
}

function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
