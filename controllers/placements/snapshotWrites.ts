/**
 * From a selection to the writes that make a snapshot of it. The placement loop and the runs without an index both
 * come through here, possibly at the same moment and in different workers.
 */
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { nameOf, referenceOf, scopeOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import {
  highestIndexNamed,
  indexesInUse,
  planSnapshot,
  resourceHash,
  type SnapshotPlan,
} from '../../domain/snapshots/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { belongsTo, historyLimit, labelledLatest, ownedBy } from './ownership.ts';

/** What a snapshot is to hold. */
export interface SnapshotContent {
  /** Cleaned, in snapshot order. */
  objects: readonly KubernetesObject[];
  /** Hash of `objects`. */
  hash: string;
}

export function contentOf(objects: readonly KubernetesObject[]): SnapshotContent {
  return { objects, hash: resourceHash(objects) };
}

/** The placement's snapshots as the hub holds them now, every part. */
export async function readSnapshots(
  hub: KubernetesClient,
  placement: ClusterResourcePlacement,
): Promise<ClusterResourceSnapshot[]> {
  const { items } = await hub.list(kindsIn(placement.metadata).resourceSnapshot, belongsTo(referenceOf(placement)));
  return ownedBy(placement, items);
}

/** What has to be written so that the latest of the `existing` snapshots holds `content`. */
export function planFor(
  { caches }: Pick<PlacementControllerDependencies, 'caches'>,
  placement: ClusterResourcePlacement,
  existing: readonly ClusterResourceSnapshot[],
  { objects, hash }: SnapshotContent,
): SnapshotPlan {
  const { uid = '', creationTimestamp } = placement.metadata;
  const reference = referenceOf(placement);
  const used = { placement: reference, bindings: caches.ofPlacement('binding', reference), runs: caches.items('run') };
  return planSnapshot({
    placement: { ...reference, uid },
    existing,
    objects,
    hash,
    revisionHistoryLimit: historyLimit(placement),
    indexesInUse: indexesInUse({ ...used, existing }),
    highestIndexNamed: highestIndexNamed({ ...used, createdAt: creationTimestamp }),
  });
}

export function isSettled({ loseLatestLabel, regainLatestLabel, create, isNewIndex }: SnapshotPlan): boolean {
  return !isNewIndex && loseLatestLabel.length === 0 && regainLatestLabel === undefined && create.length === 0;
}

/**
 * Carries a plan out. Whoever changed the latest snapshot since the plan's snapshots were read, or took the index that
 * the plan gives, makes a write fail; the caller then has to read everything again.
 * @throws KubernetesError, of class `conflict`, `alreadyExists` or `notFound` when somebody else was faster
 */
export async function carryOut(
  { hub, log }: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  plan: SnapshotPlan,
): Promise<void> {
  if (isSettled(plan)) return;
  const { resourceSnapshot } = kindsIn(placement.metadata);
  const scope = scopeOf(placement.metadata);
  for (const snapshot of plan.loseLatestLabel) await relabel(hub, snapshot, false);
  if (plan.regainLatestLabel !== undefined) await relabel(hub, plan.regainLatestLabel, true);
  for (const snapshot of plan.create) await hub.create(resourceSnapshot, snapshot);
  for (const { metadata } of plan.remove) {
    await hub.delete(resourceSnapshot, metadata.name, { ...scope, uid: metadata.uid });
  }
  const objects = plan.create.flatMap(({ spec }) => spec.selectedResources).length;
  log.info(
    { placement: nameOf(placement), resourceSnapshotIndex: plan.index, objects },
    plan.isNewIndex ? 'Took a resource snapshot.' : 'Completed a resource snapshot.',
  );
}

/** A JSON patch, since replacing would send the whole content back. */
async function relabel(hub: KubernetesClient, snapshot: ClusterResourceSnapshot, isLatest: boolean): Promise<void> {
  const { name, resourceVersion } = snapshot.metadata;
  const body = [
    { op: 'add', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/labels', value: labelledLatest(snapshot, isLatest).metadata.labels },
  ];
  await hub.patch(
    kindsIn(snapshot.metadata).resourceSnapshot,
    name,
    { type: 'json', body },
    scopeOf(snapshot.metadata),
  );
}
