// Generated from api/crds/placement.kubernetes-fleet.io_clusterschedulingpolicysnapshots.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, ObjectMeta } from '../meta.ts';

/**
 * A placement's policy as it was at one moment, and the clusters that were chosen by it.
 */
export interface ClusterSchedulingPolicySnapshot {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: SchedulingPolicySnapshotSpec;
  status?: SchedulingPolicySnapshotStatus;
}
/**
 * The policy.
 */
export interface SchedulingPolicySnapshotSpec {
  policy?: PlacementPolicy;
  /**
   * SHA-256 of the policy as hexadecimal text, in base64.
   */
  policyHash: string;
}
/**
 * Which clusters get the copies. Absent means all that are fit for it.
 */
export interface PlacementPolicy {
  /**
   * PickAll takes every member cluster that has joined and is healthy.
   */
  placementType?: 'PickAll';
}
/**
 * What was decided.
 */
export interface SchedulingPolicySnapshotStatus {
  /**
   * Generation of the placement that was decided for.
   */
  observedCRPGeneration?: number;
  /**
   * Decisions on clusters, selected ones first.
   */
  targetClusters?: ClusterDecision[];
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
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
