/** The revisions of a placement: its resource snapshots, with the runs that brought them and the clusters that have them. */
import { labels } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { compareBytes } from '../../domain/ordering.ts';
import { isAvailable } from '../../domain/rollouts/reports.ts';
import { objectKey } from '../../domain/selection/identifiers.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import { groupSnapshots, objectsOf, resourceIndexOf, type SnapshotGroup } from '../../domain/snapshots/groups.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { runsOf } from './findTarget.ts';
import { revisionOf } from './runOrder.ts';

/** What is read from the hub. */
export interface RevisionFacts {
  snapshots: readonly ClusterResourceSnapshot[];
  /** Of the placement, the newest first. */
  runs: readonly ClusterStagedUpdateRun[];
  bindings: readonly ClusterResourceBinding[];
}

export interface Revision {
  index: number;
  /** RFC 3339: when the snapshot was taken. */
  takenAt: string;
  /** What the objects that are new or different in it say of themselves. */
  changeCause: string;
  /** The newest first. */
  runs: ClusterStagedUpdateRun[];
  /** By name. */
  clusters: ClusterOnRevision[];
  objects: KubernetesObject[];
  /** False for one that was only half written. */
  complete: boolean;
}

export interface ClusterOnRevision {
  name: string;
  /** Whether all of the revision is available there. */
  available: boolean;
}

export async function readRevisions(hub: KubernetesClient, placement: ObjectReference): Promise<RevisionFacts> {
  const { resourceSnapshot, binding } = kindsIn(placement);
  const ofPlacement = { ...scopeOf(placement), labelSelector: `${labels.parentPlacement}=${placement.name}` };
  const [snapshots, bindings, runs] = await Promise.all([
    hub.list(resourceSnapshot, ofPlacement),
    hub.list(binding, ofPlacement),
    runsOf(hub, placement),
  ]);
  return { snapshots: snapshots.items, bindings: bindings.items, runs };
}

/** The oldest first. */
export function revisionsOf({ snapshots, runs, bindings }: RevisionFacts): Revision[] {
  const indexOf = bindingRevisions(snapshots);
  return groupSnapshots(snapshots).map((group, position, groups): Revision => {
    const objects = objectsOf(group);
    const onIt = bindings.filter((binding) => indexOf(binding) === group.index);
    return {
      index: group.index,
      takenAt: takenAt(group),
      changeCause: changeCauseOf(objects, groups[position - 1]),
      runs: runs.filter((run) => revisionOf(run) === group.index),
      clusters: onIt.map(clusterOf).sort((left, right) => compareBytes(left.name, right.name)),
      objects,
      complete: group.complete,
    };
  });
}

/** Tells which revision a binding names; undefined while it names none. */
export function bindingRevisions(
  snapshots: readonly ClusterResourceSnapshot[],
): (binding: ClusterResourceBinding) => number | undefined {
  const indexByName = new Map(snapshots.map((snapshot) => [snapshot.metadata.name, resourceIndexOf(snapshot)]));
  return ({ spec }) =>
    spec.resourceSnapshotName === undefined ? undefined : indexByName.get(spec.resourceSnapshotName);
}

function clusterOf(binding: ClusterResourceBinding): ClusterOnRevision {
  return { name: binding.spec.targetCluster, available: isAvailable(binding) };
}

function takenAt({ master, subSnapshots }: SnapshotGroup): string {
  return (master ?? subSnapshots[0])?.metadata.creationTimestamp ?? '';
}

/** kubectl's: whoever changes an object on the hub may say why. */
const changeCauseAnnotation = 'kubernetes.io/change-cause';

/** Objects that are as they were in the revision before have nothing to do with this one. */
function changeCauseOf(objects: readonly KubernetesObject[], before: SnapshotGroup | undefined): string {
  const known = new Map(
    (before === undefined ? [] : objectsOf(before)).map((object) => [objectKey(object), goJson(object)]),
  );
  const changed = objects.filter((object) => known.get(objectKey(object)) !== goJson(object));
  const causes = changed.map(({ metadata }) => metadata.annotations?.[changeCauseAnnotation] ?? '');
  return [...new Set(causes.filter((cause) => cause !== ''))].join('; ');
}
