/**
 * Finalizers and labels on objects that users write. They are set with a JSON patch of exactly these fields, so that
 * the rest reads back as it was submitted, and bound to a resourceVersion, so that two writers never undo each other.
 */
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import type { KubernetesClient } from '../kube/client.ts';

/** What {@link mark} makes sure of. */
export interface Marks {
  finalizer?: string;
  labels?: Record<string, string>;
}

interface PatchOperation {
  op: 'add';
  path: string;
  value: unknown;
}

/** Adds what is missing. Writes nothing when all is there. Throws class `conflict` if `object` is out of date. */
export async function mark<T extends KubernetesObject>(
  client: KubernetesClient,
  definition: ResourceDefinition<T>,
  object: T,
  { finalizer, labels }: Marks,
): Promise<T> {
  const operations: PatchOperation[] = [];
  const { finalizers = [], labels: present = {} } = object.metadata;
  if (finalizer !== undefined && !finalizers.includes(finalizer)) {
    operations.push({ op: 'add', path: '/metadata/finalizers', value: [...finalizers, finalizer] });
  }
  if (Object.entries(labels ?? {}).some(([key, value]) => present[key] !== value)) {
    operations.push({ op: 'add', path: '/metadata/labels', value: { ...present, ...labels } });
  }
  return operations.length === 0 ? object : patch(client, definition, object, operations);
}

/** Takes a finalizer away; the object may be gone afterwards. Throws class `conflict` if `object` is out of date. */
export async function releaseFinalizer<T extends KubernetesObject>(
  client: KubernetesClient,
  definition: ResourceDefinition<T>,
  object: T,
  finalizer: string,
): Promise<void> {
  const { finalizers = [] } = object.metadata;
  if (!finalizers.includes(finalizer)) return;
  const value = finalizers.filter((present) => present !== finalizer);
  await patch(client, definition, object, [{ op: 'add', path: '/metadata/finalizers', value }]);
}

/** Naming the resourceVersion in the patch makes the API server answer 409 when the object has moved on. */
function patch<T extends KubernetesObject>(
  client: KubernetesClient,
  definition: ResourceDefinition<T>,
  object: T,
  operations: PatchOperation[],
): Promise<T> {
  const { name, namespace, resourceVersion } = object.metadata;
  const body = [{ op: 'add', path: '/metadata/resourceVersion', value: resourceVersion }, ...operations];
  return client.patch(definition, name, { type: 'json', body }, namespace === undefined ? {} : { namespace });
}
