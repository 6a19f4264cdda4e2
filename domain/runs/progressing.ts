/** `Progressing` of a run and of its stages: in one sentence, what they are at. */
import type { ConditionContent } from '../../api/conditions.ts';
import { runConditions, stageConditions } from '../../api/runConditions.ts';
import type { PlannedCluster, RunPlan } from './plan.ts';
import type { ProgressingState, RunProgress, StagePhase, StageProgress } from './progress.ts';
import { currentStage, inFlight, isUnfulfilled } from './walk.ts';

/** Brings the conditions in `progress` up to date. Their times move only when their status changes. */
export function noteProgressing(plan: RunPlan, progress: RunProgress, now: number): void {
  const current = currentStage(progress);
  progress.stages.forEach((stage, index) => {
    notePhase(stage, phaseOfStage(progress, stage, index === current), now);
  });
  notePhase(progress.removal, phaseOfStage(progress, progress.removal, current === progress.stages.length), now);
  const content = progressingNow(plan, progress, now);
  if (content === undefined) return;
  const since = content.status === progress.progressing?.status ? progress.progressing.since : now;
  const { status, reason, message } = content;
  progress.progressing = { status, reason, message, since } satisfies ProgressingState;
}

/** When the next cluster in work turns into a stuck one, epoch milliseconds; `undefined` when none will. */
export function nextStuckAt(plan: RunPlan, progress: RunProgress, now: number): number | undefined {
  const { stage } = currentWork(plan, progress);
  if (progress.outcome !== undefined) return undefined;
  const due = inFlight(stage).map((index) => (stage.clusters[index]?.startedAt ?? 0) + plan.stuckAfterMs);
  const coming = due.filter((time) => time > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

function notePhase(stage: StageProgress, phase: StagePhase['phase'] | undefined, now: number): void {
  if (phase === undefined || phase === stage.progressing?.phase) return;
  const before = stage.progressing;
  const isSameStatus =
    before !== undefined && stageConditions[before.phase]().status === stageConditions[phase]().status;
  stage.progressing = { phase, since: isSameStatus ? before.since : now };
}

/** @returns `undefined` when there is nothing to say yet, or what was said stays true */
function phaseOfStage(
  { requested, outcome }: RunProgress,
  stage: StageProgress,
  isCurrent: boolean,
): StagePhase['phase'] | undefined {
  if (stage.failure !== undefined) return 'aborted';
  if (stage.endedAt !== undefined) return 'completed';
  // A stage that failed counts as ended, but none comes after it.
  if (!isCurrent || outcome !== undefined || requested === 'Initialize') return undefined;
  if (requested === 'Stop') return inFlight(stage).length > 0 ? 'stopping' : 'stopped';
  if (stage.updatedAt !== undefined) return 'waiting';
  if (stage.startedAt !== undefined) return 'started';
  return stage.beforeTasks?.some(isUnfulfilled) === true ? 'waitingBefore' : undefined;
}

/** The stage in which the run is, the removals included. */
function currentWork(
  plan: RunPlan,
  progress: RunProgress,
): { name: string | undefined; clusters: PlannedCluster[]; stage: StageProgress } {
  const index = currentStage(progress);
  const planned = plan.stages[index];
  const stage = progress.stages[index] ?? progress.removal;
  return { name: planned?.name, clusters: planned?.clusters ?? plan.removals, stage };
}

function progressingNow(plan: RunPlan, progress: RunProgress, now: number): ConditionContent | undefined {
  if (progress.outcome !== undefined) {
    return progress.outcome.result === 'succeeded' ? runConditions.completed() : runConditions.aborted();
  }
  if (progress.requested === 'Initialize') return undefined;
  const { name, clusters, stage } = currentWork(plan, progress);
  const working = inFlight(stage);
  const nameOf = (index: number): string => clusters[index]?.name ?? '';
  const troubled = working.filter((index) => stage.clusters[index]?.trouble !== undefined);
  const troubleOf = (index: number | undefined): string => stage.clusters[index ?? -1]?.trouble?.reason ?? '';
  const isStuck = (index: number): boolean => (stage.clusters[index]?.startedAt ?? now) + plan.stuckAfterMs <= now;
  const stuck = name === undefined ? [] : working.filter(isStuck);
  if (name !== undefined && stuck.length > 0) {
    return runConditions.stuck(stuck.map(nameOf), name, troubleOf(stuck.find((index) => troubled.includes(index))));
  }
  if (progress.requested === 'Stop') return working.length > 0 ? runConditions.stopping() : runConditions.stopped();
  if (name !== undefined && stage.updatedAt !== undefined) return runConditions.waitingForTasks('after', name);
  if (name !== undefined && stage.startedAt === undefined && stage.beforeTasks?.some(isUnfulfilled) === true) {
    return runConditions.waitingForTasks('before', name);
  }
  const [first] = troubled;
  if (first === undefined) return runConditions.progressing();
  return runConditions.hindered(nameOf(first), name, troubleOf(first), troubled.length - 1);
}
