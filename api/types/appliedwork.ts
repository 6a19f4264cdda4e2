// Generated from api/crds/placement.kubernetes-fleet.io_appliedworks.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { ObjectMeta } from '../meta.ts';

/**
 * Stands on a member cluster and lists what a placement has put there, so that what is no longer wanted can be found and taken away.
 */
export interface AppliedWork {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: AppliedWorkSpec;
  status?: AppliedWorkStatus;
}
/**
 * Where the objects come from.
 */
export interface AppliedWorkSpec {
  /**
   * Name by which the hub knows this list.
   */
  workName: string;
  /**
   * Namespace of the hub that belongs to this cluster.
   */
  workNamespace: string;
}
/**
 * What was put on the cluster.
 */
export interface AppliedWorkStatus {
  /**
   * The objects, in the order in which they were applied.
   */
  appliedResources?: AppliedResource[];
  claim?: AppliedWorkClaim;
  /**
   * SHA-256 of all that was applied, as hexadecimal text.
   */
  contentHash?: string;
}
/**
 * One object on the cluster.
 */
export interface AppliedResource {
  /**
   * Place of the object in the snapshot, from 0.
   */
  ordinal: number;
  /**
   * API group; absent for the core group.
   */
  group?: string;
  /**
   * API version.
   */
  version: string;
  /**
   * Kind of the object.
   */
  kind: string;
  /**
   * Lower-case plural of the kind, as it stands in request paths.
   */
  resource: string;
  /**
   * Name of the object.
   */
  name: string;
  /**
   * Namespace of the object; absent for cluster-scoped ones.
   */
  namespace?: string;
  /**
   * The object's uid on the cluster; absent until it is applied.
   */
  uid?: string;
}
/**
 * Who may change these objects. The newest claimant wins.
 */
export interface AppliedWorkClaim {
  /**
   * Kind of the claimant.
   */
  kind: 'ClusterStagedUpdateRun' | 'StagedUpdateRun' | 'ClusterResourcePlacement' | 'ResourcePlacement';
  /**
   * Name of the claimant.
   */
  name: string;
  /**
   * Namespace of the claimant on the hub; absent for cluster-scoped ones.
   */
  namespace?: string;
  /**
   * The claimant's uid.
   */
  uid: string;
  /**
   * When the claimant was created.
   */
  createdAt: string;
  /**
   * Generation of the placement at which the claimant saw that the strategy leaves the rollout to it. Absent on a placement that removes itself.
   */
  strategyGeneration?: number;
  /**
   * When it took the cluster up.
   */
  since: string;
}
