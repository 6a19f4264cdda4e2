/** Reads what a snapshot group says a cluster is to have. Snapshots never change, so they are kept for the next cluster. */
import { ApplicationFailure } from '@temporalio/activity';
import { kindsIn } from '../../api/kinds.ts';
import { annotations, labels } from '../../api/labels.ts';
import { isOwnedBy, type KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { groupSnapshots, objectsOf } from '../../domain/snapshots/groups.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { ClusterTarget } from './targets.ts';

/** What names a snapshot group for good: an index is never used twice in the life of a placement. */
export type SnapshotReference = Pick<ClusterTarget, 'placement' | 'resourceSnapshotIndex' | 'resourceSnapshotName'>;

/** Groups kept at the same time. A fleet rolls out few of them at once; each may hold megabytes. */
const keptGroups = 16;

/** Snapshot groups by placement and index, each read once and kept until {@link keptGroups} younger ones push it out. */
export class SnapshotGroups {
  readonly #hub: KubernetesClient;
  readonly #groups = new Map<string, Promise<KubernetesObject[]>>();

  constructor(hub: KubernetesClient) {
    this.#hub = hub;
  }

  /**
   * The objects of a group in the snapshot's order. Callers share them and must not change them.
   * @throws ApplicationFailure `SnapshotGone` (final) when the first snapshot does not exist,
   * `SnapshotIncomplete` when parts of the group are missing
   */
  manifests(reference: SnapshotReference): Promise<KubernetesObject[]> {
    const key = `${reference.placement.uid}/${reference.resourceSnapshotName}`;
    const reading = this.#groups.get(key) ?? this.#read(key, reference);
    this.#groups.delete(key);
    this.#groups.set(key, reading);
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= keptGroups) break;
      this.#groups.delete(oldest);
    }
    return reading;
  }

  /** Concurrent readers share one request; a failed one is forgotten, so that the next attempt reads again. */
  #read(key: string, reference: SnapshotReference): Promise<KubernetesObject[]> {
    const reading = readGroup(this.#hub, reference);
    reading.catch(() => {
      if (this.#groups.get(key) === reading) this.#groups.delete(key);
    });
    return reading;
  }
}

async function readGroup(hub: KubernetesClient, reference: SnapshotReference): Promise<KubernetesObject[]> {
  const { placement, resourceSnapshotName } = reference;
  const master = await hub.find(kindsIn(placement).resourceSnapshot, resourceSnapshotName, placement.namespace);
  if (master === undefined || !belongsTo(master, reference)) throw snapshotGone(reference);
  const isWhole = master.metadata.annotations?.[annotations.numberOfResourceSnapshots] === '1';
  const parts = isWhole ? [master] : await readParts(hub, reference);
  const [group] = groupSnapshots(parts);
  if (group?.complete !== true) {
    throw ApplicationFailure.retryable(
      `Resource snapshot ${reference.resourceSnapshotName} is not complete: it has ${String(parts.length)} parts.`,
      'SnapshotIncomplete',
    );
  }
  return objectsOf(group);
}

async function readParts(hub: KubernetesClient, reference: SnapshotReference): Promise<ClusterResourceSnapshot[]> {
  const { placement, resourceSnapshotIndex } = reference;
  const { items } = await hub.list(kindsIn(placement).resourceSnapshot, {
    namespace: placement.namespace,
    labelSelector: `${labels.parentPlacement}=${placement.name},${labels.resourceIndex}=${resourceSnapshotIndex}`,
  });
  return items.filter((part) => belongsTo(part, reference));
}

/** A placement that was deleted and made again may still have snapshots of its former life. */
function belongsTo(snapshot: ClusterResourceSnapshot, { placement }: SnapshotReference): boolean {
  return isOwnedBy(snapshot, placement.uid);
}

function snapshotGone(reference: SnapshotReference): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Resource snapshot ${reference.resourceSnapshotName} does not exist any more; start a run with an index that kubectl get ${kindsIn(reference.placement).resourceSnapshot.plural} lists.`,
    'SnapshotGone',
  );
}
