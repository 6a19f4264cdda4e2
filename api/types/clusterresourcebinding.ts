// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourcebindings.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, ObjectMeta } from '../meta.ts';

/**
 * Ties a placement to one cluster and says which snapshot the cluster is to have.
 */
export interface ClusterResourceBinding {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: ResourceBindingSpec;
  status?: ResourceBindingStatus;
}
/**
 * What the cluster is to have.
 */
export interface ResourceBindingSpec {
  /**
   * Scheduled is chosen and waits for a rollout; Bound is rolled out; Unscheduled is to be taken away.
   */
  state: 'Scheduled' | 'Bound' | 'Unscheduled';
  /**
   * Name of the member cluster.
   */
  targetCluster: string;
  /**
   * Policy snapshot by which the cluster was chosen.
   */
  schedulingPolicySnapshotName: string;
  clusterDecision: ClusterDecision;
  /**
   * Resource snapshot that the cluster is to have; absent before the first rollout.
   */
  resourceSnapshotName?: string;
  applyStrategy?: ApplyStrategy;
}
/**
 * Whether one cluster was selected, and why.
 */
export interface ClusterDecision {
  /**
   * Name of the member cluster.
   */
  clusterName: string;
  /**
   * Whether the cluster gets the copies.
   */
  selected: boolean;
  clusterScore?: ClusterScore;
  /**
   * Why, as a sentence for people.
   */
  reason: string;
}
/**
 * What ranked the cluster among the others.
 */
export interface ClusterScore {
  /**
   * Points for preferred affinity terms.
   */
  affinityScore?: number;
  /**
   * Points for spreading over the topology.
   */
  priorityScore?: number;
}
/**
 * How objects are written to a cluster. Absent means server-side apply that takes over fields from other owners.
 */
export interface ApplyStrategy {
  /**
   * Objects are written by server-side apply.
   */
  type: 'ServerSideApply';
  /**
   * Settings of server-side apply.
   */
  serverSideApplyConfig?: {
    /**
     * Take over fields that somebody else owns. Without it such a field makes the object fail.
     */
    force?: boolean;
  };
}
/**
 * How far the cluster is.
 */
export interface ResourceBindingStatus {
  /**
   * Objects that could not be applied or are not available, at most 100.
   */
  failedPlacements?: FailedResourcePlacement[];
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
/**
 * One object that is not as it should be, and why.
 */
export interface FailedResourcePlacement {
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
   * Name of the object.
   */
  name: string;
  /**
   * Namespace of the object; absent for cluster-scoped ones.
   */
  namespace?: string;
  condition: Condition;
}
