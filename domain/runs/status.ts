/**
 * A run's status on the hub. What was frozen at initialization stands in it already; progress is shown on top.
 * Source: the documents, condition by condition and in their order.
 */
import { conditionAt, setCondition, type ConditionContent } from '../../api/conditions.ts';
import { clusterConditions, runConditions, stageConditions, taskConditions } from '../../api/runConditions.ts';
import type { Condition, ObjectMeta } from '../../api/meta.ts';
import type { Scope } from '../../api/references.ts';
import type {
  ClusterUpdatingStatus,
  StageTaskStatus,
  StageUpdatingStatus,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { rfc3339 } from '../time.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { ClusterProgress, ProgressingState, RunProgress, StageProgress, TaskProgress } from './progress.ts';

/** Status of a run that waits to be planned. `now` is epoch milliseconds. */
export function waitingStatus(
  status: UpdateRunStatus,
  generation: number,
  message: string,
  now: number,
): UpdateRunStatus {
  return withCondition(status, runConditions.initializationWaiting(message), generation, now);
}

/** Status of a run that can never be planned. */
export function refusedStatus(
  status: UpdateRunStatus,
  generation: number,
  message: string,
  now: number,
): UpdateRunStatus {
  return withCondition(status, runConditions.initializationFailed(message), generation, now);
}

/** Status of a run that stops for good although it was initialized, or never came to that. */
export function abortedStatus(
  status: UpdateRunStatus,
  generation: number,
  message: string,
  now: number,
): UpdateRunStatus {
  const aborted = withCondition(status, runConditions.aborted(), generation, now);
  return withCondition(aborted, runConditions.failed(message), generation, now);
}

/**
 * Shows `progress` on top of what stands in `status` since initialization.
 * @param metadata of the run: the generation that the conditions are about, and the scope whose words they have
 */
export function renderStatus(
  status: UpdateRunStatus,
  { generation = 1, namespace }: Pick<ObjectMeta, 'generation' | 'namespace'>,
  progress: RunProgress,
): UpdateRunStatus {
  const at = (content: ConditionContent, time: number): Condition => conditionAt(content, generation, rfc3339(time));
  return {
    ...status,
    conditions: runConditionsOf({ namespace }, progress, at),
    stagesStatus: (status.stagesStatus ?? []).map((stage, index) =>
      renderStage({ namespace }, stage, progress.stages[index], at),
    ),
    ...(status.deletionStageStatus !== undefined && {
      deletionStageStatus: renderStage({ namespace }, status.deletionStageStatus, progress.removal, at),
    }),
  };
}

function progressingCondition({ status, reason, message }: ProgressingState): ConditionContent {
  return { type: 'Progressing', status, reason, message };
}

type At = (content: ConditionContent, time: number) => Condition;

function runConditionsOf(scope: Scope, { initializedAt, progressing, outcome }: RunProgress, at: At): Condition[] {
  const conditions = [at(runConditions.initialized(scope), initializedAt)];
  if (progressing !== undefined) conditions.push(at(progressingCondition(progressing), progressing.since));
  if (outcome?.result === 'succeeded') conditions.push(at(runConditions.succeeded(), outcome.at));
  if (outcome?.result === 'failed') conditions.push(at(runConditions.failed(outcome.message), outcome.at));
  return conditions;
}

function renderStage(
  scope: Scope,
  frozen: StageUpdatingStatus,
  progress: StageProgress | undefined,
  at: At,
): StageUpdatingStatus {
  if (progress === undefined) return frozen;
  const { stageName, clusters, beforeStageTaskStatus, afterStageTaskStatus } = frozen;
  const conditions = stageConditionsOf(progress, at);
  return {
    stageName,
    clusters: clusters.map((cluster, index) => renderCluster(cluster, progress.clusters[index], at)),
    ...(beforeStageTaskStatus !== undefined && {
      beforeStageTaskStatus: beforeStageTaskStatus.map((task, index) =>
        renderTask(scope, task, progress.beforeTasks?.[index], 'before', at),
      ),
    }),
    ...(afterStageTaskStatus !== undefined && {
      afterStageTaskStatus: afterStageTaskStatus.map((task, index) =>
        renderTask(scope, task, progress.tasks[index], 'after', at),
      ),
    }),
    ...(progress.startedAt !== undefined && { startTime: rfc3339(progress.startedAt) }),
    ...(progress.endedAt !== undefined && { endTime: rfc3339(progress.endedAt) }),
    ...(conditions.length > 0 && { conditions }),
  };
}

function stageConditionsOf({ progressing, endedAt, failure }: StageProgress, at: At): Condition[] {
  if (progressing === undefined) return [];
  const conditions = [at(stageConditions[progressing.phase](), progressing.since)];
  if (failure !== undefined) conditions.push(at(stageConditions.failed(failure), endedAt ?? progressing.since));
  else if (endedAt !== undefined) conditions.push(at(stageConditions.succeeded(), endedAt));
  return conditions;
}

function renderCluster(
  frozen: ClusterUpdatingStatus,
  progress: ClusterProgress | undefined,
  at: At,
): ClusterUpdatingStatus {
  if (progress?.startedAt === undefined) return frozen;
  const conditions = [at(clusterConditions.started(), progress.startedAt)];
  const { endedAt, failure } = progress;
  if (endedAt !== undefined) {
    conditions.push(
      at(failure === undefined ? clusterConditions.succeeded() : clusterConditions.failed(failure), endedAt),
    );
  }
  return { ...frozen, conditions };
}

function renderTask(
  scope: Scope,
  frozen: StageTaskStatus,
  progress: TaskProgress | undefined,
  when: StageTaskMoment,
  at: At,
): StageTaskStatus {
  const conditions: Condition[] = [];
  if (progress?.requestedAt !== undefined)
    conditions.push(at(taskConditions.approvalRequestCreated(scope, when), progress.requestedAt));
  if (progress?.doneAt !== undefined) {
    const done =
      frozen.type === 'Approval'
        ? taskConditions.approvalRequestApproved(scope, when)
        : taskConditions.waitTimeElapsed();
    conditions.push(at(done, progress.doneAt));
  }
  return conditions.length === 0 ? frozen : { ...frozen, conditions };
}

function withCondition(
  status: UpdateRunStatus,
  content: ConditionContent,
  generation: number,
  now: number,
): UpdateRunStatus {
  const condition = conditionAt(content, generation, rfc3339(now));
  return { ...status, conditions: setCondition(status.conditions, condition) };
}
