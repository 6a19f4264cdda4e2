/** What a run's object says about its stages, as numbers and names. */
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { StageTaskStatus, StageUpdatingStatus, UpdateRunStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { parseDuration } from '../../domain/durations.ts';

/** Names of a stage's clusters by how far they are. */
export interface StageClusters {
  done: string[];
  working: string[];
  waiting: string[];
}

export function clustersOf({ clusters, conditions }: StageUpdatingStatus): StageClusters {
  // In a very large status, clusters that are done are shown by their names alone.
  const isDone = isConditionTrue(conditions, 'Succeeded');
  const sorted: StageClusters = { done: [], working: [], waiting: [] };
  for (const cluster of clusters) {
    const succeeded = findCondition(cluster.conditions, 'Succeeded');
    if (isDone || succeeded?.status === 'True') sorted.done.push(cluster.clusterName);
    else if (isConditionTrue(cluster.conditions, 'Started')) sorted.working.push(cluster.clusterName);
    else sorted.waiting.push(cluster.clusterName);
  }
  return sorted;
}

/** The stage in which the run is; undefined once all are done. */
export function currentStageOf({ stagesStatus = [] }: UpdateRunStatus): StageUpdatingStatus | undefined {
  return stagesStatus.find(({ conditions }) => !isConditionTrue(conditions, 'Succeeded'));
}

/** An approval that is asked for and not given. */
export interface OpenApproval {
  when: StageTaskMoment;
  request: string;
  /** RFC 3339: when it was asked for. */
  since?: string;
}

export function openApproval(stage: StageUpdatingStatus): OpenApproval | undefined {
  return approvalIn(stage.beforeStageTaskStatus, 'before') ?? approvalIn(stage.afterStageTaskStatus, 'after');
}

function approvalIn(tasks: readonly StageTaskStatus[] | undefined, when: StageTaskMoment): OpenApproval | undefined {
  const task = tasks?.find(
    ({ type, conditions }) =>
      type === 'Approval' &&
      isConditionTrue(conditions, 'ApprovalRequestCreated') &&
      !isConditionTrue(conditions, 'ApprovalRequestApproved'),
  );
  if (task === undefined) return undefined;
  const since = findCondition(task.conditions, 'ApprovalRequestCreated')?.lastTransitionTime;
  return { when, request: task.approvalRequestName ?? '', ...(since !== undefined && { since }) };
}

/** A timed wait that goes on. */
export interface OpenWait {
  /** RFC 3339: since when it counts. */
  since: string;
  /** Epoch milliseconds. */
  endsAt: number;
  /** As the strategy writes it. */
  waitTime: string;
}

export function openWait(status: UpdateRunStatus, stage: StageUpdatingStatus): OpenWait | undefined {
  const index = stage.afterStageTaskStatus?.findIndex(
    ({ type, conditions }) => type === 'TimedWait' && !isConditionTrue(conditions, 'WaitTimeElapsed'),
  );
  const config = status.stagedUpdateStrategySnapshot?.stages.find(({ name }) => name === stage.stageName);
  const waitTime = index === undefined || index < 0 ? undefined : config?.afterStageTasks?.[index]?.waitTime;
  const { working, waiting } = clustersOf(stage);
  const progressing = findCondition(stage.conditions, 'Progressing');
  if (waitTime === undefined || working.length + waiting.length > 0 || progressing?.reason !== 'StageUpdatingWaiting') {
    return undefined;
  }
  const since = lastUpdated(stage) ?? progressing.lastTransitionTime;
  return { since, endsAt: Date.parse(since) + parseDuration(waitTime), waitTime };
}

/** When the last cluster of the stage was done. */
function lastUpdated({ clusters }: StageUpdatingStatus): string | undefined {
  const times = clusters.map(({ conditions }) => findCondition(conditions, 'Succeeded')?.lastTransitionTime ?? '');
  const last = times.sort().at(-1);
  return last === '' ? undefined : last;
}
