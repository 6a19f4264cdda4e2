/** Writes to a run's object that its workflow ended without saying so, for example because somebody terminated it. */
import { kindsIn } from '../../api/kinds.ts';
import { abortedRun } from '../../api/runFailures.ts';
import { stagedUpdateRunWorkflowId } from '../../api/temporal.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { isInitialized, isOver } from '../../domain/runs/over.ts';
import { abortedStatus, refusedStatus } from '../../domain/runs/status.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict } from '../../kube/errors.ts';

/**
 * @param how completes the sentence "its workflow …"
 * @returns false when there was nothing to write: the object is gone, being deleted, or says already how the run ended
 */
export async function recordLostWorkflow(
  hub: KubernetesClient,
  { metadata }: ClusterStagedUpdateRun,
  how: string,
): Promise<boolean> {
  const definition = kindsIn(metadata).run;
  const cause =
    `its workflow ${stagedUpdateRunWorkflowId(metadata)} ${how}; ` +
    'a run never starts again by itself, so create a new run to go on';
  for (;;) {
    const run = await hub.find(definition, metadata.name, metadata.namespace);
    if (run === undefined || run.metadata.uid !== metadata.uid) return false;
    if (run.metadata.deletionTimestamp !== undefined || isOver(run)) return false;
    const write = isInitialized(run) ? abortedStatus : refusedStatus;
    const status = write(run.status ?? {}, run.metadata.generation ?? 1, abortedRun(metadata, cause), Date.now());
    try {
      await hub.replaceStatus(definition, { ...run, status });
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
}
