/** Whether a disruption budget lets one more cluster lose its copies. */
import type { PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { PlacementDisruptionBudgetSpec } from '../../api/types/clusterresourceplacementdisruptionbudget.ts';

/**
 * @param available clusters with available copies
 * @param total clusters of the placement, in whatever state
 * @returns `undefined` when the budget counts by a number that PickAll does not have
 */
export function isAllowedByBudget(
  { maxUnavailable, minAvailable }: PlacementDisruptionBudgetSpec,
  policy: PlacementPolicy | undefined,
  available: number,
  total: number,
): boolean | undefined {
  const wanted = policy?.placementType === 'PickN' ? (policy.numberOfClusters ?? 0) : undefined;
  if (maxUnavailable !== undefined) {
    return wanted === undefined ? undefined : clustersOf(maxUnavailable, wanted) - (total - available) > 0;
  }
  if (minAvailable === undefined) return true;
  if (wanted === undefined && typeof minAvailable === 'string') return undefined;
  return available - clustersOf(minAvailable, wanted ?? 0) > 0;
}

/** A percentage is rounded up. */
function clustersOf(share: number | string, wanted: number): number {
  return typeof share === 'number' ? share : Math.ceil((Number.parseInt(share, 10) * wanted) / 100);
}
