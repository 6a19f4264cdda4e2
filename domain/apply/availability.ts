/** Whether an object that was applied to a member does its work there. */
import type { KubernetesObject } from '../../api/meta.ts';

/** `notTrackable` counts as available, but nobody knows: kinds without a rule, custom resources among them. */
export interface Availability {
  state: 'available' | 'notTrackable' | 'notYet';
  /** One sentence on what is missing; empty when the object is available. */
  reason: string;
  /** What the object's controller says about it, where it says why. It may quote the object. */
  detail?: string;
}

/** Judges an object by its status as the member's API server returned it. */
export function availabilityOf(object: KubernetesObject): Availability {
  const type = `${object.apiVersion} ${object.kind}`;
  if (availableAtOnce.has(type)) return available;
  const rule = rules[type];
  return rule === undefined ? notTrackable : rule(object);
}

/** The parts of an object that the rules look at. A missing number counts as zero, as Go's types have it. */
interface WorkloadObject extends KubernetesObject {
  spec?: { replicas?: number; type?: string; clusterIPs?: string[] };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    availableReplicas?: number;
    updatedReplicas?: number;
    unavailableReplicas?: number;
    currentReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
    numberAvailable?: number;
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    updatedNumberScheduled?: number;
    disruptionsAllowed?: number;
    loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
    conditions?: { type: string; status: string; message?: string }[];
  };
}

const available: Availability = { state: 'available', reason: '' };
const notTrackable: Availability = {
  state: 'notTrackable',
  reason: 'Objects of this kind do not show whether they are available.',
};

function notYet(reason: string): Availability {
  return { state: 'notYet', reason };
}

const rules: Record<string, ((object: WorkloadObject) => Availability) | undefined> = {
  'apps/v1 Deployment': deployment,
  'apps/v1 StatefulSet': statefulSet,
  'apps/v1 DaemonSet': daemonSet,
  'v1 Service': service,
  'apiextensions.k8s.io/v1 CustomResourceDefinition': customResourceDefinition,
  'policy/v1 PodDisruptionBudget': podDisruptionBudget,
};

const availableAtOnce = new Set([
  'v1 Namespace',
  'v1 Secret',
  'v1 ConfigMap',
  'v1 ServiceAccount',
  'v1 LimitRange',
  'v1 ResourceQuota',
  'apps/v1 ControllerRevision',
  'networking.k8s.io/v1 IngressClass',
  'networking.k8s.io/v1 NetworkPolicy',
  'rbac.authorization.k8s.io/v1 ClusterRole',
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 RoleBinding',
  'scheduling.k8s.io/v1 PriorityClass',
  'storage.k8s.io/v1 CSIDriver',
  'storage.k8s.io/v1 CSINode',
  'storage.k8s.io/v1 CSIStorageCapacity',
  'storage.k8s.io/v1 StorageClass',
]);

function deployment({ metadata, spec, status = {} }: WorkloadObject): Availability {
  if (!isObserved(metadata.generation, status.observedGeneration)) return notObserved;
  const wanted = spec?.replicas ?? 1;
  const { updatedReplicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  const refused = status.conditions?.find(({ type }) => type === 'ReplicaFailure');
  if (refused?.status === 'True' && updatedReplicas < wanted) {
    const reason = `${String(updatedReplicas)} of ${String(wanted)} replicas are updated; the cluster refuses its pods.`;
    return { ...notYet(reason), detail: refused.message };
  }
  if (updatedReplicas !== wanted) return count(updatedReplicas, wanted, 'replicas are updated');
  if (availableReplicas !== wanted) return count(availableReplicas, wanted, 'replicas are available');
  if (unavailableReplicas !== 0) return notYet(`${String(unavailableReplicas)} replicas are unavailable.`);
  return available;
}

function statefulSet({ metadata, spec, status = {} }: WorkloadObject): Availability {
  if (!isObserved(metadata.generation, status.observedGeneration)) return notObserved;
  const wanted = spec?.replicas ?? 1;
  const { availableReplicas = 0, currentReplicas = 0, updatedReplicas = 0 } = status;
  if (availableReplicas !== wanted) return count(availableReplicas, wanted, 'replicas are available');
  if (currentReplicas !== updatedReplicas || status.currentRevision !== status.updateRevision) {
    return count(updatedReplicas, wanted, 'replicas are updated');
  }
  return available;
}

function daemonSet({ metadata, status = {} }: WorkloadObject): Availability {
  if (!isObserved(metadata.generation, status.observedGeneration)) return notObserved;
  const { desiredNumberScheduled: wanted = 0, numberAvailable = 0 } = status;
  const { currentNumberScheduled = 0, updatedNumberScheduled = 0 } = status;
  if (numberAvailable !== wanted) return count(numberAvailable, wanted, 'pods are available');
  if (currentNumberScheduled !== updatedNumberScheduled) {
    return count(updatedNumberScheduled, currentNumberScheduled, 'pods are updated');
  }
  return available;
}

function service({ spec, status = {} }: WorkloadObject): Availability {
  switch (spec?.type ?? '') {
    case '':
    case 'ClusterIP':
    case 'NodePort':
      return (spec?.clusterIPs?.[0] ?? '') === '' ? notYet('No cluster IP is assigned.') : available;
    case 'LoadBalancer': {
      const [first] = status.loadBalancer?.ingress ?? [];
      const hasAddress = (first?.ip ?? '') !== '' || (first?.hostname ?? '') !== '';
      return hasAddress ? available : notYet('The load balancer has no address.');
    }
    default:
      return notTrackable;
  }
}

function customResourceDefinition({ status = {} }: WorkloadObject): Availability {
  const missing = ['NamesAccepted', 'Established'].find(
    (type) => status.conditions?.find((condition) => condition.type === type)?.status !== 'True',
  );
  return missing === undefined ? available : notYet(`The condition ${missing} is not True.`);
}

/** Its controller keeps one condition, which must tell the same as the counters of the current generation. */
function podDisruptionBudget({ metadata, status = {} }: WorkloadObject): Availability {
  if (!isObserved(metadata.generation, status.observedGeneration)) return notObserved;
  const allowed = status.conditions?.find(({ type }) => type === 'DisruptionAllowed');
  const expected = (status.disruptionsAllowed ?? 0) > 0 ? 'True' : 'False';
  return allowed?.status === expected ? available : notYet('The condition DisruptionAllowed is not up to date.');
}

const notObserved = notYet('Its controller has not seen the latest change.');

function isObserved(generation = 0, observedGeneration = 0): boolean {
  return generation === observedGeneration;
}

function count(actual: number, wanted: number, what: string): Availability {
  return notYet(`${String(actual)} of ${String(wanted)} ${what}.`);
}
