/** Downloading a program from its project, if that can be reached and the file is what it should be. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { Release } from './releases.ts';

const run = promisify(execFile);

/** A closed network must not hold up the start: nobody who can be reached needs longer than this for a few bytes. */
const reachableWithinMs = 2500;

/** The file is not the published one. Never a reason to try the same address again, nor to go on without it. */
export class ChecksumError extends Error {}

/** Whether the address answers at once; a closed network or a refusing proxy does not. */
export async function isReachable(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(reachableWithinMs) });
    return answer.ok;
  } catch {
    return false;
  }
}

/**
 * Downloads a release, checks it and puts its program at `target`. An archive stays in `folder` until its name is not
 * needed any more, so that a second program from it is not downloaded again.
 * @throws {ChecksumError} if the content is not what the release says
 */
export async function download(release: Release, folder: string, target: string): Promise<void> {
  const file = join(folder, basename(new URL(release.url).pathname));
  const expected = await expectedHash(release);
  const algorithm = 'sha512' in release.check ? 'sha512' : release.check.algorithm;
  await mkdir(folder, { recursive: true });
  const found = (await hashOf(file, algorithm)) ?? (await fetchTo(release.url, file, algorithm));
  if (found !== expected) {
    await rm(file, { force: true });
    throw new ChecksumError(`${release.url} is not what was published: its ${algorithm} is ${found}, not ${expected}.`);
  }
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${String(process.pid)}.draft`;
  try {
    if (release.member === undefined) await copyFile(file, draft);
    else await extract(file, release.member, draft);
    await chmod(draft, 0o755);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

async function expectedHash({ check, url }: Release): Promise<string> {
  if ('sha512' in check) return check.sha512;
  const answer = await fetch(check.listUrl);
  if (!answer.ok) throw new Error(`${check.listUrl} answered ${String(answer.status)}.`);
  const hash = hashFromList(await answer.text(), basename(new URL(url).pathname));
  if (hash === undefined) throw new Error(`${check.listUrl} does not list ${url}.`);
  return hash;
}

/** Reads a list of checksums: lines of `hash  name`, or one hash alone, which is then that of the only file. */
export function hashFromList(list: string, name: string): string | undefined {
  const lines = list
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/));
  const [only] = lines;
  if (lines.length === 1 && only?.length === 1) return only[0]?.toLowerCase();
  return lines.find(([, file]) => file === name)?.[0]?.toLowerCase();
}

/** Writes under another name first, so that an interrupted download is never taken for a whole one. */
async function fetchTo(url: string, file: string, algorithm: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`${url} answered ${String(answer.status)}.`);
  const hash = createHash(algorithm);
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const draft = `${file}.${String(process.pid)}.draft`;
  try {
    await pipeline(Readable.fromWeb(answer.body), hashing, createWriteStream(draft));
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return hash.digest('hex');
}

async function hashOf(file: string, algorithm: string): Promise<string | undefined> {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

async function extract(archive: string, member: string, target: string): Promise<void> {
  const folder = await mkdtemp(`${target}.`);
  try {
    await run('tar', ['-xzf', archive, '-C', folder, member]);
    await rename(join(folder, member), target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
