/** What processes cost: processor time and memory, as the Linux kernel accounts for them. */
import { readFile } from 'node:fs/promises';

export interface Cost {
  /** Seconds of processor time since the process started. */
  processorSeconds: number;
  /** Resident memory in MiB. */
  memoryMiB: number;
}

const ticksPerSecond = 100;
const pageBytes = 4_096;

/** @returns undefined where the kernel does not tell, or the process is gone. */
export async function costOf(pid: number): Promise<Cost | undefined> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
    // The second field is the name in parentheses and may hold blanks; counting starts behind it, at field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const field = (number: number): number => Number(fields[number - 3]);
    return {
      processorSeconds: (field(14) + field(15)) / ticksPerSecond,
      memoryMiB: (field(24) * pageBytes) / 2 ** 20,
    };
  } catch {
    return undefined;
  }
}
