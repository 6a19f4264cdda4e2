import type { KubernetesObject } from '../../api/meta.ts';
import { workObjects, type ResolvedObjects } from '../../domain/apply/workObjects.ts';
import type { KubernetesClient } from '../../kube/client.ts';

/** Finds out how each object is addressed. Asks the member once more when it does not know a kind. */
export async function resolveObjects(
  client: KubernetesClient,
  manifests: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<ResolvedObjects> {
  const remembered = workObjects(manifests, await client.discover({ signal }));
  if (remembered.unknown.length === 0) return remembered;
  return workObjects(manifests, await client.discover({ refresh: true, signal }));
}
