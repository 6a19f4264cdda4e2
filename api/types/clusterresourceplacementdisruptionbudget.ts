// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourceplacementdisruptionbudgets.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { ObjectMeta } from '../meta.ts';

/**
 * Limits how many clusters evictions may leave without a placement's copies at a time. It has the name of the placement that it is about; without it every eviction is allowed.
 */
export interface ClusterResourcePlacementDisruptionBudget {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: PlacementDisruptionBudgetSpec;
}
/**
 * One of the two limits.
 */
export interface PlacementDisruptionBudgetSpec {
  /**
   * So many clusters may be without available copies; a percentage is one of the clusters that the placement wants, rounded up. Not for PickAll, which wants no certain number.
   */
  maxUnavailable?: number | string;
  /**
   * So many clusters must keep available copies; a percentage, not for PickAll, is one of the clusters that the placement wants, rounded up.
   */
  minAvailable?: number | string;
}
