/** Gets everything that is not an npm package. Says nothing if all is there. */
import { ensureBinaries } from '../local/binaries/binaries.ts';
import { reportTo } from '../local/progress.ts';

try {
  await ensureBinaries(reportTo(process.stderr));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
