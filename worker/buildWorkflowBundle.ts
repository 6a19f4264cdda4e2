/** Builds the workflow bundle ahead of time, for images: `node worker/buildWorkflowBundle.ts`. */
import { readConfiguration } from './configuration.ts';
import { ensureWorkflowBundle } from './workflowBundle.ts';

const { configuration, mistakes } = readConfiguration(process.argv.slice(2), process.env);
if (configuration === undefined) {
  for (const mistake of mistakes) console.error(mistake);
  process.exitCode = 2;
} else {
  console.log(await ensureWorkflowBundle(configuration));
}
