import type { Binaries } from './binaries.ts';
import type { Report } from '../progress.ts';
import type { Pin } from './pins.ts';
export async function obtain(missing: readonly Pin[], report: Report): Promise<Partial<Binaries>> {
  report.line('x');
  await Promise.resolve();
  throw new Error(`missing ${missing.map((pin) => pin.name).join(', ')}`);
}
