import type { KubernetesObject } from '../../api/meta.ts';
import { compareBytes } from '../ordering.ts';

/**
 * Order of objects in a snapshot. It keeps the hash stable and is no apply order (see `domain/apply/waves.ts`).
 * Known kinds by rank, then by group and version, then by namespace and name; unknown kinds last.
 */
export function compareForSnapshot(left: KubernetesObject, right: KubernetesObject): number {
  const leftRank = rankOfKind.get(left.kind);
  const rightRank = rankOfKind.get(right.kind);
  if (leftRank !== rightRank) return (leftRank ?? kindsInOrder.length) - (rightRank ?? kindsInOrder.length);
  return (
    compareBytes(typeKey(left, leftRank), typeKey(right, rightRank)) || compareBytes(objectKey(left), objectKey(right))
  );
}

const kindsInOrder = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
];

const rankOfKind = new Map(kindsInOrder.map((kind, rank) => [kind, rank]));

/** Within one rank the kind is the same; unknown kinds differ in it and sort as Go prints group, version and kind. */
function typeKey(object: KubernetesObject, rank: number | undefined): string {
  if (rank !== undefined) return object.apiVersion;
  const groupVersion = object.apiVersion.includes('/') ? object.apiVersion : `/${object.apiVersion}`;
  return `${groupVersion}, Kind=${object.kind}`;
}

function objectKey({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
