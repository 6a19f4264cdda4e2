/** The end of a run's object: its approval requests go with it, then its finalizer. What is on the members stays. */
import { kindsIn } from '../../api/kinds.ts';
import { finalizers, labels } from '../../api/labels.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { releaseFinalizer } from '../finalizers.ts';

/** Call it once the run's workflow has ended, so that nothing makes a request again. */
export async function finishDeletion(hub: KubernetesClient, run: ClusterStagedUpdateRun): Promise<void> {
  const { name, namespace, uid } = run.metadata;
  const definitions = kindsIn(run.metadata);
  const labelSelector = `${labels.targetUpdateRun}=${name}`;
  const { items } = await hub.list(definitions.approvalRequest, { namespace, labelSelector });
  await Promise.all(
    items.map((request) => hub.delete(definitions.approvalRequest, request.metadata.name, { namespace })),
  );
  // The cached object is older than what the workflow wrote last.
  const current = await hub.find(definitions.run, name, namespace);
  if (current?.metadata.uid === uid && current !== undefined) {
    await releaseFinalizer(hub, definitions.run, current, finalizers.run);
  }
}
