/** The run's own `Progressing` condition: in one sentence, what the run is at. */
import { type ConditionContent } from '../../api/conditions.ts';
import { runConditions } from '../../api/runConditions.ts';
import type { RunPlan } from './plan.ts';
import type { ClusterProgress, ProgressingState, RunProgress } from './progress.ts';
import { currentStage } from './walk.ts';

/** The condition of a run that is just beginning. */
export function startingToProgress(now: number): ProgressingState {
  return stateAt(runConditions.progressing(), now);
}

/** Brings `progress.progressing` up to date. Its time moves only when the status changes. */
export function noteProgressing(plan: RunPlan, progress: RunProgress, now: number): void {
  const next = stateAt(progressingNow(plan, progress), now);
  const { status, since } = progress.progressing;
  progress.progressing = next.status === status ? { ...next, since } : next;
}

function progressingNow(plan: RunPlan, progress: RunProgress): ConditionContent {
  if (progress.outcome !== undefined) {
    return progress.outcome.result === 'succeeded' ? runConditions.completed() : runConditions.aborted();
  }
  const index = currentStage(progress);
  const planned = plan.stages[index];
  const stage = progress.stages[index];
  if (planned !== undefined && stage?.updatedAt !== undefined)
    return runConditions.waitingForAfterStageTasks(planned.name);
  const clusters = stage?.clusters ?? progress.removal.clusters;
  const names = planned?.clusters ?? plan.removals;
  const hindered = clusters.findIndex((cluster) => cluster.trouble !== undefined);
  if (hindered === -1) return runConditions.progressing();
  return runConditions.hindered(
    names[hindered]?.name ?? '',
    planned?.name,
    troubleOf(clusters[hindered]),
    others(clusters),
  );
}

function troubleOf(cluster: ClusterProgress | undefined): string {
  return cluster?.trouble?.reason ?? '';
}

function others(clusters: ClusterProgress[]): number {
  return clusters.filter((cluster) => cluster.trouble !== undefined).length - 1;
}

function stateAt({ status, reason, message }: ConditionContent, since: number): ProgressingState {
  return { status: status === 'True' ? 'True' : 'False', reason, message, since };
}
