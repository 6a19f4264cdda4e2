// Generated from api/crds/placement.kubernetes-fleet.io_clusterschedulingpolicysnapshots.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, LabelSelector, ObjectMeta } from '../meta.ts';

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
   * PickAll takes every cluster that has joined, is healthy and fits the policy; PickN as many of them as numberOfClusters says, the best ones; PickFixed those in clusterNames. It cannot be changed.
   */
  placementType?: 'PickAll' | 'PickN' | 'PickFixed';
  /**
   * Names of the member clusters to take, for PickFixed only.
   */
  clusterNames?: string[];
  /**
   * How many clusters to take, for PickN only. When it grows, clusters are added; when it shrinks, those with the lowest scores go. The others stay.
   */
  numberOfClusters?: number;
  affinity?: Affinity;
  /**
   * How to spread the picked clusters over regions, zones or the like, for PickN only.
   */
  topologySpreadConstraints?: TopologySpreadConstraint[];
  /**
   * Taints of clusters that do not keep the copies away, for PickAll and PickN. They can be added, but neither changed nor removed.
   */
  tolerations?: Toleration[];
}
/**
 * Which clusters fit, and which are better than others.
 */
export interface Affinity {
  clusterAffinity?: ClusterAffinity;
}
/**
 * Rules on labels and properties of clusters. They count when a cluster is picked, not afterwards.
 */
export interface ClusterAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: ClusterSelector;
  /**
   * Points for clusters, added up; for PickN only.
   */
  preferredDuringSchedulingIgnoredDuringExecution?: PreferredClusterSelector[];
}
/**
 * A cluster must match one of the terms. No term means that every cluster fits.
 */
export interface ClusterSelector {
  /**
   * Alternatives; one of them is enough.
   */
  clusterSelectorTerms: ClusterSelectorTerm[];
}
/**
 * What a cluster is like. Everything in one term must hold.
 */
export interface ClusterSelectorTerm {
  /**
   * Labels that a cluster must carry. All requirements must hold.
   */
  labelSelector?: LabelSelector;
  propertySelector?: PropertySelector;
  propertySorter?: PropertySorter;
}
/**
 * Requirements on what was measured about a cluster. All must hold.
 */
export interface PropertySelector {
  /**
   * The requirements.
   */
  matchExpressions: PropertySelectorRequirement[];
}
/**
 * Compares one property with a value. A cluster without the property does not match.
 */
export interface PropertySelectorRequirement {
  /**
   * Name of the property: kubernetes-fleet.io/node-count or another of status.properties, or resources.kubernetes-fleet.io/available-cpu with total, allocatable or available before the resource.
   */
  name: string;
  /**
   * Greater than, greater or equal, less than, less or equal, equal, or not equal.
   */
  operator: 'Gt' | 'Ge' | 'Lt' | 'Le' | 'Eq' | 'Ne';
  /**
   * The one quantity to compare with, for example 4, 500m or 16Gi.
   */
  values: string[];
}
/**
 * Ranks clusters by a property, in preferred terms only.
 */
export interface PropertySorter {
  /**
   * Name of the property, as in a propertySelector.
   */
  name: string;
  /**
   * Descending gives the whole weight to the cluster with the largest value and nothing to the one with the smallest; Ascending the other way round. In between it is in proportion.
   */
  sortOrder: 'Ascending' | 'Descending';
}
/**
 * Points for clusters that match a term.
 */
export interface PreferredClusterSelector {
  /**
   * How many points. Less than zero is for clusters to avoid.
   */
  weight: number;
  preference: ClusterSelectorTerm;
}
/**
 * Keeps the numbers of picked clusters in each part of a topology close to each other.
 */
export interface TopologySpreadConstraint {
  /**
   * How far the fullest and the emptiest part may be apart.
   */
  maxSkew?: number;
  /**
   * Label of member clusters; clusters with the same value are one part of the topology.
   */
  topologyKey: string;
  /**
   * DoNotSchedule picks no cluster that would bring the parts too far from each other; ScheduleAnyway only prefers others. Absent means DoNotSchedule.
   */
  whenUnsatisfiable?: 'DoNotSchedule' | 'ScheduleAnyway';
}
/**
 * One taint, or several, that do not matter.
 */
export interface Toleration {
  /**
   * Key of the taint; absent, with operator Exists, for every key.
   */
  key?: string;
  /**
   * Equal compares the value, Exists does not.
   */
  operator?: 'Equal' | 'Exists';
  /**
   * Value of the taint.
   */
  value?: string;
  /**
   * Effect of the taint; absent for every effect.
   */
  effect?: 'NoSchedule';
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
