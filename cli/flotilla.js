#!/usr/bin/env node
// Starts the command line. Plain JavaScript, because it has to run on whatever Node there is: where that is too old for
// the rest, it runs the rest on the Node that is installed among the packages.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const oldestUsable = 24;
const program = fileURLToPath(new URL('main.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= oldestUsable) {
  await import('./main.ts');
} else {
  runOnInstalledNode();
}

function runOnInstalledNode() {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(
      `flotilla needs Node ${oldestUsable} and finds only ${process.version}; "npm run setup" installs it beside the packages.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; the inner program decides what it means, the outer one only waits.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
