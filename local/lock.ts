/** A lock file that one process holds; a lock whose holder is gone counts as free. */
import { mkdir, readFile, link, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, startMark, type ProcessIdentity } from './processIdentity.ts';

/**
 * Runs `work` while holding the lock at `path`.
 * @param onWait called once, with the holder's process number, if somebody else holds it
 */
export async function withLock<T>(path: string, onWait: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  await acquire(path, onWait);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, onWait: (pid: number) => void): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const own: ProcessIdentity = { pid: process.pid, start: (await startMark(process.pid)) ?? '' };
  let told = false;
  while (!(await tryToCreate(path, own))) {
    const holder = await readHolder(path);
    if (holder === undefined || !(await isAlive(holder))) {
      await removeStale(path, holder);
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await delay(200);
  }
}

/** Writes the whole content first and links it to its name, so that nobody ever reads half a lock. */
async function tryToCreate(path: string, own: ProcessIdentity): Promise<boolean> {
  const draft = `${path}.${String(own.pid)}.${Math.random().toString(36).slice(2)}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Two waiters may find the same stale lock; only one that still holds the dead holder's text may go. */
async function removeStale(path: string, stale: ProcessIdentity | undefined): Promise<void> {
  const now = await readHolder(path);
  if (JSON.stringify(now) === JSON.stringify(stale)) await rm(path, { force: true });
}

async function readHolder(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
