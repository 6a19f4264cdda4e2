/** How long a run is likely to take: from the waits of its strategy and what clusters took in earlier runs. */
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { PlannedStage, RunPlan } from '../../domain/runs/plan.ts';
import { clustersOf, pictureOf } from '../run/picture.ts';

/** All times are milliseconds. People's time for approvals is counted and not guessed. */
export interface PlanEstimate {
  /** Absent where no earlier run has updated a cluster. */
  total?: number;
  /** What the waits of the stages add up to, which is in the total. */
  waits: number;
  approvals: number;
  /** What a cluster took on average, and how many were looked at. */
  perCluster?: number;
  clustersSeen: number;
}

/** So many earlier runs tell enough; older ones brought something else. */
const runsSeen = 5;

/** @param runs earlier ones of the same placement, the newest first */
export function estimatePlan(plan: RunPlan, runs: readonly ClusterStagedUpdateRun[]): PlanEstimate {
  const spans = runs.map(spansOf).filter((found) => found.length > 0);
  const seen = spans.slice(0, runsSeen).flat();
  const perCluster = seen.length === 0 ? undefined : seen.reduce((sum, one) => sum + one, 0) / seen.length;
  const waits = plan.stages.reduce((sum, stage) => sum + waitOf(stage), 0);
  const rounds = plan.stages.reduce((sum, stage) => sum + wavesOf(stage).length, plan.removals.length > 0 ? 1 : 0);
  const tasks = plan.stages.flatMap(({ beforeTasks, afterTasks }) => [...beforeTasks, ...afterTasks]);
  return {
    ...(perCluster !== undefined && { total: waits + rounds * perCluster, perCluster }),
    waits,
    approvals: tasks.filter(({ type }) => type === 'Approval').length,
    clustersSeen: seen.length,
  };
}

/** The clusters of a stage by the turn in which they come, as if all took equally long. */
export function wavesOf({ clusters, maxConcurrency }: PlannedStage): string[][] {
  const names = clusters.map(({ name }) => name);
  return Array.from({ length: Math.ceil(names.length / maxConcurrency) }, (_, index) =>
    names.slice(index * maxConcurrency, (index + 1) * maxConcurrency),
  );
}

/** Tasks of one moment run side by side. */
function waitOf({ afterTasks }: PlannedStage): number {
  return Math.max(0, ...afterTasks.map((task) => (task.type === 'TimedWait' ? task.waitMs : 0)));
}

function spansOf(run: ClusterStagedUpdateRun): number[] {
  const picture = pictureOf({ run, approvals: [], troubles: new Map() });
  return clustersOf(picture).flatMap(({ state, startedAt, endedAt }) =>
    state === 'succeeded' && startedAt !== undefined && endedAt !== undefined ? [endedAt - startedAt] : [],
  );
}
