/** The objects that hold a snapshot on the hub. */
import { apiVersionOf } from '../../api/meta.ts';
import type { KubernetesObject, OwnerReference } from '../../api/meta.ts';
import { kindsIn } from '../../api/kinds.ts';
import { annotations, labels } from '../../api/labels.ts';
import { resourceSnapshotName, resourceSubSnapshotName } from '../../api/names.ts';
import { inScopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { isEnvelope } from '../selection/envelopes.ts';
import { goJson } from './goJson.ts';

/** The placement that a snapshot belongs to. */
export interface SnapshotOwner extends ObjectReference {
  uid: string;
}

/** Raw bytes of objects in one part. Leaves room in etcd's 1.5 MiB for metadata and managed fields. */
export const maximumPartBytes = 800 * 1024;

/**
 * Parts of a new group: the master first, then sub-snapshots 0, 1, …
 * @param objects cleaned and in snapshot order
 * @param hash of all of them together
 */
export function buildSnapshotGroup(
  owner: SnapshotOwner,
  index: number,
  objects: readonly KubernetesObject[],
  hash: string,
): ClusterResourceSnapshot[] {
  const parts = splitIntoParts(objects);
  const facts = {
    [annotations.resourceHash]: hash,
    [annotations.numberOfResourceSnapshots]: String(parts.length),
    [annotations.numberOfEnvelopedObjects]: String(objects.filter(isEnvelope).length),
  };
  return parts.map((part, i) =>
    i === 0 ? masterSnapshot(owner, index, part, facts) : subSnapshot(owner, index, part, i - 1),
  );
}

/** Splits objects, in order, so that no part exceeds `maximumBytes`; a larger object has a part of its own. */
export function splitIntoParts(
  objects: readonly KubernetesObject[],
  maximumBytes: number = maximumPartBytes,
): KubernetesObject[][] {
  const parts: KubernetesObject[][] = [];
  let current: KubernetesObject[] = [];
  let currentBytes = 0;
  for (const object of objects) {
    const bytes = Buffer.byteLength(goJson(object));
    if (current.length > 0 && currentBytes + bytes > maximumBytes) {
      parts.push(current);
      current = [];
      currentBytes = 0;
    }
    current.push(object);
    currentBytes += bytes;
  }
  return [...parts, current];
}

/** Owner reference that a placement puts on what it makes on the hub. */
export function placementOwnerReference(owner: SnapshotOwner): OwnerReference {
  const { placement } = kindsIn(owner);
  return {
    apiVersion: apiVersionOf(placement),
    kind: placement.kind,
    name: owner.name,
    uid: owner.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

function masterSnapshot(
  owner: SnapshotOwner,
  index: number,
  objects: readonly KubernetesObject[],
  facts: Record<string, string>,
): ClusterResourceSnapshot {
  const snapshot = emptySnapshot(owner, index, resourceSnapshotName(owner.name, index), objects);
  snapshot.metadata.labels = { ...snapshot.metadata.labels, [labels.isLatestSnapshot]: 'true' };
  snapshot.metadata.annotations = facts;
  return snapshot;
}

function subSnapshot(
  owner: SnapshotOwner,
  index: number,
  objects: readonly KubernetesObject[],
  subIndex: number,
): ClusterResourceSnapshot {
  const snapshot = emptySnapshot(owner, index, resourceSubSnapshotName(owner.name, index, subIndex), objects);
  snapshot.metadata.annotations = { [annotations.subIndexOfResourceSnapshot]: String(subIndex) };
  return snapshot;
}

function emptySnapshot(
  owner: SnapshotOwner,
  index: number,
  name: string,
  objects: readonly KubernetesObject[],
): ClusterResourceSnapshot {
  const { resourceSnapshot } = kindsIn(owner);
  return {
    apiVersion: apiVersionOf(resourceSnapshot),
    kind: resourceSnapshot.kind,
    metadata: {
      ...inScopeOf(owner, name),
      labels: { [labels.parentPlacement]: owner.name, [labels.resourceIndex]: String(index) },
      ownerReferences: [placementOwnerReference(owner)],
    },
    spec: { selectedResources: objects as unknown as Record<string, unknown>[] },
  };
}
