import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { isAlive, startMark } from '../../../local/processIdentity.ts';
import type { ProcessSpec } from '../../../local/processSpec.ts';
import { endOrphans, startSupervisor, type Supervisor } from '../../../local/supervision.ts';
import { runFolder } from '../../../local/state.ts';

let data: string;
let supervisor: Supervisor;

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flotilla-supervisor-'));
  await mkdir(join(data, 'logs'));
  supervisor = await startSupervisor(data, false);
});

afterEach(async () => {
  if (await isAlive(supervisor.identity)) await supervisor.shutDown();
  await rm(data, { recursive: true, force: true });
});

function shell(name: string, script: string, rest: Partial<ProcessSpec> = {}): ProcessSpec {
  const logFile = join(data, 'logs', `${name}.log`);
  return {
    name,
    command: 'sh',
    args: ['-c', script],
    env: {},
    cwd: data,
    logFile,
    stopPhase: 0,
    graceMs: 2000,
    ...rest,
  };
}

const sleeper = (name: string, rest: Partial<ProcessSpec> = {}): ProcessSpec => shell(name, 'exec sleep 60', rest);

async function gone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await startMark(pid)) !== undefined) {
    if (Date.now() > deadline) throw new Error(`Process ${String(pid)} still runs.`);
    await delay(20);
  }
}

test('starts a process, says how it ended, and starts it again as before', async () => {
  await supervisor.start('one', shell('one', 'echo "$WORD" in "$PWD"; exit 3', { env: { WORD: 'hello' } }));
  expect(await supervisor.ended('one')).toMatchObject({ name: 'one', state: 'ended', ending: 'code 3' });
  await supervisor.start('one');
  await supervisor.ended('one');
  expect(await readFile(join(data, 'logs/one.log'), 'utf8')).toBe(`hello in ${data}\n`.repeat(2));
});

test('kills a process by signal, and restarts nothing by itself', async () => {
  const { pid } = await supervisor.start('one', sleeper('one'));
  await supervisor.kill('one', 'SIGKILL');
  expect(await supervisor.ended('one')).toMatchObject({ pid, state: 'ended', ending: 'signal SIGKILL' });
  expect((await supervisor.processes()).map(({ state }) => state)).toEqual(['ended']);
});

test('refuses to start what runs, what is unknown and what is no program', async () => {
  await supervisor.start('one', sleeper('one'));
  await expect(supervisor.start('one', sleeper('one'))).rejects.toThrow('"one" already runs.');
  await expect(supervisor.kill('two', 'SIGTERM')).rejects.toThrow('The fleet has no process "two".');
  await expect(supervisor.start('two', sleeper('two', { command: '/nothing' }))).rejects.toThrow(
    'two could not be started',
  );
});

test('ends processes phase by phase, the stubborn ones the hard way', async () => {
  const script = (name: string): string =>
    `trap 'echo ${name} >> order; exit' TERM; echo up; while :; do sleep 0.02; done`;
  const started = [
    await supervisor.start('late', shell('late', script('late'), { stopPhase: 2 })),
    await supervisor.start('early', shell('early', script('early'), { stopPhase: 1 })),
    await supervisor.start(
      'deaf',
      shell('deaf', 'trap "" TERM; echo up; while :; do sleep 0.02; done', { graceMs: 100 }),
    ),
  ];
  for (const { logFile } of started) {
    while (!(await readFile(logFile, 'utf8')).includes('up')) await delay(10);
  }
  await supervisor.shutDown();
  expect(await readFile(join(data, 'order'), 'utf8')).toBe('early\nlate\n');
  for (const { pid } of started) await gone(pid);
  expect(await isAlive(supervisor.identity)).toBe(false);
});

test('its own violent end ends its processes', async () => {
  const { pid } = await supervisor.start('one', sleeper('one'));
  process.kill(supervisor.identity.pid, 'SIGKILL');
  await gone(pid);
});

test('what outlives supervisor and guard is found and ended later, nothing else is', async () => {
  const deaf = await supervisor.start('deaf', shell('deaf', 'trap "" TERM; echo up; while :; do sleep 0.02; done'));
  while (!(await readFile(deaf.logFile, 'utf8')).includes('up')) await delay(10);
  process.kill(supervisor.identity.pid, 'SIGKILL');
  await gone(supervisor.identity.pid);
  expect(await startMark(deaf.pid)).toBeDefined();
  await expect(readFile(join(runFolder(data), 'deaf.pid'), 'utf8')).resolves.toContain(String(deaf.pid));
  expect(await endOrphans(data)).toEqual(['deaf']);
  expect(await startMark(deaf.pid)).toBeUndefined();
  expect(await endOrphans(data)).toEqual([]);
});

test('a fleet ends with the program that started it, unless it was detached', async () => {
  const attached = await startFromAnotherProgram('attached');
  const detached = await startFromAnotherProgram('detached');
  for (const { program } of [attached, detached]) {
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
  await gone(attached.pid);
  expect(await startMark(detached.pid)).toBeDefined();
  process.kill(detached.pid, 'SIGTERM');
  await gone(detached.pid);
});

/** A program that starts a supervisor and then waits; `pid` is the supervisor's. */
async function startFromAnotherProgram(kind: 'attached' | 'detached'): Promise<{ program: ChildProcess; pid: number }> {
  const folder = join(data, kind);
  await mkdir(join(folder, 'logs'), { recursive: true });
  const program = fork(fileURLToPath(new URL('../../support/startSupervisor.ts', import.meta.url)), [folder, kind], {
    execArgv: [],
  });
  const [pid] = (await once(program, 'message')) as [number];
  return { program, pid };
}
