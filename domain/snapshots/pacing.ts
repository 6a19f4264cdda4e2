/** When the next resource snapshot is taken. All times are epoch milliseconds. */

/** How patient the hub is with a burst of changes. All zero: every change at once. */
export interface SnapshotPacing {
  /** The burst is over when nothing has changed for this long. */
  quietMs: number;
  /** A burst that does not end is cut after this long. */
  maxDelayMs: number;
  /** Least time between two snapshots of a placement. */
  minIntervalMs: number;
}

/** Changes since the latest snapshot. */
export interface PendingChanges {
  firstChangeAt: number;
  lastChangeAt: number;
  /** Absent before the first snapshot, which waits for nothing. */
  previousSnapshotAt?: number;
}

/** The moment from which the next snapshot may be taken; it may lie in the past. */
export function nextSnapshotDueAt(changes: PendingChanges, pacing: SnapshotPacing): number {
  const { firstChangeAt, lastChangeAt, previousSnapshotAt } = changes;
  if (previousSnapshotAt === undefined) return firstChangeAt;
  const burstIsOver = Math.min(lastChangeAt + pacing.quietMs, firstChangeAt + pacing.maxDelayMs);
  return Math.max(burstIsOver, previousSnapshotAt + pacing.minIntervalMs);
}
