/** Fetching the programs that are not on this machine yet: downloaded if possible, else built. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.ts';
import { withProgress, type Report } from '../progress.ts';
import { build } from './build.ts';
import { ChecksumError, download, isReachable } from './download.ts';
import { cacheFolder, cachePath, locate } from './locate.ts';
import type { BinaryName, Pin } from './pins.ts';
import { releaseOf, type Release } from './releases.ts';

/** Fetches each program into the cache, one after another, and never twice at once on this machine. */
export async function obtain(missing: readonly Pin[], report: Report): Promise<Map<BinaryName, string>> {
  const tellWaiting = (pid: number): void => {
    report.line(`Process ${String(pid)} is already getting the programs; waiting for it.`);
  };
  return await withLock(join(cacheFolder(), 'lock'), tellWaiting, async () => {
    report.line(`Getting ${missing.map((pin) => pin.name).join(', ')}; this is done once and may take some minutes.`);
    const downloads = join(cacheFolder(), 'downloads');
    const obtained = new Map<BinaryName, string>();
    const reachable = new Map<string, Promise<boolean>>();
    for (const pin of missing) obtained.set(pin.name, await obtainOne(pin, downloads, reachable, report));
    await rm(downloads, { recursive: true, force: true });
    return obtained;
  });
}

/** `reachable` remembers the answer for each host, so that a closed network costs its few seconds once. */
async function obtainOne(
  pin: Pin,
  downloads: string,
  reachable: Map<string, Promise<boolean>>,
  report: Report,
): Promise<string> {
  // Somebody else may have fetched it while this process waited for the lock.
  const found = await locate(pin);
  if (found !== undefined) return found;
  const target = cachePath(pin);
  const release = releaseOf(pin, { os: process.platform, processor: process.arch });
  if (release !== undefined && (await tryDownload(pin, release, downloads, reachable, report))) return target;
  await withProgress(`Building ${pin.name} ${pin.version} from its Go module`, report, () => build(pin, target));
  return target;
}

async function tryDownload(
  pin: Pin,
  release: Release,
  downloads: string,
  reachable: Map<string, Promise<boolean>>,
  report: Report,
): Promise<boolean> {
  const { host } = new URL(release.url);
  const known = reachable.get(host) ?? isReachable(release.url);
  reachable.set(host, known);
  if (!(await known)) return false;
  try {
    const text = `Downloading ${pin.name} ${pin.version} from ${host}`;
    await withProgress(text, report, () => download(release, downloads, cachePath(pin)));
    return true;
  } catch (error) {
    if (error instanceof ChecksumError) throw error;
    report.line(`${error instanceof Error ? error.message : String(error)} Building it instead.`);
    return false;
  }
}
