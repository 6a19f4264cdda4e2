/** Which indexes of a placement's resource snapshots must be kept, whatever their age. */
import { indexInResourceSnapshotName } from '../../api/names.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { ObjectReference } from '../../api/references.ts';
import { isOver } from '../runs/over.ts';
import { rollsOut } from '../runs/rollsOut.ts';
import { groupSnapshots, latestGroup, resourceIndexOf, wholeNumber } from './groups.ts';

/** What may use a placement's snapshots. */
export interface SnapshotUse {
  placement: ObjectReference;
  /** All snapshots of the placement. */
  existing: readonly ClusterResourceSnapshot[];
  /** Bindings of the placement. */
  bindings: readonly ClusterResourceBinding[];
  /** Runs of any placement. */
  runs: readonly ClusterStagedUpdateRun[];
}

/** Indexes that a binding points at or that a run, which is not over, rolls out or is about to. */
export function indexesInUse({ placement, existing, bindings, runs }: SnapshotUse): ReadonlySet<number> {
  const indexByName = new Map(existing.map((snapshot) => [snapshot.metadata.name, resourceIndexOf(snapshot)]));
  const bound = bindings.map(({ spec }) =>
    spec.resourceSnapshotName === undefined ? undefined : indexByName.get(spec.resourceSnapshotName),
  );
  const latest = latestGroup(groupSnapshots(existing))?.index;
  const chosen = runs.filter((run) => rollsOut(run, placement) && !isOver(run)).map((run) => indexOfRun(run, latest));
  return new Set([...bound, ...chosen].filter((index) => index !== undefined));
}

/** What names a placement's snapshots, also those that are gone. */
export interface SnapshotNames extends Pick<SnapshotUse, 'placement' | 'bindings' | 'runs'> {
  /** `creationTimestamp` of the placement: older runs were about another one of its name. */
  createdAt: string | undefined;
}

/**
 * Highest index that a binding points at, or that a run, over or not, says it has rolled out; undefined if none does.
 * No index up to it may be given to new content: the same name would stand for two contents, and a cluster that has the
 * one be taken for one that has the other. What a run asks for does not count, since it may wait for the next index.
 */
export function highestIndexNamed({ placement, createdAt, bindings, runs }: SnapshotNames): number | undefined {
  const bound = bindings.map(({ spec }) =>
    indexInResourceSnapshotName(placement.name, spec.resourceSnapshotName ?? ''),
  );
  const rolledOut = runs
    .filter((run) => rollsOut(run, placement) && (run.metadata.creationTimestamp ?? '') >= (createdAt ?? ''))
    .map(({ status }) => wholeNumber(status?.resourceSnapshotIndexUsed));
  const named = [...bound, ...rolledOut].filter((index) => index !== undefined);
  return named.length === 0 ? undefined : named.reduce((highest, index) => Math.max(highest, index));
}

/** A run that has not said yet which snapshot it took has at most just been told the latest one. */
function indexOfRun({ spec, status }: ClusterStagedUpdateRun, latest: number | undefined): number | undefined {
  // Typed clients send an empty text where nothing is meant.
  const text = [spec.resourceSnapshotIndex, status?.resourceSnapshotIndexUsed].find((index) => (index ?? '') !== '');
  return text === undefined ? latest : wholeNumber(text);
}
