#!/usr/bin/env node
// Starts the command line. Plain JavaScript, because it has to run on whatever Node there is: where that is too old for
// the rest, it runs the rest on the Node that is installed among the packages.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestUsable = 24;

if (Number(process.versions.node.split('.')[0]) >= oldestUsable) {
  keepCompiled();
  await import('./main.ts');
} else {
  runOnInstalledNode();
}

// Node keeps what it has compiled, so that the next command starts in half the time. Only what is loaded after this
// counts, so it is not in TypeScript: reading that is itself a large part of a start. Where the folder cannot be
// written, everything is compiled each time.
function keepCompiled() {
  const { FLOTILLA_CACHE, XDG_CACHE_HOME } = process.env;
  const folder = FLOTILLA_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'flotilla');
  module.enableCompileCache(join(folder, 'node'));
}

function runOnInstalledNode() {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    process.stderr.write(
      `flotilla needs Node ${oldestUsable} and finds only ${process.version}; "npm run setup" installs it beside the packages.\n`,
    );
    process.exit(1);
  }
  // The name in PATH by which this was called says what it is called for.
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; the inner program decides what it means, the outer one only waits.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
