/** Getting every program that a fleet needs. */
import type { Report } from '../progress.ts';
import { locate } from './locate.ts';
import { obtain } from './obtain.ts';
import { binaryNames, pins, type BinaryName } from './pins.ts';

/** Absolute path of each program. */
export type Binaries = Record<BinaryName, string>;

/**
 * Finds every program, and fetches those that are not on this machine yet; the first time that takes minutes.
 * The order for each: its environment variable, the PATH if the version is right, the cache, the official archive,
 * the pinned Go module.
 * @param report told what is going on; silent if everything is there
 */
export async function ensureBinaries(report: Report): Promise<Binaries> {
  const found = new Map<BinaryName, string>();
  await Promise.all(
    binaryNames.map(async (name) => {
      const path = await locate(pins[name]);
      if (path !== undefined) found.set(name, path);
    }),
  );
  const missing = binaryNames.filter((name) => !found.has(name)).map((name) => pins[name]);
  const obtained = missing.length === 0 ? [] : await obtain(missing, report);
  return Object.fromEntries([...found, ...obtained]) as Binaries;
}
