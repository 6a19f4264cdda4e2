/** Getting every program that a fleet needs. */
import { locate } from './locate.ts';
import { binaryNames, pins, type BinaryName } from './pins.ts';
import { obtain } from './obtain.ts';
import type { Report } from '../progress.ts';

/** Absolute path of each program. */
export type Binaries = Record<BinaryName, string>;

/**
 * Finds every program, and fetches those that are not on this machine yet; the first time that takes minutes.
 * @param report told what is going on; silent if everything is there
 */
export async function ensureBinaries(report: Report): Promise<Binaries> {
  const found = await Promise.all(binaryNames.map(async (name) => [name, await locate(pins[name])] as const));
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => pins[name]);
  const obtained = missing.length === 0 ? {} : await obtain(missing, report);
  return { ...Object.fromEntries(found.filter(([, path]) => path !== undefined)), ...obtained } as Binaries;
}
