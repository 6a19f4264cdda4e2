/** What is to become of a cluster that nobody works on, and what that costs the others. */
import type { RolloutFacts, RolloutTarget } from './facts.ts';
import type { Standing } from './standing.ts';
import { workKey, type Retry, type Work } from './state.ts';
import { waitForRun, waitForSnapshot, waitToRetry, waitToSettle, type Wait } from './waits.ts';

/**
 * `free` costs nothing, because the cluster is not available anyway. `budgeted` takes an available cluster away, for a
 * while or for good. `added` brings copies to one cluster more. A lower rank goes first.
 */
export type Want =
  | { what: 'nothing' }
  | { what: 'free' | 'budgeted' | 'added'; rank: number; work: Work }
  | { what: 'wait'; wait: Wait };

/** @param now epoch milliseconds */
export function wantOf(facts: RolloutFacts, cluster: Standing, retry: Retry | undefined, now: number): Want {
  const want = wantAtOnce(facts, cluster);
  if (!('work' in want) || retry === undefined || retry.at <= now || retry.work !== workKey(want.work)) return want;
  return { what: 'wait', wait: waitToRetry(retry.reason, retry.at) };
}

const nothing: Want = { what: 'nothing' };

/** What somebody has begun is brought to its end first, then what is broken gets its chance, then room is made. */
const ranks = { finishRemoval: 0, repair: 1, failed: 2, unavailable: 3, remove: 4, update: 5, add: 6 } as const;

function wantAtOnce(facts: RolloutFacts, cluster: Standing): Want {
  if (cluster.unclear === true) return nothing;
  const removal: Work = { kind: 'remove', cluster: cluster.cluster, binding: cluster.binding };
  switch (facts.mode) {
    case 'gone':
      return nothing;
    case 'remove':
      return { what: 'free', rank: ranks.finishRemoval, work: removal };
    case 'external':
      // Somebody has deleted the binding: that is no rollout, and nobody else takes the copies away.
      if (cluster.deleting === true) return { what: 'free', rank: ranks.finishRemoval, work: removal };
      return isWanting(cluster) ? { what: 'wait', wait: waitForRun() } : nothing;
    case 'rollingUpdate':
      if (cluster.deleting === true) return { what: 'free', rank: ranks.finishRemoval, work: removal };
      if (cluster.selected !== true) return priced(cluster, ranks.remove, removal);
      return facts.target === undefined
        ? { what: 'wait', wait: waitForSnapshot() }
        : wantedUpdate(cluster, facts.target);
  }
}

function wantedUpdate(cluster: Standing, target: RolloutTarget): Want {
  const work: Work = { kind: 'update', cluster: cluster.cluster, binding: cluster.binding, target };
  if (cluster.placed !== true) return { what: 'added', rank: ranks.add, work };
  if (cluster.atTarget !== true) return priced(cluster, ranks.update, work);
  // Claimed for the target, but nobody has seen it get there, or the binding has changed since.
  return cluster.reached === true ? nothing : { what: 'free', rank: ranks.repair, work };
}

/** @param rank that of work on an available cluster */
function priced(cluster: Standing, rank: number, work: Work): Want {
  switch (cluster.state) {
    case 'available':
      return { what: 'budgeted', rank, work };
    case 'settling':
      return { what: 'wait', wait: waitToSettle(cluster.countsFrom ?? 0) };
    case 'unavailable':
    case 'failed':
      return { what: 'free', rank: work.kind === 'remove' ? rank : ranks[cluster.state], work };
  }
}

/** Whether anything would have to be done, whoever does it. */
function isWanting({ selected, deleting, reached }: Standing): boolean {
  return selected !== true || deleting === true || reached !== true;
}
