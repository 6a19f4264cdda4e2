/** Runs by age, and what they roll out. */
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { compareBytes } from '../../domain/ordering.ts';
import { wholeNumber } from '../../domain/snapshots/groups.ts';

/** API servers tell whole seconds; of runs of one second, the one with the greater uid counts as the newer one. */
export function newestFirst(runs: readonly ClusterStagedUpdateRun[]): ClusterStagedUpdateRun[] {
  return runs.toSorted((left, right) => compareBytes(ageKey(right), ageKey(left)));
}

/** Index of the snapshot that a run rolls out; undefined while a run that names none has not taken one. */
export function revisionOf({ spec, status }: ClusterStagedUpdateRun): number | undefined {
  const named = spec.resourceSnapshotIndex ?? '';
  return wholeNumber(named === '' ? status?.resourceSnapshotIndexUsed : named);
}

function ageKey({ metadata }: ClusterStagedUpdateRun): string {
  return `${metadata.creationTimestamp ?? ''}/${metadata.uid ?? ''}`;
}
