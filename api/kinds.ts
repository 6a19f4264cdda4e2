/** Every kind that Flotilla talks to by name, with its path on the API server. */
import type { KubernetesObject, ResourceDefinition } from './meta.ts';
import type { AppliedWork } from './types/appliedwork.ts';
import type { ClusterApprovalRequest } from './types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from './types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from './types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from './types/clusterresourcesnapshot.ts';
import type { ClusterSchedulingPolicySnapshot } from './types/clusterschedulingpolicysnapshot.ts';
import type { ClusterStagedUpdateRun } from './types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy } from './types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from './types/membercluster.ts';

export const placementGroup = 'placement.kubernetes-fleet.io';
export const clusterGroup = 'cluster.kubernetes-fleet.io';
export const storageVersion = 'v1beta1';

function placementKind<T extends KubernetesObject>(kind: string, plural: string): ResourceDefinition<T> {
  return { group: placementGroup, version: storageVersion, kind, plural, namespaced: false };
}

export const kinds = {
  placement: placementKind<ClusterResourcePlacement>('ClusterResourcePlacement', 'clusterresourceplacements'),
  resourceSnapshot: placementKind<ClusterResourceSnapshot>('ClusterResourceSnapshot', 'clusterresourcesnapshots'),
  policySnapshot: placementKind<ClusterSchedulingPolicySnapshot>(
    'ClusterSchedulingPolicySnapshot',
    'clusterschedulingpolicysnapshots',
  ),
  binding: placementKind<ClusterResourceBinding>('ClusterResourceBinding', 'clusterresourcebindings'),
  strategy: placementKind<ClusterStagedUpdateStrategy>('ClusterStagedUpdateStrategy', 'clusterstagedupdatestrategies'),
  run: placementKind<ClusterStagedUpdateRun>('ClusterStagedUpdateRun', 'clusterstagedupdateruns'),
  approvalRequest: placementKind<ClusterApprovalRequest>('ClusterApprovalRequest', 'clusterapprovalrequests'),
  appliedWork: placementKind<AppliedWork>('AppliedWork', 'appliedworks'),
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

/** Core `v1` Secret. `data` values are base64. */
export interface Secret extends KubernetesObject {
  type?: string;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}
