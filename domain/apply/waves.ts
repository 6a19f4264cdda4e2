import type { KubernetesObject } from '../../api/meta.ts';
import { groupAndVersion } from '../selection/identifiers.ts';

/**
 * Objects in the order in which a member gets them: waves one after the other, what is in one wave all at once.
 * A later wave does not wait until the objects of an earlier one are available. Within a wave the order stays.
 */
export function wavesOf<T extends Pick<KubernetesObject, 'apiVersion' | 'kind'>>(objects: readonly T[]): T[][] {
  const byWave = new Map<number, T[]>();
  for (const object of objects) {
    const wave = waveNumber(object);
    byWave.set(wave, [...(byWave.get(wave) ?? []), object]);
  }
  return [...byWave].sort(([left], [right]) => left - right).map(([, wave]) => wave);
}

/** Wave of one object, from 0. What is unknown comes last: it may need anything else. */
export function waveNumber({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): number {
  if (!knownGroups.has(groupAndVersion(apiVersion).group)) return lastWave;
  const wave = kindsByWave.findIndex((known) => known.has(kind));
  return wave < 0 ? lastWave : wave;
}

const lastWave = 999;

const knownGroups = new Set([
  '',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

const kindsByWave: readonly ReadonlySet<string>[] = [
  new Set(['Namespace', 'PriorityClass']),
  new Set([
    'NetworkPolicy',
    'ResourceQuota',
    'LimitRange',
    'PodSecurityPolicy',
    'PodDisruptionBudget',
    'ServiceAccount',
    'Secret',
    'ConfigMap',
    'StorageClass',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'CustomResourceDefinition',
    'IngressClass',
  ]),
  new Set(['ClusterRole', 'Role']),
  new Set(['ClusterRoleBinding', 'RoleBinding']),
  new Set([
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
    'Ingress',
  ]),
  new Set(['APIService', 'ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']),
];
