/** Facts and clusters for tests, in few words. */
import type { ClusterFacts, RolloutFacts, RolloutTarget } from '../../../../domain/rollouts/facts.ts';
import { initialState, type RolloutState, type Work } from '../../../../domain/rollouts/state.ts';

export const older: RolloutTarget = { snapshot: 'p-0-snapshot', index: '0' };
export const latest: RolloutTarget = { snapshot: 'p-1-snapshot', index: '1' };

/** Names tell clusters apart and stand in bindings. */
export function cluster(name: string, more: Partial<ClusterFacts> = {}): ClusterFacts {
  return { cluster: name, binding: `p-${name}`, selected: true, placed: true, health: 'available', ...more };
}

/** Chosen, and without copies so far. */
export function unplaced(name: string): ClusterFacts {
  return cluster(name, { placed: undefined, health: 'unavailable' });
}

/** Not wanted any more. */
export function leaving(name: string, more: Partial<ClusterFacts> = {}): ClusterFacts {
  return cluster(name, { selected: undefined, ...more });
}

/** Wanted are all clusters that are selected; one may be unavailable, one may be too many. */
export function facts(clusters: ClusterFacts[], more: Partial<RolloutFacts> = {}): RolloutFacts {
  const settled = more.settled ?? 0;
  return {
    mode: 'rollingUpdate',
    desired: settled + clusters.filter(({ selected }) => selected).length,
    limits: { maxUnavailable: 1, maxSurge: 1, unavailableMs: 60_000, pause: 'unobserved' },
    target: latest,
    settled,
    clusters,
    ...more,
  };
}

export function stateOf(known: RolloutFacts, more: Partial<RolloutState> = {}): RolloutState {
  return { ...initialState(), facts: known, isLookDue: false, ...more };
}

export function update(name: string, target: RolloutTarget = latest): Work {
  return { kind: 'update', cluster: name, binding: `p-${name}`, target };
}

export function removal(name: string): Work {
  return { kind: 'remove', cluster: name, binding: `p-${name}` };
}

export function inHand(...work: Work[]): RolloutState['inHand'] {
  return new Map(work.map((one) => [one.cluster, { work: one }]));
}
