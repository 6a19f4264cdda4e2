/**
 * Reads plan and progress back from the status of a run whose history is lost, so that a new execution goes on after
 * the clusters recorded there. Times have lost their fractions of a second; nothing else is lost.
 */
import { resourceSnapshotName } from '../../api/names.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageTaskStatus,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { findCondition } from '../../api/conditions.ts';
import { parseDuration } from '../durations.ts';
import type { PlannedCluster, PlannedTask, RunPlan } from './plan.ts';
import type { ClusterProgress, RunProgress, StageProgress, TaskProgress } from './progress.ts';
import { startingToProgress } from './progressing.ts';

/** @param bindings of the run's placement; they say how a cluster is reached. */
export function adoptPlan(
  run: ClusterStagedUpdateRun,
  placementUid: string,
  bindings: ClusterResourceBinding[],
): RunPlan {
  const { metadata, spec, status } = run;
  const bindingOf = new Map(bindings.map((binding) => [binding.spec.targetCluster, binding.metadata.name]));
  const planned = ({ clusterName }: ClusterUpdatingStatus): PlannedCluster => ({
    name: clusterName,
    binding: bindingOf.get(clusterName) ?? `${spec.placementName}-${clusterName}`,
  });
  return {
    run: {
      name: metadata.name,
      uid: metadata.uid ?? '',
      createdAt: metadata.creationTimestamp ?? '',
      generation: metadata.generation ?? 1,
    },
    placement: { name: spec.placementName, uid: placementUid },
    resourceSnapshot: {
      index: spec.resourceSnapshotIndex,
      name: resourceSnapshotName(spec.placementName, spec.resourceSnapshotIndex),
    },
    applyStrategy: status?.appliedStrategy,
    stages: (status?.stagesStatus ?? []).map((stage, index) => ({
      name: stage.stageName,
      clusters: stage.clusters.map(planned),
      maxConcurrency: 1,
      afterTasks: (stage.afterStageTaskStatus ?? []).map((task, position) =>
        plannedTask(task, status?.stagedUpdateStrategySnapshot?.stages[index]?.afterStageTasks?.[position]?.waitTime),
      ),
    })),
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
    progressing:
      progressing === undefined || progressing.status === 'Unknown'
        ? startingToProgress(initializedAt)
        : {
            status: progressing.status,
            reason: progressing.reason,
            message: progressing.message,
            since: timeOf(progressing) ?? initializedAt,
          },
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
  const progressing = findCondition(stage.conditions, 'Progressing');
  return withoutUndefined({
    startedAt: stage.startTime === undefined ? undefined : Date.parse(stage.startTime),
    updatedAt: progressing?.status === 'False' ? timeOf(progressing) : undefined,
    endedAt: timeOf(trueOnly(findCondition(stage.conditions, 'Succeeded'))),
    clusters: stage.clusters.map(clusterProgress),
    tasks: (stage.afterStageTaskStatus ?? []).map(taskProgress),
  });
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
