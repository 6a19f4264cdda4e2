/** What keeps a run, as its condition `Progressing` says in words: the other side of `api/runConditions.ts`. */
import type { Condition } from '../../api/meta.ts';

/** The first cluster that a run waits for, and why. */
export interface Hindrance {
  cluster: string;
  /** Absent where the run does not know either. */
  trouble?: string;
}

const hindered =
  /^The update run is waiting for cluster (\S+) (?:in stage \S+|to be removed from it)(?: \(and for \d+ more\))?: (.+)$/s;
const stuck =
  /^The updateRun is stuck waiting for (?:cluster )?([^\s,]+(?:, [^\s,]+)*) .*to finish updating, please check (?:crp|placement) status for potential errors(?:: (.+))?$/s;

/** Said of a cluster about which a run knows no more than the time. */
export const longWork = 'it is in work for longer than is normal';

/** Undefined where nothing is said to keep the run. */
export function hindranceIn(progressing: Condition | undefined): Hindrance | undefined {
  const [, names, trouble] =
    (progressing && (hindered.exec(progressing.message) ?? stuck.exec(progressing.message))) ?? [];
  if (names === undefined) return undefined;
  const clusters = names.replace(/\.\.\.$/, '').split(', ');
  // Of several that are stuck, the trouble need not be that of the first.
  const words = (trouble ?? '').split(/[\s,:()]+/);
  const cluster = clusters.find((name) => words.includes(name)) ?? clusters[0] ?? '';
  return { cluster, ...(trouble !== undefined && { trouble }) };
}
