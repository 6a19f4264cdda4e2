/**
 * Entry of the worker: `node worker/main.ts [flags]`. Loads little before the configuration is known to be right, and
 * the rest through Node's compile cache: the worker is back in half the time after a restart.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { readConfiguration } from './configuration.ts';
import { helpText } from './configurationPages.ts';

const { help, ...result } = readConfiguration(process.argv.slice(2), process.env);
if (help) {
  console.log(helpText());
} else {
  if (result.configuration !== undefined) enableCompileCache(join(result.configuration.cacheFolder, 'node'));
  const { runWorker } = await import('./program.ts');
  // Now, because a process that is killed later would not leave anything in the cache.
  flushCompileCache();
  await runWorker(result);
}
