// The first step of `npm start`, `npm test` and `npm run setup` on a fresh clone: installs the packages and goes on with
// the Node that is among them. Plain JavaScript for Node 20 without packages, since neither is there yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 20;
const neededNode = 24;
const checkout = fileURLToPath(new URL('..', import.meta.url));
const packages = join(checkout, 'node_modules');
const installedNode = join(packages, '.bin', 'node');

const setup = ['tools/setup.ts'];

/** What each command runs, one after another, on the installed Node. */
const commands = {
  setup: [setup],
  start: [setup, ['cli/main.ts', 'tutorial']],
  test: [setup, ['tools/test.ts']],
};

await main(process.argv[2], process.argv.slice(3));

async function main(command, args) {
  const programs = commands[command];
  if (programs === undefined) fail(`Say one of: ${Object.keys(commands).join(', ')}.`);
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(`Node ${process.version} is too old to set Flotilla up; install Node ${oldestNode} or newer.`);
  }
  process.chdir(checkout);
  if (!packagesAreInstalled()) await installPackages();
  for (const [index, program] of programs.entries()) {
    const isLast = index === programs.length - 1;
    const code = await runNode(isLast && args.length > 0 ? [...program, ...args] : program);
    if (code !== 0 || isLast) process.exit(code);
  }
}

/** Ours after an installation, npm's own record after somebody has installed by hand. */
function packagesAreInstalled() {
  if (!existsSync(installedNode)) return false;
  if (existsSync(stampFile())) return readFileSync(stampFile(), 'utf8') === lockHash();
  const record = join(packages, '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync('package-lock.json').mtimeMs;
}

async function installPackages() {
  const start = Date.now();
  process.stderr.write('Installing the packages …\n');
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) fail(`${output}\nThe packages could not be installed; what npm says about it stands above.`);
  if (!existsSync(installedNode)) {
    fail(`The package "node" was installed without its program; Flotilla needs it to run on Node ${neededNode}.`);
  }
  writeFileSync(stampFile(), lockHash());
  process.stderr.write(`Installing the packages: done in ${Math.round((Date.now() - start) / 1000)} s\n`);
}

function runNpm(args) {
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const child = spawn(command, [...before, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The program sees the terminal as if it had been started there. */
function runNode(args) {
  const path = [join(packages, '.bin'), process.env.PATH ?? ''].join(delimiter);
  const environment = { ...process.env, PATH: path };
  // Where a proxy leads out of the network, downloads have to take it; nothing else leaves this machine.
  if (args === setup) environment.NODE_USE_ENV_PROXY = '1';
  const child = spawn(installedNode, args, { stdio: 'inherit', env: environment });
  const forward = (signal) => child.kill(signal);
  // A terminal sends Ctrl-C to all programs; the inner one decides what it means, this one only waits.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, forward);
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${installedNode} could not be run: ${error.message}.`));
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      for (const each of ['SIGTERM', 'SIGHUP']) process.off(each, forward);
      if (signal === null) resolve(code);
      else process.kill(process.pid, signal);
    });
  });
}

function stampFile() {
  return join(packages, '.flotilla-installed');
}

function lockHash() {
  return createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
