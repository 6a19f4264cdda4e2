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
}
/**
 * Selects cluster-scoped objects of one kind: one by its name, some by their labels, or all when neither is given.
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
   * For namespaces: take the namespace alone or with what is in it. Absent means NamespaceWithResources.
   */
  selectionScope?: 'NamespaceOnly' | 'NamespaceWithResources';
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
 * How changes reach the clusters.
 */
export interface RolloutStrategy {
  /**
   * External leaves the rollout to ClusterStagedUpdateRuns. Absent means RollingUpdate, which this version does not carry out yet: the placement is scheduled, and says so in its conditions.
   */
  type?: 'RollingUpdate' | 'External';
  applyStrategy?: ApplyStrategy;
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
   * One entry for each selected cluster, by name.
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
   * Name of the member cluster.
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
