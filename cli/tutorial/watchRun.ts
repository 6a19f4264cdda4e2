/** Follows a run on the hub by a watch, until it is where a step of the tutorial wants it. */
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { progressItems } from './progress.ts';
import type { ProgressView } from './progressView.ts';

/** Where a run is wanted: at the approval of a stage, or at its end. */
export type RunGoal = { approvalOf: string } | 'ended';

/**
 * Shows every change of the run until the goal is reached. Rejects if the run ends elsewhere, if it is deleted,
 * or when `signal` is aborted. There is no deadline: a run may wait as long as its strategy says.
 */
export async function watchRun(
  hub: KubernetesClient,
  name: string,
  goal: RunGoal,
  view: ProgressView,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const informer = new Informer(hub, clusterKinds.run, {
    fieldSelector: `metadata.name=${name}`,
    onEvent: ({ type, object }) => {
      if (type === 'deleted') {
        reject(new Error(`The run ${name} was deleted while it was watched.`));
        return;
      }
      view.show(progressItems(object));
      if (reached(object, goal)) resolve(undefined);
      else if (hasEnded(object)) reject(new Error(`The run ${name} has ended before its time: ${endMessage(object)}`));
    },
  });
  const abort = (): void => {
    reject(signal.reason as Error);
  };
  signal.addEventListener('abort', abort, { once: true });
  informer.start();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    informer.stop();
    view.close();
  }
}

/** Whether the run is where it is wanted. An end with a failure is never wanted. */
export function reached(run: ClusterStagedUpdateRun, goal: RunGoal): boolean {
  if (goal === 'ended') return findCondition(run.status?.conditions, 'Succeeded')?.status === 'True';
  const stage = run.status?.stagesStatus?.find((entry) => entry.stageName === goal.approvalOf);
  const approval = stage?.afterStageTaskStatus?.find((task) => task.type === 'Approval');
  return findCondition(approval?.conditions, 'ApprovalRequestCreated')?.status === 'True';
}

function hasEnded(run: ClusterStagedUpdateRun): boolean {
  const { conditions } = run.status ?? {};
  return (
    findCondition(conditions, 'Succeeded') !== undefined || findCondition(conditions, 'Initialized')?.status === 'False'
  );
}

function endMessage(run: ClusterStagedUpdateRun): string {
  const { conditions } = run.status ?? {};
  return (findCondition(conditions, 'Succeeded') ?? findCondition(conditions, 'Initialized'))?.message ?? '';
}
