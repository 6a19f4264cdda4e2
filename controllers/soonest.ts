import type { Requeue } from '../kube/workqueue.ts';

/** When a key is due again of which several parts wait, each for so many milliseconds; undefined if none does. */
export function soonest(...waits: readonly (number | undefined)[]): Requeue | undefined {
  const known = waits.filter((wait) => wait !== undefined);
  return known.length === 0 ? undefined : { requeueAfterMs: Math.min(...known) };
}
