/** What is known of one cluster by now: what the hub showed, and what has been done since. */
import { targetKey, type ClusterFacts, type RolloutFacts } from './facts.ts';
import { countsFrom } from './limits.ts';
import type { RolloutState, WorkDone, WorkInHand } from './state.ts';

export interface Standing extends ClusterFacts {
  inHand?: WorkInHand;
  /** Work on it came to no end. What is there now is not known before the next look, which is due. */
  unclear?: true;
  /**
   * `available` counts for the budget. `settling` will, at `countsFrom`; until then it keeps the slot in which it was
   * updated. A cluster in hand, or one that is about to lose its copies, is `unavailable` unless it is known to have
   * failed.
   */
  state: 'available' | 'settling' | 'unavailable' | 'failed';
}

/** Clusters that the hub lists, without those from which the copies have been removed since. */
export function standings(
  { facts, inHand, done }: Pick<RolloutState, 'facts' | 'inHand' | 'done'>,
  now: number,
): Standing[] {
  if (facts === undefined) return [];
  return facts.clusters.flatMap((listed): Standing[] => {
    const work = inHand.get(listed.cluster);
    if (work !== undefined) return [standingInHand(listed, work)];
    const end = done.get(listed.cluster);
    if (end?.result === 'removed') return [];
    if (end?.result === 'unclear') return [{ ...listed, placed: true, unclear: true, state: 'unavailable' }];
    const known = end === undefined ? listed : afterUpdate(listed, end, facts);
    return [{ ...known, state: stateOf(known, now) }];
  });
}

function afterUpdate(listed: ClusterFacts, { work, available }: WorkDone, facts: RolloutFacts): ClusterFacts {
  const { cluster, binding, selected, deleting } = listed;
  const from = available && countsFrom(available, facts.limits, selected === true);
  const copies = { placed: true, health: 'available', countsFrom: from } as const;
  const known = { cluster, binding, selected, deleting, ...copies };
  const { target } = facts;
  const reached = work.kind === 'update' && target !== undefined && targetKey(work.target) === targetKey(target);
  return reached ? { ...known, atTarget: true, reached } : known;
}

/** An update leaves copies behind from its first moment. */
function standingInHand(listed: ClusterFacts, work: WorkInHand): Standing {
  const state = listed.health === 'failed' ? 'failed' : 'unavailable';
  return { ...listed, ...(work.work.kind === 'update' && { placed: true }), inHand: work, state };
}

function stateOf({ health, deleting, countsFrom }: ClusterFacts, now: number): Standing['state'] {
  if (health !== 'available') return health;
  if (deleting === true) return 'unavailable';
  return (countsFrom ?? 0) <= now ? 'available' : 'settling';
}
