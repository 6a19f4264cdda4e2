/** Objects that tests of the domain are about, as an API server returns them. */
import type { Condition, KubernetesObject, ObjectMeta } from '../../../api/meta.ts';
import type { ClusterResourceBinding } from '../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, ResourceSelector } from '../../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { buildPolicySnapshot } from '../../../domain/scheduling/policySnapshots.ts';
import { schedule } from '../../../domain/scheduling/schedule.ts';

/** The moment at which tests happen. */
export const now = '2025-07-22T21:30:00Z';
export const nowMs = Date.parse(now);

export function namespace(name: string, more: Partial<ObjectMeta> = {}): KubernetesObject {
  return object(
    'v1',
    'Namespace',
    { name, labels: { 'kubernetes.io/metadata.name': name }, ...more },
    {
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    },
  );
}

export function configMap(namespaceName: string, name: string, data: Record<string, string> = {}): KubernetesObject {
  return object('v1', 'ConfigMap', { name, namespace: namespaceName }, { data });
}

/** An object with the metadata that a server adds. */
export function object(
  apiVersion: string,
  kind: string,
  metadata: ObjectMeta,
  rest: Record<string, unknown> = {},
): KubernetesObject {
  const serverSet = {
    uid: `uid-of-${metadata.namespace ?? ''}-${metadata.name}`,
    resourceVersion: '42',
    creationTimestamp: '2025-07-22T21:00:00Z',
    managedFields: [{ manager: 'kubectl' }],
  };
  return { apiVersion, kind, metadata: { ...serverSet, ...metadata }, ...rest };
}

/** The tutorial's placement. */
export function placement(more: Partial<ClusterResourcePlacement> = {}): ClusterResourcePlacement {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourcePlacement',
    metadata: { name: 'example-placement', uid: 'e7d59513', generation: 1 },
    spec: {
      resourceSelectors: [namespaceSelector('test-namespace')],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'External' },
    },
    ...more,
  };
}

export function namespaceSelector(name: string): ResourceSelector {
  return { group: '', version: 'v1', kind: 'Namespace', name };
}

/** A member that has joined and is healthy. */
export function member(name: string, more: Partial<MemberCluster> = {}): MemberCluster {
  return {
    apiVersion: 'cluster.kubernetes-fleet.io/v1beta1',
    kind: 'MemberCluster',
    metadata: { name, generation: 1 },
    spec: {},
    status: {
      agentStatus: [
        {
          type: 'MemberAgent',
          conditions: [condition('Joined', 'True'), condition('Healthy', 'True')],
          lastReceivedHeartbeat: now,
        },
      ],
    },
    ...more,
  };
}

export function condition(type: string, status: Condition['status'], more: Partial<Condition> = {}): Condition {
  return { type, status, reason: 'Test', message: '', lastTransitionTime: now, observedGeneration: 1, ...more };
}

/** Policy snapshot 0 of a placement with the scheduler's decision for `clusters`, and their new bindings. */
export function scheduled(
  of: ClusterResourcePlacement,
  clusters: readonly string[],
): { policySnapshot: ClusterSchedulingPolicySnapshot; bindings: ClusterResourceBinding[] } {
  const policySnapshot = buildPolicySnapshot(of, 0);
  policySnapshot.metadata.generation = 1;
  const members = clusters.map((name) => member(name));
  const { operations, status } = schedule({
    placement: of,
    policySnapshot,
    clusters: members,
    bindings: [],
    now: nowMs,
  });
  const bindings = operations.map(({ binding }) => ({
    ...binding,
    metadata: { ...binding.metadata, generation: 1 },
  }));
  return { policySnapshot: { ...policySnapshot, status }, bindings };
}
