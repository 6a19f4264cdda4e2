import { kinds } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { KubernetesObject, ObjectMeta, OwnerReference } from '../../api/meta.ts';

/**
 * The object as it is applied to a member: without status and what only servers set, and owned by the AppliedWork,
 * so that the member's own garbage collection removes it with that.
 * Values are shared with `object`, which stays as it is.
 */
export function prepareManifest(object: KubernetesObject, owner: { name: string; uid: string }): KubernetesObject {
  const { status: _status, ...manifest } = object as KubernetesObject & { status?: unknown };
  return { ...manifest, metadata: { ...wishedMetadata(object.metadata), ownerReferences: [ownerReference(owner)] } };
}

function ownerReference({ name, uid }: { name: string; uid: string }): OwnerReference {
  return {
    apiVersion: apiVersionOf(kinds.appliedWork),
    kind: kinds.appliedWork.kind,
    name,
    uid,
    blockOwnerDeletion: true,
  };
}

const serverSetMetadata = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** Written by tools for themselves; on a member they would say something untrue. */
const bookkeepingAnnotations = new Set([
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
  'kubernetes-fleet.io/last-applied-configuration',
  'kubernetes-fleet.io/spec-hash',
]);

function wishedMetadata(metadata: ObjectMeta): ObjectMeta {
  const { annotations, ...rest } = metadata;
  const kept = Object.entries(rest).filter(([key]) => !serverSetMetadata.has(key));
  const keptAnnotations = Object.entries(annotations ?? {}).filter(([key]) => !bookkeepingAnnotations.has(key));
  return {
    ...(Object.fromEntries(kept) as unknown as ObjectMeta),
    ...(keptAnnotations.length === 0 ? {} : { annotations: Object.fromEntries(keptAnnotations) }),
  };
}
