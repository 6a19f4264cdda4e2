/**
 * What the hub asks of a rolling update, without how far it is: whoever starts and wakes rolling updates compares it
 * with what it was, so that the traces of their own work wake nobody.
 */
import { compareBytes } from '../ordering.ts';
import { targetKey, type RolloutFacts } from './facts.ts';
import { readFacts, type RolloutInput } from './readFacts.ts';

export interface RolloutIntent {
  /** Equal as long as mode, limits and target are. */
  rules: string;
  /** Clusters that are to have copies, sorted. */
  selected: string[];
  /** Clusters that are to lose them, sorted. */
  leaving: string[];
}

/** @throws RangeError when a limit of the strategy cannot be read */
export function intentOf(input: Omit<RolloutInput, 'now'>): RolloutIntent {
  const { mode, desired, limits, target } = readFacts({ ...input, now: 0 });
  const selected: string[] = [];
  const leaving: string[] = [];
  for (const { metadata, spec } of input.bindings) {
    const isLeaving = metadata.deletionTimestamp !== undefined || spec.state === 'Unscheduled';
    (isLeaving ? leaving : selected).push(spec.targetCluster);
  }
  const rules = JSON.stringify([mode, desired, limits, target === undefined ? '' : targetKey(target)]);
  return { rules, selected: selected.sort(compareBytes), leaving: leaving.sort(compareBytes) };
}

/** Whether a rolling update has to look again. That a cluster has lost its copies is what it has done itself. */
export function isNewIntent(before: RolloutIntent | undefined, now: RolloutIntent): boolean {
  if (before === undefined) return true;
  if (before.rules !== now.rules || before.selected.join() !== now.selected.join()) return true;
  const known = new Set(before.leaving);
  return now.leaving.some((cluster) => !known.has(cluster));
}

/**
 * Whether a rolling update has anything to do, so that one is started where none is alive. That all it could do is
 * blocked does not matter: it says so, and waits.
 */
export function hasWork({ mode, target, clusters }: RolloutFacts): boolean {
  switch (mode) {
    case 'gone':
    case 'external':
      return false;
    case 'remove':
      return clusters.length > 0;
    case 'rollingUpdate':
      return clusters.some(({ selected, deleting, reached }) => {
        const isLeaving = selected !== true || deleting === true;
        return isLeaving || (target !== undefined && reached !== true);
      });
  }
}
