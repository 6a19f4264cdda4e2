/** What processes cost: processor time and memory, as the Linux kernel accounts for them. */
import { readFile, writeFile } from 'node:fs/promises';

export interface Cost {
  /** Seconds of processor time since the process started. */
  processorSeconds: number;
  /** Resident memory in MiB. */
  memoryMiB: number;
  /** Most resident memory in MiB since the process started, or since {@link forgetPeak}. */
  peakMiB: number;
}

const ticksPerSecond = 100;
const pageBytes = 4_096;

/** @returns undefined where the kernel does not tell, or the process is gone. */
export async function costOf(pid: number): Promise<Cost | undefined> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
    // The second field is the name in parentheses and may hold blanks; counting starts behind it, at field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      processorSeconds: (field(14) + field(15)) / ticksPerSecond,
      memoryMiB: (field(24) * pageBytes) / 2 ** 20,
      peakMiB: Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 2 ** 10,
    };
  } catch {
    return undefined;
  }
}

/** Begins to look for the most memory anew. Where the kernel does not let us, the peak since the start remains. */
export async function forgetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${String(pid)}/clear_refs`, '5').catch(() => undefined);
}
