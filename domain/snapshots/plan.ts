/** What to do so that the hub holds a snapshot of the current selection. */
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { buildSnapshotGroup } from './build.ts';
import type { SnapshotOwner } from './build.ts';
import { groupSnapshots, hashOf, isLabelledLatest, latestGroup } from './groups.ts';
import type { SnapshotGroup } from './groups.ts';

/**
 * Writes in the order in which they must happen: labels off, label on, creations (the master first), removals.
 * A crash anywhere in between leaves something that the next plan puts right. Removals come last: whoever looks in
 * between still finds the highest index, and so cannot give it to the same content a second time.
 */
export interface SnapshotPlan {
  /** Index that holds the current selection once the plan is carried out. */
  index: number;
  /** True if the selection differs from the latest snapshot, so that a new index is due (subject to pacing). */
  isNewIndex: boolean;
  /** Masters whose label `is-latest-snapshot` becomes `"false"`. */
  loseLatestLabel: ClusterResourceSnapshot[];
  /** Master whose label `is-latest-snapshot` becomes `"true"` again, after a crash took it off too early. */
  regainLatestLabel?: ClusterResourceSnapshot;
  create: ClusterResourceSnapshot[];
  /** Left behind by a crash, these are still there for the next plan with a new index. */
  remove: ClusterResourceSnapshot[];
}

/** What a snapshot plan is made from. */
export interface SnapshotPlanInput {
  placement: SnapshotOwner;
  /** All snapshots of the placement, every part. */
  existing: readonly ClusterResourceSnapshot[];
  /** The selection: cleaned, in snapshot order. */
  objects: readonly KubernetesObject[];
  /** Hash of `objects`. */
  hash: string;
  /** Number of indexes that are kept, the new one included; at least 1. */
  revisionHistoryLimit: number;
  /**
   * Indexes that must stay whatever their age: those that a binding points at or that an unfinished run rolls out.
   * The reference prunes them all the same, and then a rollback finds its snapshot gone half-way.
   */
  indexesInUse: ReadonlySet<number>;
  /** As `highestIndexNamed` finds it: a new index is above it, although its snapshot may be gone. */
  highestIndexNamed?: number;
}

/** Plans the snapshot of a selection. It looks at the latest index only: an older equal one counts as another state. */
export function planSnapshot(input: SnapshotPlanInput): SnapshotPlan {
  const groups = groupSnapshots(input.existing);
  const latest = latestGroup(groups);
  const labelled = groups.flatMap(({ master }) => (master !== undefined && isLabelledLatest(master) ? [master] : []));
  if (latest?.master !== undefined && hashOf(latest.master) === input.hash) {
    return keepLatest(input, latest, latest.master, labelled);
  }
  const index = Math.max(groups.at(-1)?.index ?? -1, input.highestIndexNamed ?? -1) + 1;
  return {
    index,
    isNewIndex: true,
    loseLatestLabel: labelled,
    create: buildSnapshotGroup(input.placement, index, input.objects, input.hash),
    remove: outdated(groups, input),
  };
}

function keepLatest(
  input: SnapshotPlanInput,
  latest: SnapshotGroup,
  master: ClusterResourceSnapshot,
  labelled: readonly ClusterResourceSnapshot[],
): SnapshotPlan {
  const present = new Set(input.existing.map(({ metadata }) => metadata.name));
  const missing = latest.complete
    ? []
    : buildSnapshotGroup(input.placement, latest.index, input.objects, input.hash).filter(
        ({ metadata }) => !present.has(metadata.name),
      );
  return {
    index: latest.index,
    isNewIndex: false,
    loseLatestLabel: labelled.filter((other) => other !== master),
    ...(isLabelledLatest(master) ? {} : { regainLatestLabel: master }),
    create: missing,
    remove: [],
  };
}

/** Snapshots beyond the history limit, which counts the one that is about to be created. */
function outdated(groups: readonly SnapshotGroup[], input: SnapshotPlanInput): ClusterResourceSnapshot[] {
  const kept = Math.max(input.revisionHistoryLimit - 1, 0);
  return groups
    .slice(0, Math.max(groups.length - kept, 0))
    .filter(({ index }) => !input.indexesInUse.has(index))
    .flatMap(({ master, subSnapshots }) => (master === undefined ? subSnapshots : [master, ...subSnapshots]));
}
