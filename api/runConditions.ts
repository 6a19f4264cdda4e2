/**
 * Conditions of runs: of the run itself, its stages, clusters and tasks, and of approval requests.
 * Source of the texts: the documents, then the reference system; its slips of spelling are kept where users may look
 * for a text they know.
 */
import { isFalse, isTrue, isUnknown } from './conditions.ts';
import { kindsIn } from './kinds.ts';
import type { Scope } from './references.ts';

export const runConditions = {
  initialized: (scope: Scope) =>
    isTrue('Initialized', 'UpdateRunInitializedSuccessfully', `${kindsIn(scope).run.kind} initialized successfully`),
  /** The run cannot be planned yet; `message` says what it waits for. */
  initializationWaiting: (message: string) => isUnknown('Initialized', 'UpdateRunInitializationWaiting', message),
  initializationFailed: (message: string) => isFalse('Initialized', 'UpdateRunInitializedFailed', message),
  progressing: () => isTrue('Progressing', 'UpdateRunProgressing', 'The update run is making progress'),
  waitingForTasks: (when: StageTaskMoment, stage: string) =>
    isFalse(
      'Progressing',
      'UpdateRunWaiting',
      `The updateRun is waiting for ${when}-stage tasks in stage ${stage} to complete`,
    ),
  /** Something keeps a cluster from being updated; the run waits for it. `others`: how many more are kept. */
  hindered: (cluster: string, stage: string | undefined, trouble: string, others: number) =>
    isTrue('Progressing', 'UpdateRunProgressing', hinderedMessage(cluster, stage, trouble, others)),
  /** Clusters have been in work for longer than is thought normal. `trouble`: what keeps the first of them, if known. */
  stuck: (clusters: readonly string[], stage: string, trouble: string) =>
    isFalse('Progressing', 'UpdateRunStuck', stuckMessage(clusters, stage) + (trouble === '' ? '' : `: ${trouble}`)),
  stopping: () =>
    isUnknown(
      'Progressing',
      'UpdateRunStopping',
      'The update run is the process of stopping, waiting for all the updating/deleting clusters ' +
        'to finish updating before completing the stop process',
    ),
  stopped: () => isFalse('Progressing', 'UpdateRunStopped', 'The update run has been stopped'),
  aborted: () => isFalse('Progressing', 'UpdateRunFailed', 'The stages are aborted due to a non-recoverable error'),
  failed: (message: string) => isFalse('Succeeded', 'UpdateRunFailed', message),
  completed: () => isFalse('Progressing', 'UpdateRunSucceeded', 'All stages are completed'),
  succeeded: () => isTrue('Succeeded', 'UpdateRunSucceeded', 'All stages are completed successfully'),
} as const;

/** Stages, and the stage that removes at the end: `Progressing` by phase. */
export const stageConditions = {
  waitingBefore: () =>
    isFalse('Progressing', 'StageUpdatingWaiting', 'Not all before-stage tasks are completed, waiting for approval'),
  started: () => isTrue('Progressing', 'StageUpdatingStarted', 'Clusters in the stage started updating'),
  waiting: () =>
    isFalse(
      'Progressing',
      'StageUpdatingWaiting',
      'All clusters in the stage are updated, waiting for after-stage tasks to complete',
    ),
  completed: () =>
    isFalse(
      'Progressing',
      'StageUpdatingSucceeded',
      'All clusters in the stage are updated and after-stage tasks are completed',
    ),
  stopping: () =>
    isUnknown(
      'Progressing',
      'StageUpdatingStopping',
      'Waiting for all the updating clusters to finish updating before completing the stop process',
    ),
  stopped: () =>
    isFalse(
      'Progressing',
      'StageUpdatingStopped',
      'All the updating clusters have finished updating, the stage is now stopped, waiting to be resumed',
    ),
  succeeded: () => isTrue('Succeeded', 'StageUpdatingSucceeded', 'Stage update completed successfully'),
  aborted: () => isFalse('Progressing', 'StageUpdatingFailed', 'Stage update aborted due to a non-recoverable error'),
  failed: (message: string) => isFalse('Succeeded', 'StageUpdatingFailed', message),
} as const;

/** Clusters in a stage. */
export const clusterConditions = {
  started: () => isTrue('Started', 'ClusterUpdatingStarted', 'Cluster update started'),
  succeeded: () => isTrue('Succeeded', 'ClusterUpdatingSucceeded', 'Cluster update completed successfully'),
  failed: (message: string) => isFalse('Succeeded', 'ClusterUpdatingFailed', message),
} as const;

/** When a task of a stage is due: before its first cluster, or after its last. */
export type StageTaskMoment = 'before' | 'after';

/** Tasks of a stage. Those after it keep the words of the documents, which knew no others. */
export const taskConditions = {
  approvalRequestCreated: (scope: Scope, when: StageTaskMoment) =>
    when === 'after'
      ? isTrue(
          'ApprovalRequestCreated',
          'AfterStageTaskApprovalRequestCreated',
          `${kindsIn(scope).approvalRequest.kind} is created`,
        )
      : isTrue('ApprovalRequestCreated', 'StageTaskApprovalRequestCreated', 'ApprovalRequest object is created'),
  approvalRequestApproved: (scope: Scope, when: StageTaskMoment) =>
    when === 'after'
      ? isTrue(
          'ApprovalRequestApproved',
          'AfterStageTaskApprovalRequestApproved',
          `${kindsIn(scope).approvalRequest.kind} is approved`,
        )
      : isTrue('ApprovalRequestApproved', 'StageTaskApprovalRequestApproved', 'ApprovalRequest object is approved'),
  waitTimeElapsed: () => isTrue('WaitTimeElapsed', 'AfterStageTaskWaitTimeElapsed', 'Wait time elapsed'),
} as const;

export const approvalRequestConditions = {
  /** For approvals that do not come as a patch with words of its own; `message` as {@link approvalMessage} makes it. */
  approved: (scope: Scope, message = approvalMessage(scope)) =>
    isTrue('Approved', `${kindsIn(scope).approvalRequest.kind}Approved`, message),
  approvalAccepted: () =>
    isTrue(
      'ApprovalAccepted',
      'ApprovalRequestApprovalAccepted',
      'The approval request has been approved and cannot be reverted',
    ),
} as const;

/** Words of an approval that did not come as a patch: who agreed, and what they said. */
export function approvalMessage(scope: Scope, by?: string, comment?: string): string {
  const who = by === undefined ? '' : ` by ${by}`;
  const { kind } = kindsIn(scope).approvalRequest;
  return `${kind} has been approved${who}${comment === undefined ? '' : `: ${comment}`}`;
}

/** One cluster in the words of the documents, several in those of their successor, which names three at most. */
function stuckMessage(clusters: readonly string[], stage: string): string {
  const [first = ''] = clusters;
  if (clusters.length === 1) {
    return `The updateRun is stuck waiting for cluster ${first} in stage ${stage} to finish updating, please check crp status for potential errors`;
  }
  const names = `${clusters.slice(0, 3).join(', ')}${clusters.length > 3 ? '...' : ''}`;
  return `The updateRun is stuck waiting for ${names} cluster(s) in stage ${stage} to finish updating, please check placement status for potential errors`;
}

function hinderedMessage(cluster: string, stage: string | undefined, trouble: string, others: number): string {
  const place = stage === undefined ? 'to be removed from it' : `in stage ${stage}`;
  const more = others === 0 ? '' : ` (and for ${String(others)} more)`;
  return `The update run is waiting for cluster ${cluster} ${place}${more}: ${trouble}`;
}
