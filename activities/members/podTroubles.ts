/** Asks a member why the pods of a workload do not do their work. */
import type { KubernetesObject, LabelSelector, ResourceDefinition } from '../../api/meta.ts';
import { podTrouble, type PodTrouble, type WorkloadPod } from '../../domain/apply/podTrouble.ts';
import { formatSelector } from '../../domain/labelSelectors.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError } from '../../kube/errors.ts';

const podKind: ResourceDefinition<WorkloadPod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
};

const workloads: ReadonlySet<string> = new Set(['apps/v1 Deployment', 'apps/v1 StatefulSet', 'apps/v1 DaemonSet']);

/**
 * @returns undefined for an object without pods, when its pods are well, and when the member does not tell: its own
 * status says enough to go on waiting for
 */
export async function podTroubleOf(
  client: KubernetesClient,
  manifest: KubernetesObject,
  signal: AbortSignal,
): Promise<PodTrouble | undefined> {
  const { apiVersion, kind, metadata, spec } = manifest as KubernetesObject & { spec?: { selector?: LabelSelector } };
  if (!workloads.has(`${apiVersion} ${kind}`) || spec?.selector === undefined) return undefined;
  try {
    const labelSelector = formatSelector(spec.selector);
    const { items } = await client.list(podKind, { namespace: metadata.namespace, labelSelector, signal });
    return podTrouble(items);
  } catch (error) {
    if (error instanceof KubernetesError) return undefined;
    throw error;
  }
}
