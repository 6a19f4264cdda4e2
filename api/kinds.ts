/** Every kind that Flotilla talks to by name, with its path on the API server. */
import type { KubernetesObject, ResourceDefinition } from './meta.ts';
import type { Scope } from './references.ts';
import type { AppliedWork } from './types/appliedwork.ts';
import type { ClusterApprovalRequest } from './types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from './types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementStatus } from './types/clusterresourceplacement.ts';
import type { ClusterResourcePlacementDisruptionBudget } from './types/clusterresourceplacementdisruptionbudget.ts';
import type { ClusterResourcePlacementEviction } from './types/clusterresourceplacementeviction.ts';
import type { ClusterResourceSnapshot } from './types/clusterresourcesnapshot.ts';
import type { ClusterSchedulingPolicySnapshot } from './types/clusterschedulingpolicysnapshot.ts';
import type { ClusterStagedUpdateRun } from './types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy } from './types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from './types/membercluster.ts';

export const placementGroup = 'placement.kubernetes-fleet.io';
export const clusterGroup = 'cluster.kubernetes-fleet.io';
export const storageVersion = 'v1beta1';

/** The kinds that exist in both scopes, under the same roles. Objects of one role have one shape. */
export interface PlacementKinds {
  placement: ResourceDefinition<ClusterResourcePlacement>;
  resourceSnapshot: ResourceDefinition<ClusterResourceSnapshot>;
  policySnapshot: ResourceDefinition<ClusterSchedulingPolicySnapshot>;
  binding: ResourceDefinition<ClusterResourceBinding>;
  strategy: ResourceDefinition<ClusterStagedUpdateStrategy>;
  run: ResourceDefinition<ClusterStagedUpdateRun>;
  approvalRequest: ResourceDefinition<ClusterApprovalRequest>;
}

function placementKind(kind: string, plural: string, namespaced: boolean): ResourceDefinition<never> {
  return { group: placementGroup, version: storageVersion, kind, plural, namespaced };
}

/** The cluster-scoped ones. */
export const clusterKinds: PlacementKinds = {
  placement: placementKind('ClusterResourcePlacement', 'clusterresourceplacements', false),
  resourceSnapshot: placementKind('ClusterResourceSnapshot', 'clusterresourcesnapshots', false),
  policySnapshot: placementKind('ClusterSchedulingPolicySnapshot', 'clusterschedulingpolicysnapshots', false),
  binding: placementKind('ClusterResourceBinding', 'clusterresourcebindings', false),
  strategy: placementKind('ClusterStagedUpdateStrategy', 'clusterstagedupdatestrategies', false),
  run: placementKind('ClusterStagedUpdateRun', 'clusterstagedupdateruns', false),
  approvalRequest: placementKind('ClusterApprovalRequest', 'clusterapprovalrequests', false),
};

/** Those in a namespace. */
export const namespacedKinds: PlacementKinds = {
  placement: placementKind('ResourcePlacement', 'resourceplacements', true),
  resourceSnapshot: placementKind('ResourceSnapshot', 'resourcesnapshots', true),
  policySnapshot: placementKind('SchedulingPolicySnapshot', 'schedulingpolicysnapshots', true),
  binding: placementKind('ResourceBinding', 'resourcebindings', true),
  strategy: placementKind('StagedUpdateStrategy', 'stagedupdatestrategies', true),
  run: placementKind('StagedUpdateRun', 'stagedupdateruns', true),
  approvalRequest: placementKind('ApprovalRequest', 'approvalrequests', true),
};

/** The kinds of the scope in which an object is: `ResourcePlacement` and its own in a namespace. */
export function kindsIn({ namespace }: Scope): PlacementKinds {
  return namespace === undefined ? clusterKinds : namespacedKinds;
}

/** Both scopes, for whoever looks at all of them. */
export const placementKinds: readonly PlacementKinds[] = [clusterKinds, namespacedKinds];

/** Kinds that exist once. */
export const kinds = {
  appliedWork: {
    group: placementGroup,
    version: storageVersion,
    kind: 'AppliedWork',
    plural: 'appliedworks',
    namespaced: false,
  } as ResourceDefinition<AppliedWork>,
  eviction: {
    group: placementGroup,
    version: storageVersion,
    kind: 'ClusterResourcePlacementEviction',
    plural: 'clusterresourceplacementevictions',
    namespaced: false,
  } as ResourceDefinition<ClusterResourcePlacementEviction>,
  disruptionBudget: {
    group: placementGroup,
    version: storageVersion,
    kind: 'ClusterResourcePlacementDisruptionBudget',
    plural: 'clusterresourceplacementdisruptionbudgets',
    namespaced: false,
  } as ResourceDefinition<ClusterResourcePlacementDisruptionBudget>,
  statusCopy: {
    group: placementGroup,
    version: storageVersion,
    kind: 'ClusterResourcePlacementStatus',
    plural: 'clusterresourceplacementstatuses',
    namespaced: true,
  } as ResourceDefinition<ClusterResourcePlacementStatus>,
  memberCluster: {
    group: clusterGroup,
    version: storageVersion,
    kind: 'MemberCluster',
    plural: 'memberclusters',
    namespaced: false,
  } as ResourceDefinition<MemberCluster>,
  namespace: {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    namespaced: false,
  } as ResourceDefinition,
  secret: {
    group: '',
    version: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    namespaced: true,
  } as ResourceDefinition<Secret>,
  event: { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true } as ResourceDefinition,
  customResourceDefinition: {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    namespaced: false,
  } as ResourceDefinition,
} as const;

/** Copy of a placement's status in the namespace that it places. Its definition is generated from the placement's. */
export interface ClusterResourcePlacementStatus extends KubernetesObject {
  sourceStatus: PlacementStatus;
  /** RFC 3339, whole seconds. */
  lastUpdatedTime: string;
}

/** Core `v1` Secret. `data` values are base64. */
export interface Secret extends KubernetesObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}
