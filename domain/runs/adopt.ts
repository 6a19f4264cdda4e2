/**
 * Reads plan and progress back from the status of a run whose history is lost, so that a new execution goes on after
 * the clusters recorded there. Times have lost their fractions of a second; nothing else is lost.
 */
import { resourceSnapshotName } from '../../api/names.ts';
import type { Condition } from '../../api/meta.ts';
import { inScopeOf, referenceOf } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageTaskStatus,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { findCondition } from '../../api/conditions.ts';
import { stageConditions } from '../../api/runConditions.ts';
import { parseDuration } from '../durations.ts';
import type { PlannedCluster, PlannedStage, PlannedTask, RunPlan } from './plan.ts';
import { concurrencyOf } from './planRun.ts';
import type { ClusterProgress, RunProgress, StagePhase, StageProgress, TaskProgress } from './progress.ts';

const phases = (Object.keys(stageConditions) as (keyof typeof stageConditions)[]).filter(
  (name) => name !== 'succeeded' && name !== 'failed',
);

/**
 * @param placement with its generation, if that leaves the rollout to runs
 * @param bindings of the run's placement; they say how a cluster is reached
 */
export function adoptPlan(
  run: ClusterStagedUpdateRun,
  placement: Pick<RunPlan['placement'], 'uid' | 'generation'>,
  bindings: ClusterResourceBinding[],
  stuckAfterMs: number,
): RunPlan {
  const { metadata, spec, status } = run;
  const requestedIndex = spec.resourceSnapshotIndex ?? '';
  const index = requestedIndex === '' ? (status?.resourceSnapshotIndexUsed ?? '') : requestedIndex;
  const bindingOf = new Map(bindings.map((binding) => [binding.spec.targetCluster, binding.metadata.name]));
  const planned = ({ clusterName }: ClusterUpdatingStatus): PlannedCluster => ({
    name: clusterName,
    binding: bindingOf.get(clusterName) ?? `${spec.placementName}-${clusterName}`,
  });
  return {
    run: {
      ...referenceOf(run),
      uid: metadata.uid ?? '',
      createdAt: metadata.creationTimestamp ?? '',
      generation: metadata.generation ?? 1,
    },
    placement: { ...inScopeOf(metadata, spec.placementName), ...placement },
    resourceSnapshot: {
      index,
      name: resourceSnapshotName(spec.placementName, index),
      requestedIndex,
    },
    applyStrategy: status?.appliedStrategy,
    stages: (status?.stagesStatus ?? []).map((stage, position): PlannedStage => {
      const config = status?.stagedUpdateStrategySnapshot?.stages[position];
      return {
        name: stage.stageName,
        clusters: stage.clusters.map(planned),
        maxConcurrency: concurrencyOf(config?.maxConcurrency, stage.clusters.length),
        beforeTasks: (stage.beforeStageTaskStatus ?? []).map((task) => plannedTask(task, undefined)),
        afterTasks: (stage.afterStageTaskStatus ?? []).map((task, number) =>
          plannedTask(task, config?.afterStageTasks?.[number]?.waitTime),
        ),
      };
    }),
    stuckAfterMs,
    removals: (status?.deletionStageStatus?.clusters ?? []).map(planned),
  };
}

/** @returns what the status records as done. */
export function adoptProgress(run: ClusterStagedUpdateRun): RunProgress {
  const { status } = run;
  const initializedAt = timeOf(findCondition(status?.conditions, 'Initialized')) ?? 0;
  const progressing = findCondition(status?.conditions, 'Progressing');
  return {
    initializedAt,
    requested: run.spec.state ?? 'Run',
    ...(progressing !== undefined && {
      progressing: {
        status: progressing.status,
        reason: progressing.reason,
        message: progressing.message,
        since: timeOf(progressing) ?? initializedAt,
      },
    }),
    stages: (status?.stagesStatus ?? []).map(stageProgress),
    removal: stageProgress(status?.deletionStageStatus ?? { stageName: '', clusters: [] }),
  };
}

function plannedTask(task: StageTaskStatus, waitTime: string | undefined): PlannedTask {
  return task.type === 'Approval'
    ? { type: 'Approval', request: task.approvalRequestName ?? '' }
    : { type: 'TimedWait', waitMs: parseDuration(waitTime ?? '0') };
}

function stageProgress(stage: StageUpdatingStatus): StageProgress {
  const clusters = stage.clusters.map(clusterProgress);
  return withoutUndefined({
    startedAt: stage.startTime === undefined ? undefined : Date.parse(stage.startTime),
    updatedAt: lastUpdateOf(stage, clusters),
    endedAt: timeOf(trueOnly(findCondition(stage.conditions, 'Succeeded'))),
    progressing: phaseOf(stage),
    clusters,
    beforeTasks: stage.beforeStageTaskStatus?.map(taskProgress),
    tasks: (stage.afterStageTaskStatus ?? []).map(taskProgress),
  });
}

/** When the last cluster was done; for a stage without clusters, when it began to wait for its tasks. */
function lastUpdateOf(
  { conditions, beforeStageTaskStatus = [] }: StageUpdatingStatus,
  clusters: ClusterProgress[],
): number | undefined {
  const ends = clusters.map(({ endedAt }) => endedAt);
  if (ends.includes(undefined)) return undefined;
  if (ends.length > 0) return Math.max(...ends.map((end) => end ?? 0));
  const progressing = findCondition(conditions, 'Progressing');
  const since = timeOf(progressing);
  if (since === undefined || progressing?.message.startsWith(stageConditions.waiting().message) !== true)
    return undefined;
  // The condition is as old as the wait for the tasks before the stage, if there was one.
  return Math.max(since, ...beforeStageTaskStatus.map((task) => taskProgress(task).doneAt ?? 0));
}

function phaseOf({ conditions }: StageUpdatingStatus): StagePhase | undefined {
  const progressing = findCondition(conditions, 'Progressing');
  const phase = phases.find((one) => progressing?.message.startsWith(stageConditions[one]().message));
  return phase === undefined ? undefined : { phase, since: timeOf(progressing) ?? 0 };
}

function clusterProgress({ conditions }: ClusterUpdatingStatus): ClusterProgress {
  return withoutUndefined({
    startedAt: timeOf(trueOnly(findCondition(conditions, 'Started'))),
    endedAt: timeOf(trueOnly(findCondition(conditions, 'Succeeded'))),
  });
}

function taskProgress({ conditions }: StageTaskStatus): TaskProgress {
  const done = findCondition(conditions, 'WaitTimeElapsed') ?? findCondition(conditions, 'ApprovalRequestApproved');
  return withoutUndefined({
    requestedAt: timeOf(trueOnly(findCondition(conditions, 'ApprovalRequestCreated'))),
    doneAt: timeOf(trueOnly(done)),
  });
}

function trueOnly(condition: Condition | undefined): Condition | undefined {
  return condition?.status === 'True' ? condition : undefined;
}

function timeOf(condition: Condition | undefined): number | undefined {
  return condition === undefined ? undefined : Date.parse(condition.lastTransitionTime);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
