/**
 * What the loop remembers of a placement between two looks at it. Nothing here has to survive: after a restart the
 * selection is read anew, and what differs from the latest snapshot counts as changed at that moment.
 */
import type { PlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** Times of changes since the latest snapshot, epoch milliseconds. */
export interface Changes {
  firstChangeAt: number;
  lastChangeAt: number;
}

export interface PlacementMemory {
  /** Changes that no snapshot holds yet. */
  changes?: Changes;
  /** Generation whose selectors were evaluated last; absent when they must be evaluated in any case. */
  selectedGeneration?: number;
  /** What the user must change in the selectors, from the last evaluation. */
  invalid?: string;
  /** When this process took the latest snapshot: more precise than its creation time. */
  snapshotTakenAt?: number;
  /** The status that was written last, and the version of the object that holds it. */
  writtenStatus?: { status: PlacementStatus; resourceVersion: string | undefined };
  /** Epoch milliseconds before which the status is not written again. */
  nextStatusAt?: number;
  /** Kinds that were reported as unreadable, so that the log says it once. */
  reportedMissing?: string;
}

/** Records a change at `now`; it becomes part of the burst that is going on. */
export function recordChange(memory: PlacementMemory, now: number): void {
  memory.changes = { firstChangeAt: memory.changes?.firstChangeAt ?? now, lastChangeAt: now };
}

/** Puts changes back that were taken out for a snapshot which did not come about. */
export function restoreChanges(memory: PlacementMemory, { firstChangeAt, lastChangeAt }: Changes): void {
  memory.changes = {
    firstChangeAt: Math.min(firstChangeAt, memory.changes?.firstChangeAt ?? firstChangeAt),
    lastChangeAt: Math.max(lastChangeAt, memory.changes?.lastChangeAt ?? lastChangeAt),
  };
}
