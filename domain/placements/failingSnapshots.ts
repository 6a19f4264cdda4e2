/** Resource snapshots that cannot be kept, because the hub refuses them: what the placement says of it. */
import { conditionAt, placementConditions, setCondition } from '../../api/conditions.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { keepingTime } from './clusterEntries.ts';

/**
 * The status with the condition that no snapshot is taken.
 * @param trouble one sentence on how the last attempt has ended
 * @param now RFC 3339, whole seconds
 */
export function withFailingSnapshots(
  { metadata, status: previous }: ClusterResourcePlacement,
  status: PlacementStatus,
  trouble: string,
  now: string,
): PlacementStatus {
  const condition = conditionAt(placementConditions(metadata).snapshotsFail(trouble), metadata.generation ?? 1, now);
  return { ...status, conditions: setCondition(status.conditions, keepingTime(previous?.conditions, condition)) };
}
