// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourceplacements.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, LabelSelector, ObjectMeta } from '../meta.ts';

/**
 * Names objects of the hub and the clusters that get a copy of them. Namespaces bring what is in them.
 */
export interface ClusterResourcePlacement {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: PlacementSpec;
  status?: PlacementStatus;
}
/**
 * What to copy, where to, and how changes reach the clusters.
 */
export interface PlacementSpec {
  /**
   * Objects of the hub to copy. An object is taken when any of the selectors matches it.
   */
  resourceSelectors: ResourceSelector[];
  policy?: PlacementPolicy;
  strategy?: RolloutStrategy;
  /**
   * How many snapshots of the policy and of the resources are kept.
   */
  revisionHistoryLimit?: number;
  /**
   * NamespaceAccessible copies the status into a ClusterResourcePlacementStatus in the one namespace that is selected, for those who may read there and not here. Absent means ClusterScopeOnly. It cannot be changed.
   */
  statusReportingScope?: 'ClusterScopeOnly' | 'NamespaceAccessible';
}
/**
 * Selects objects of one kind: one by its name, some by their labels, or all when neither is given. They are cluster-scoped ones, unless another selector names their namespace with NamespaceWithResourceSelectors.
 */
export interface ResourceSelector {
  /**
   * API group; empty for the core group.
   */
  group: string;
  /**
   * API version, for example v1.
   */
  version: string;
  /**
   * Kind as it stands in a manifest, for example Namespace.
   */
  kind: string;
  /**
   * Name of the one object to take.
   */
  name?: string;
  /**
   * Labels that an object must carry. All requirements must hold.
   */
  labelSelector?: LabelSelector;
  /**
   * For namespaces: take the namespace alone, with all that is in it, or with what the other selectors take in it; for the last it is the only namespace, and it is named. Absent means NamespaceWithResources.
   */
  selectionScope?: 'NamespaceOnly' | 'NamespaceWithResources' | 'NamespaceWithResourceSelectors';
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
   * Labels that an object must carry. All requirements must hold.
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
 * How changes reach the clusters.
 */
export interface RolloutStrategy {
  /**
   * RollingUpdate brings each new resource snapshot to the clusters by itself, External leaves that to ClusterStagedUpdateRuns. Absent means RollingUpdate.
   */
  type?: 'RollingUpdate' | 'External';
  rollingUpdate?: RollingUpdateSettings;
  applyStrategy?: ApplyStrategy;
}
/**
 * How much of the placement a rolling update may touch at once.
 */
export interface RollingUpdateSettings {
  /**
   * How many of the chosen clusters may be without available objects, as a number or as a share of them, rounded up.
   */
  maxUnavailable?: number | string;
  /**
   * How many clusters more than chosen may have objects while they move to other clusters, as a number or as a share of the chosen ones, rounded up.
   */
  maxSurge?: number | string;
  /**
   * Seconds for which a cluster keeps its place among maxUnavailable after its update, before another one is updated in its place. With the status profile "upstream" only clusters of which nobody can tell whether their objects are available.
   */
  unavailablePeriodSeconds?: number;
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
 * How far the copies are.
 */
export interface PlacementStatus {
  /**
   * Objects in the resource snapshot that all clusters are at, in the snapshot's order.
   */
  selectedResources?: ResourceIdentifier[];
  /**
   * Index of the resource snapshot that all clusters are at; empty while they differ.
   */
  observedResourceIndex?: string;
  /**
   * One entry for each selected cluster, by name; then one without a name, and with the reason, for each cluster that the policy wants and has not found.
   */
  placementStatuses?: PerClusterPlacementStatus[];
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
/**
 * One object.
 */
export interface ResourceIdentifier {
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
}
/**
 * How far one cluster is.
 */
export interface PerClusterPlacementStatus {
  /**
   * Name of the member cluster; absent where one is missing.
   */
  clusterName?: string;
  /**
   * Index of the resource snapshot that the cluster is at or on its way to.
   */
  observedResourceIndex?: string;
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
