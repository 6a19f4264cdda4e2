/** The part of a run's status that stands in it from initialization on, for a plan that nobody made on a hub. */
import { deleteStageName } from '../../../api/labels.ts';
import type { StageTask, StageTaskStatus, UpdateRunStatus } from '../../../api/types/clusterstagedupdaterun.ts';
import { formatDuration } from '../../../domain/durations.ts';
import type { PlannedCluster, PlannedTask, RunPlan } from '../../../domain/runs/plan.ts';

export function frozenStatusOf(plan: RunPlan): UpdateRunStatus {
  return {
    stagedUpdateStrategySnapshot: {
      stages: plan.stages.map(({ name, maxConcurrency, beforeTasks, afterTasks }) => ({
        name,
        maxConcurrency,
        beforeStageTasks: beforeTasks.map(configuredTask),
        afterStageTasks: afterTasks.map(configuredTask),
      })),
    },
    stagesStatus: plan.stages.map(({ name, clusters, beforeTasks, afterTasks }) => ({
      stageName: name,
      clusters: clusters.map(clusterEntry),
      ...(beforeTasks.length > 0 && { beforeStageTaskStatus: beforeTasks.map(taskEntry) }),
      ...(afterTasks.length > 0 && { afterStageTaskStatus: afterTasks.map(taskEntry) }),
    })),
    deletionStageStatus: { stageName: deleteStageName, clusters: plan.removals.map(clusterEntry) },
  };
}

function configuredTask(task: PlannedTask): StageTask {
  return task.type === 'Approval' ? { type: task.type } : { type: task.type, waitTime: formatDuration(task.waitMs) };
}

function taskEntry(task: PlannedTask): StageTaskStatus {
  return task.type === 'Approval' ? { type: task.type, approvalRequestName: task.request } : { type: task.type };
}

function clusterEntry({ name }: PlannedCluster): { clusterName: string } {
  return { clusterName: name };
}
