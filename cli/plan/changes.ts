/** What a run would change on clusters, as names; clusters with the same changes stand together. */
import { describeObject } from '../../domain/selection/identifiers.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import { changedFields } from '../changes/changedFields.ts';
import type { ObjectChanges } from '../changes/objectChanges.ts';

/** Objects as `ConfigMap web/settings`; fields as paths, without values. */
export interface Changes {
  added: string[];
  changed: { object: string; fields: string[] }[];
  removed: string[];
}

/**
 * How the changes were found out:
 * - `member`: by asking the member
 * - `snapshots`: by comparing the snapshot that the cluster was brought with the one that it would get
 * - `upToDate`: the hub knows that the cluster has all of it; the run passes it by
 * - `unknown`: they could not be
 */
export type ChangesSource = 'member' | 'snapshots' | 'upToDate' | 'unknown';

export interface ClusterChanges extends Changes {
  cluster: string;
  source: ChangesSource;
  /** Why the member was not asked: a clause. */
  note?: string;
}

/** The same for several clusters, in the order of the plan. */
export interface ChangesGroup extends Omit<ClusterChanges, 'cluster'> {
  clusters: string[];
}

export const noChanges: Changes = { added: [], changed: [], removed: [] };

/** Names instead of objects. */
export function namedChanges({ added, changed, removed }: ObjectChanges): Changes {
  return {
    added: added.map(describeObject),
    changed: changed.map(({ before, after }) => ({
      object: describeObject(after),
      fields: changedFields(before, after),
    })),
    removed: removed.map(describeObject),
  };
}

/** Groups stand in the order of their first clusters. */
export function groupChanges(clusters: readonly ClusterChanges[]): ChangesGroup[] {
  const groups = new Map<string, ChangesGroup>();
  for (const { cluster, ...changes } of clusters) {
    const key = goJson(changes);
    const group = groups.get(key) ?? { clusters: [], ...changes };
    group.clusters.push(cluster);
    groups.set(key, group);
  }
  return [...groups.values()];
}
