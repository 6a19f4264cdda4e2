import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withLock } from '../../../local/lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('two holders never work at the same time, and the second is told whom it waits for', async () => {
  const path = join(folder, 'lock');
  let inside = 0;
  let most = 0;
  const waitedFor: number[] = [];
  const first = Promise.withResolvers<undefined>();
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    if (waitedFor.length === 0) await first.promise;
    inside--;
  };
  const tell = (pid: number): void => {
    waitedFor.push(pid);
    first.resolve(undefined);
  };
  await Promise.all([withLock(path, tell, work), withLock(path, tell, work)]);
  expect(most).toBe(1);
  expect(waitedFor).toEqual([process.pid]);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['whose holder is gone', JSON.stringify({ pid: process.pid, start: 'an earlier start' })],
  ['that cannot be read', '{'],
])('a lock %s counts as free', async (_, content) => {
  const path = join(folder, 'lock');
  await writeFile(path, content);
  const refuse = (): void => {
    throw new Error('waited');
  };
  expect(await withLock(path, refuse, () => Promise.resolve('done'))).toBe('done');
});

test('the lock is free again after a failure', async () => {
  const path = join(folder, 'lock');
  await expect(
    withLock(
      path,
      () => undefined,
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  expect(await readdir(folder)).toEqual([]);
});
