import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { endProcess, isAlive, startMark } from '../../../local/processIdentity.ts';

test('a process has a mark as long as it runs, and none afterwards', async () => {
  const child = spawn('sleep', ['60']);
  const pid = child.pid!;
  const start = await startMark(pid);
  expect(start).toBeDefined();
  expect(await isAlive({ pid, start: start! })).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await startMark(pid)).toBeUndefined();
});

test('another process with the same number is not taken for the recorded one, and is left alone', async () => {
  const child = spawn('sleep', ['60']);
  const recorded = { pid: child.pid!, start: 'an earlier start' };
  expect(await isAlive(recorded)).toBe(false);
  await endProcess(recorded, 100);
  expect(child.exitCode ?? child.signalCode).toBeNull();
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a process that ignores SIGTERM is ended after its grace', async () => {
  const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.05; done']);
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  await endProcess({ pid: child.pid!, start: (await startMark(child.pid!))! }, 100);
  const [, signal] = (await exited) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
});
