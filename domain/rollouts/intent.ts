/**
 * What the hub asks of a rolling update, without how far it is: whoever starts and wakes rolling updates compares it
 * with what it was, so that the traces of their own work wake nobody.
 */
import { compareBytes } from '../ordering.ts';
import { targetKey, type RolloutFacts } from './facts.ts';
import { modeOf, targetOf, type RolloutInput } from './readFacts.ts';

export interface RolloutIntent {
  /** Equal as long as mode, limits and target are asked for in the same words. */
  rules: string;
  /** Clusters that are to have copies, sorted. */
  selected: string[];
  /** Clusters that are to lose them, sorted. */
  leaving: string[];
}

/** Limits as they are written: in clusters they follow from the selected ones. */
export function intentOf({ placement, bindings, snapshot }: Omit<RolloutInput, 'now' | 'pause'>): RolloutIntent {
  const strategy = placement?.spec.strategy ?? {};
  const mode = modeOf(placement);
  const selected: string[] = [];
  const leaving: string[] = [];
  for (const { metadata, spec } of bindings) {
    const isLeaving = mode === 'remove' || metadata.deletionTimestamp !== undefined || spec.state === 'Unscheduled';
    (isLeaving ? leaving : selected).push(spec.targetCluster);
  }
  const target = snapshot === undefined || mode === 'remove' ? '' : targetKey(targetOf(snapshot, strategy));
  const rules = JSON.stringify([mode, mode === 'rollingUpdate' ? strategy.rollingUpdate : undefined, target]);
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
      return false;
    case 'external':
      return clusters.some(({ deleting }) => deleting === true);
    case 'remove':
      return clusters.length > 0;
    case 'rollingUpdate':
      return clusters.some(({ selected, deleting, reached }) => {
        const isLeaving = selected !== true || deleting === true;
        return isLeaving || (target !== undefined && reached !== true);
      });
  }
}
