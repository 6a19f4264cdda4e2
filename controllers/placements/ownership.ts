import { labels } from '../../api/labels.ts';
import { isOwnedBy, type KubernetesObject } from '../../api/meta.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ListOptions } from '../../kube/client.ts';

/** Indexes that a placement keeps when it does not say how many. Source: the reference's CRD default. */
const defaultRevisionHistoryLimit = 10;

/** Those of `objects` that this placement made, not a deleted one that had the same name. */
export function ownedBy<T extends KubernetesObject>(placement: ClusterResourcePlacement, objects: readonly T[]): T[] {
  const { uid } = placement.metadata;
  return objects.filter((object) => isOwnedBy(object, uid));
}

/** Where and by which label to find what belongs to a placement. */
export function belongsTo({ name, namespace }: ObjectReference): ListOptions {
  return { ...scopeOf({ namespace }), labelSelector: `${labels.parentPlacement}=${name}` };
}

/** How many snapshots of each sort a placement keeps. */
export function historyLimit({ spec }: ClusterResourcePlacement): number {
  return spec.revisionHistoryLimit ?? defaultRevisionHistoryLimit;
}

/** The snapshot with its label `is-latest-snapshot` set. */
export function labelledLatest<T extends KubernetesObject>(snapshot: T, isLatest: boolean): T {
  const { metadata } = snapshot;
  return {
    ...snapshot,
    metadata: { ...metadata, labels: { ...metadata.labels, [labels.isLatestSnapshot]: String(isLatest) } },
  };
}
