/**
 * Keeps the status of a placement on thousands of clusters below what an object may weigh. Above the limit, clusters of
 * which everything is True are shown by name and index alone, and the placement says so; others stay whole.
 */
import { findCondition, placementStepType } from '../../api/conditions.ts';
import type { Scope } from '../../api/references.ts';
import type { PerClusterPlacementStatus, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** Bytes of JSON. etcd refuses 1.5 MiB, of which the rest of the object and the encoding need a part. */
export const placementStatusLimit = 1024 * 1024;

/** The status, made smaller where it has to be. */
export function fitPlacementStatus(scope: Scope, status: PlacementStatus): PlacementStatus {
  if (Buffer.byteLength(JSON.stringify(status)) <= placementStatusLimit) return status;
  let shortened = 0;
  const placementStatuses = status.placementStatuses?.map((entry) => {
    if (!isFine(entry)) return entry;
    shortened += 1;
    const { clusterName, observedResourceIndex } = entry;
    return { clusterName, observedResourceIndex };
  });
  const scheduled = placementStepType(scope, 'Scheduled');
  const note = `; ${String(shortened)} clusters of which every condition is True are shown without conditions, because the status would be too large`;
  const conditions = status.conditions?.map((condition) =>
    condition.type === scheduled ? { ...condition, message: condition.message + note } : condition,
  );
  return { ...status, placementStatuses, conditions };
}

function isFine({ clusterName, conditions, failedPlacements }: PerClusterPlacementStatus): boolean {
  return (
    clusterName !== undefined &&
    failedPlacements === undefined &&
    findCondition(conditions, 'Available') !== undefined &&
    conditions?.every(({ status }) => status === 'True') === true
  );
}
