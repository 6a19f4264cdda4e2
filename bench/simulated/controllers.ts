/** What a member's own controllers would do, done at once: no pod has to start. */
import type { StoredObject } from './storedObject.ts';

/** What stands on every member from the beginning. The node has no pods, so all of it is free. */
export const initialObjects: readonly StoredObject[] = [
  ...['default', 'kube-system'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } },
];

/** The object as it is once every controller has seen it. */
export function settled(object: StoredObject): StoredObject {
  switch (object.kind) {
    case 'Namespace':
      return settledNamespace(object);
    case 'Node':
      return { ...object, status: { capacity: room, allocatable: room } };
    case 'Deployment':
      return settledDeployment(object);
    default:
      return object;
  }
}

const room = { cpu: '4', memory: '16Gi' };

function settledNamespace(object: StoredObject): StoredObject {
  const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  const metadata = { ...object.metadata, labels };
  return { ...object, metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}

function settledDeployment(object: StoredObject): StoredObject {
  const replicas = (object.spec as { replicas?: number } | undefined)?.replicas ?? 1;
  const status = {
    observedGeneration: object.metadata.generation,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
  };
  return { ...object, status };
}
