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

/** Why there is no snapshot of what is selected. */
export interface SnapshotTrouble {
  failures: number;
  /** It has not gone away by itself. */
  isLasting: boolean;
  /** One sentence on the last failure. */
  message: string;
  /** Epoch milliseconds before which the same generation is not tried again. */
  retryAt: number;
  generation: number | undefined;
}

export interface PlacementMemory {
  /** Changes that no snapshot holds yet. */
  changes?: Changes;
  /** Generation whose selectors were evaluated last; absent when they must be evaluated in any case. */
  selectedGeneration?: number;
  /** What the user must change in the selectors of a generation, from the last evaluation. */
  invalid?: { generation: number | undefined; fault: string };
  /** Attempts in a row that could not take a snapshot. */
  snapshotTrouble?: SnapshotTrouble;
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
