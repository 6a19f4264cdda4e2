/**
 * The one process that owns all processes of a fleet: `node local/supervisor.ts DATA_FOLDER [--temporary]`.
 *
 * It starts and ends them when told over a loopback port, restarts nothing by itself, and ends everything when it is
 * told to, gets SIGTERM, or loses the process that started it (the IPC channel closes) before `POST /detach`.
 * Should it be killed itself, a shell that waits at a pipe for its end ends its children.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, closeSync, rmSync, writeFileSync, statSync, renameSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startMark } from './processIdentity.ts';
import { temporaryFlag, type ProcessSpec, type ProcessStatus, type SupervisorAddress } from './processSpec.ts';
import { runFolder } from './state.ts';

/** Log files above this size are put aside before a process starts anew. */
const largestLogBytes = 20 * 1024 * 1024;

interface Owned {
  spec: ProcessSpec;
  child: ChildProcess;
  status: ProcessStatus;
  ended: Promise<void>;
}

class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const [data = '.', flag] = process.argv.slice(2);
const owned = new Map<string, Owned>();
const token = randomBytes(16).toString('hex');
let stopping: Promise<void> | undefined;
let detached = false;

mkdirSync(runFolder(data), { recursive: true });
const guard = startGuard();
const server = createServer((request, response) => {
  answer(request).then(
    (result) => response.end(JSON.stringify(result)),
    (error: unknown) => {
      response.statusCode = error instanceof RequestError ? error.status : 500;
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    },
  );
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stopAndExit(signal));
process.on('disconnect', () => {
  if (!detached) void stopAndExit('the end of the program that started the fleet');
});
await listen(server);

async function listen(target: Server): Promise<void> {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((target.address() as AddressInfo).port)}`;
  const address: SupervisorAddress = { url, token };
  if (process.connected) process.send?.(address);
  log(`started as process ${String(process.pid)}`);
}

async function answer(request: IncomingMessage): Promise<unknown> {
  if (request.headers.authorization !== `Bearer ${token}`) throw new RequestError(401, 'wrong token');
  const [, room, name, action] = (request.url ?? '').split('/').map(decodeURIComponent);
  const body = request.method === 'POST' ? await readBody(request) : undefined;
  if (room === 'processes' && name === undefined) return [...owned.values()].map((entry) => entry.status);
  if (room === 'processes' && name !== undefined) return await actOn(name, action, body);
  if (room === 'detach') return { detached: (detached = true) };
  throw new RequestError(404, `nothing at ${request.url ?? ''}`);
}

async function actOn(name: string, action: string | undefined, body: unknown): Promise<ProcessStatus> {
  if (action === 'start') return await start(name, body as ProcessSpec | undefined);
  const entry = owned.get(name);
  if (entry === undefined) throw new RequestError(404, `The fleet has no process "${name}".`);
  if (action === 'kill') {
    const signal = (body as { signal: NodeJS.Signals }).signal;
    if (entry.status.state === 'running') entry.child.kill(signal);
  } else if (action === 'exit') {
    await entry.ended;
  } else {
    throw new RequestError(404, `A process has no action "${String(action)}".`);
  }
  return entry.status;
}

async function start(name: string, given: ProcessSpec | undefined): Promise<ProcessStatus> {
  if (stopping !== undefined) throw new RequestError(409, 'The fleet is being stopped.');
  const previous = owned.get(name);
  if (previous?.status.state === 'running') throw new RequestError(409, `"${name}" already runs.`);
  const spec = given ?? previous?.spec;
  if (spec === undefined) throw new RequestError(404, `The fleet has no process "${name}".`);
  const child = await spawnProcess(spec);
  const pid = child.pid ?? 0;
  const status: ProcessStatus = { name, state: 'running', pid, logFile: spec.logFile, since: new Date().toISOString() };
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      rmSync(pidFile(name), { force: true });
      status.state = 'ended';
      status.since = new Date().toISOString();
      status.ending = signal === null ? `code ${String(code)}` : `signal ${signal}`;
      log(`${name} (process ${String(pid)}) ended with ${status.ending}`);
      resolve();
    });
  });
  owned.set(name, { spec, child, status, ended });
  // The number stands alone on the first line because the guard, a shell, reads it with `read`.
  writeFileSync(pidFile(name), `${String(pid)}\n${(await startMark(pid)) ?? ''}\n`);
  if (child.exitCode !== null || child.signalCode !== null) rmSync(pidFile(name), { force: true });
  log(`${name} started as process ${String(pid)}`);
  return status;
}

async function spawnProcess(spec: ProcessSpec): Promise<ChildProcess> {
  setAsideIfLarge(spec.logFile);
  const output = openSync(spec.logFile, 'a');
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      stdio: ['ignore', output, output],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => {
        reject(new RequestError(500, `${spec.name} could not be started: ${error.message}.`));
      });
    });
    return child;
  } finally {
    closeSync(output);
  }
}

async function stopAndExit(cause: string): Promise<void> {
  await (stopping ??= stopEverything(cause));
  exit();
}

function exit(): void {
  log('ended');
  guard.stdin?.end();
  if (flag === temporaryFlag) rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  process.exit(0);
}

async function stopEverything(cause: string): Promise<void> {
  log(`stopping everything because of ${cause}`);
  const phases = new Set([...owned.values()].map((entry) => entry.spec.stopPhase));
  for (const phase of [...phases].sort((a, b) => a - b)) {
    const members = [...owned.values()].filter((entry) => entry.spec.stopPhase === phase);
    await Promise.all(members.map(stopOne));
  }
}

async function stopOne(entry: Owned): Promise<void> {
  if (entry.status.state !== 'running') return;
  // A process that a test has stopped with SIGSTOP would not hear anything else.
  entry.child.kill('SIGCONT');
  entry.child.kill('SIGTERM');
  const timer = setTimeout(() => {
    log(`${entry.spec.name} did not end within ${String(entry.spec.graceMs)} ms`);
    entry.child.kill('SIGKILL');
  }, entry.spec.graceMs);
  await entry.ended;
  clearTimeout(timer);
}

/** The pipe closes when the supervisor is gone for whatever reason; after an orderly end no file is left to act on. */
function startGuard(): ChildProcess {
  const script =
    'while read -r line; do :; done; ' +
    'for file in "$1"/*.pid; do [ -f "$file" ] && read -r pid < "$file" && kill -TERM "$pid" 2>/dev/null; done';
  const shell = spawn('sh', ['-c', script, 'flotilla-guard', runFolder(data)], { stdio: ['pipe', 'ignore', 'ignore'] });
  shell.on('error', (error) => {
    log(`no guard: ${error.message}`);
  });
  return shell;
}

function pidFile(name: string): string {
  return join(runFolder(data), `${name}.pid`);
}

function setAsideIfLarge(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largestLogBytes) renameSync(file, `${file}.previous`);
}

function log(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
