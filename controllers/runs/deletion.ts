/** The end of a run's object: its approval requests go with it, then its finalizer. What is on the members stays. */
import { kinds } from '../../api/kinds.ts';
import { finalizers, labels } from '../../api/labels.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { releaseFinalizer } from '../finalizers.ts';

/** Call it once the run's workflow has ended, so that nothing makes a request again. */
export async function finishDeletion(hub: KubernetesClient, run: ClusterStagedUpdateRun): Promise<void> {
  const { name, uid } = run.metadata;
  const labelSelector = `${labels.targetUpdateRun}=${name}`;
  const { items } = await hub.list(kinds.approvalRequest, { labelSelector });
  await Promise.all(items.map((request) => hub.delete(kinds.approvalRequest, request.metadata.name)));
  // The cached object is older than what the workflow wrote last.
  const current = await hub.find(kinds.run, name);
  if (current?.metadata.uid === uid && current !== undefined) {
    await releaseFinalizer(hub, kinds.run, current, finalizers.run);
  }
}
