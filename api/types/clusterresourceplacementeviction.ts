// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourceplacementevictions.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, ObjectMeta } from '../meta.ts';

/**
 * Asks once for the copies of a placement to be taken from one cluster. A disruption budget of the placement may forbid it. The placement may come back unless the cluster is tainted.
 */
export interface ClusterResourcePlacementEviction {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: PlacementEvictionSpec;
  status?: PlacementEvictionStatus;
}
/**
 * What is to go from where.
 */
export interface PlacementEvictionSpec {
  /**
   * Name of the ClusterResourcePlacement.
   */
  placementName: string;
  /**
   * Name of the member cluster.
   */
  clusterName: string;
}
/**
 * What came of it.
 */
export interface PlacementEvictionStatus {
  /**
   * Valid says whether it makes sense, Executed whether it was carried out; both are final.
   */
  conditions?: Condition[];
}
