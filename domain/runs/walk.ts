/**
 * Chooses what a run does next: plan + progress + event → steps. No I/O and no clock; the workflow performs the steps
 * and comes back with events. `progress` is changed in place, because a run over thousands of clusters
 * would otherwise copy itself at each of them.
 *
 * The order that it keeps: stages one after another; of a stage first the tasks before it, then at most
 * `maxConcurrency` clusters at once, in the order of the plan, then all tasks after it together; after the last stage
 * the removals; then the end. A run that is to stop starts nothing; what is in work comes to its end.
 */
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { PlannedTask, RunPlan } from './plan.ts';
import {
  tasksOf,
  type ClusterProgress,
  type RequestedState,
  type RunProgress,
  type StageProgress,
  type TaskProgress,
} from './progress.ts';

/** What the workflow is asked to do. Each step is given once; {@link resume} gives those in flight again. */
export type Step =
  | { do: 'updateCluster'; stage: number; cluster: number }
  | { do: 'requestApproval'; stage: number; when: StageTaskMoment; task: number }
  /** `until` is epoch milliseconds. */
  | { do: 'wait'; stage: number; task: number; until: number }
  | { do: 'removeCluster'; cluster: number }
  /** Waits and approvals that are open are dropped; they start again when the run goes on. */
  | { do: 'suspendTasks' }
  | { do: 'finish' };

/** What happened, as the workflow saw it. `at` is epoch milliseconds of the workflow's clock. */
export type RunEvent =
  | { type: 'begun'; at: number }
  | { type: 'clusterUpdated'; stage: number; cluster: number; at: number }
  | { type: 'clusterFailed'; stage: number; cluster: number; message: string; at: number }
  | { type: 'clusterTrouble'; name: string; reason: string; since: string }
  | { type: 'approvalRequested'; stage: number; when: StageTaskMoment; task: number; at: number }
  /** `doneAt`: when the task was fulfilled, which for a wait may be long before somebody saw it. */
  | { type: 'taskDone'; stage: number; when: StageTaskMoment; task: number; doneAt: number; at: number }
  | { type: 'clusterRemoved'; cluster: number; at: number }
  | { type: 'stateRequested'; state: RequestedState; at: number }
  /** Time has passed. */
  | { type: 'looked' }
  | { type: 'failed'; message: string; at: number };

/** Takes note of an event in `progress` and returns what starts because of it. */
export function advance(plan: RunPlan, progress: RunProgress, event: RunEvent): Step[] {
  if (progress.outcome !== undefined) return [];
  switch (event.type) {
    case 'begun':
      return goOn(plan, progress, event.at);
    case 'clusterUpdated': {
      const stage = stageAt(progress, event.stage);
      endCluster(stage.clusters[event.cluster], event.at);
      return continueStage(plan, progress, event.stage, event.at);
    }
    case 'clusterFailed': {
      const stage = stageAt(progress, event.stage);
      endCluster(stage.clusters[event.cluster], event.at, event.message);
      stage.failure = event.message;
      stage.endedAt = event.at;
      return fail(progress, event.message, event.at);
    }
    case 'clusterTrouble':
      noteTrouble(plan, progress, event.name, event.reason, event.since);
      return [];
    case 'approvalRequested': {
      const task = tasksOf(stageAt(progress, event.stage), event.when)[event.task];
      if (task !== undefined) task.requestedAt ??= event.at;
      return [];
    }
    case 'taskDone':
      return noteTask(plan, progress, event);
    case 'clusterRemoved':
      endCluster(progress.removal.clusters[event.cluster], event.at);
      return continueRemovals(progress, event.at);
    case 'stateRequested':
      return changeState(plan, progress, event.state, event.at);
    case 'looked':
      return [];
    case 'failed':
      return fail(progress, event.message, event.at);
  }
}

/**
 * What an interrupted run does next: the steps that were in flight, again, and what may start beside them.
 * Repeating a step is harmless: what it had finished, it does not do again.
 */
export function resume(plan: RunPlan, progress: RunProgress, now: number): Step[] {
  if (progress.outcome !== undefined) return [];
  const current = currentStage(progress);
  const stage = progress.stages[current];
  const again = inFlight(stage ?? progress.removal).map((cluster): Step =>
    stage === undefined ? { do: 'removeCluster', cluster } : { do: 'updateCluster', stage: current, cluster },
  );
  return [...again, ...goOn(plan, progress, now)];
}

/** Index of the stage in which the run is; the number of stages once all of them have ended. */
export function currentStage(progress: RunProgress): number {
  const index = progress.stages.findIndex((stage) => stage.endedAt === undefined);
  return index === -1 ? progress.stages.length : index;
}

/** Indices of the clusters of a stage that have started and not ended. */
export function inFlight(stage: StageProgress): number[] {
  return stage.clusters.flatMap((cluster, index) =>
    cluster.startedAt !== undefined && !isEnded(cluster) ? [index] : [],
  );
}

/** Whether a task is still to be fulfilled. */
export function isUnfulfilled(task: TaskProgress): boolean {
  return task.doneAt === undefined;
}

function isEnded(cluster: ClusterProgress): boolean {
  return cluster.endedAt !== undefined;
}

/** What starts from where the run is, beside what is in work already. Nothing, unless the run is to be carried out. */
function goOn(plan: RunPlan, progress: RunProgress, now: number): Step[] {
  if (progress.requested !== 'Run') return [];
  const current = currentStage(progress);
  const stage = progress.stages[current];
  if (stage === undefined) {
    return progress.removal.startedAt === undefined
      ? startRemovals(plan, progress, now)
      : continueRemovals(progress, now);
  }
  if (stage.updatedAt !== undefined) {
    return stage.tasks.some(isUnfulfilled) ? startTasks(plan, current, stage) : endStage(plan, progress, current, now);
  }
  return proceed(plan, progress, current, now);
}

/** A run that is stopped keeps its clusters in work and drops its tasks; one that goes on takes both up. */
function changeState(plan: RunPlan, progress: RunProgress, state: RequestedState, now: number): Step[] {
  const before = progress.requested;
  if (before === state) return [];
  progress.requested = state;
  if (state === 'Run') return goOn(plan, progress, now);
  return before === 'Run' ? [{ do: 'suspendTasks' }] : [];
}

/** Enters stage `index`, or the removals after the last stage. */
function proceed(plan: RunPlan, progress: RunProgress, index: number, now: number): Step[] {
  const stage = progress.stages[index];
  if (stage === undefined) return startRemovals(plan, progress, now);
  if (stage.startedAt === undefined && stage.beforeTasks?.some(isUnfulfilled) === true) {
    return taskSteps(plan.stages[index]?.beforeTasks ?? [], stage.beforeTasks, index, 'before', 0);
  }
  return continueStage(plan, progress, index, now);
}

/** A task that is reported while the run is stopped was dropped, and is looked at again when the run goes on. */
function noteTask(plan: RunPlan, progress: RunProgress, event: Extract<RunEvent, { type: 'taskDone' }>): Step[] {
  if (progress.requested !== 'Run') return [];
  const stage = stageAt(progress, event.stage);
  const tasks = tasksOf(stage, event.when);
  const task = tasks[event.task];
  if (task !== undefined) task.doneAt ??= event.doneAt;
  if (tasks.some(isUnfulfilled)) return [];
  return event.when === 'before'
    ? continueStage(plan, progress, event.stage, event.at)
    : endStage(plan, progress, event.stage, event.at);
}

function continueStage(plan: RunPlan, progress: RunProgress, index: number, now: number): Step[] {
  const stage = stageAt(progress, index);
  if (stage.clusters.every(isEnded)) return clustersDone(plan, progress, index, now);
  return progress.requested === 'Run' ? startClusters(plan, progress, index, now) : [];
}

/** Fills the stage's window of `maxConcurrency` with the next clusters in order. */
function startClusters(plan: RunPlan, progress: RunProgress, index: number, now: number): Step[] {
  const stage = stageAt(progress, index);
  const limit = plan.stages[index]?.maxConcurrency ?? 1;
  const steps: Step[] = [];
  let free = limit - inFlight(stage).length;
  for (let cluster = 0; cluster < stage.clusters.length && free > 0; cluster += 1) {
    const state = stage.clusters[cluster];
    if (state === undefined || state.startedAt !== undefined) continue;
    state.startedAt = now;
    stage.startedAt ??= now;
    free -= 1;
    steps.push({ do: 'updateCluster', stage: index, cluster });
  }
  return steps;
}

function clustersDone(plan: RunPlan, progress: RunProgress, index: number, now: number): Step[] {
  const stage = stageAt(progress, index);
  stage.updatedAt ??= now;
  if (progress.requested !== 'Run') return [];
  return stage.tasks.length === 0 ? endStage(plan, progress, index, now) : startTasks(plan, index, stage);
}

function startTasks(plan: RunPlan, index: number, stage: StageProgress): Step[] {
  return taskSteps(plan.stages[index]?.afterTasks ?? [], stage.tasks, index, 'after', stage.updatedAt ?? 0);
}

/** @param from epoch milliseconds from which waits count */
function taskSteps(
  planned: readonly PlannedTask[],
  tasks: readonly TaskProgress[],
  stage: number,
  when: StageTaskMoment,
  from: number,
): Step[] {
  return planned.flatMap((task, position): Step[] => {
    if (tasks[position]?.doneAt !== undefined) return [];
    return task.type === 'TimedWait'
      ? [{ do: 'wait', stage, task: position, until: from + task.waitMs }]
      : [{ do: 'requestApproval', stage, when, task: position }];
  });
}

function endStage(plan: RunPlan, progress: RunProgress, index: number, now: number): Step[] {
  stageAt(progress, index).endedAt = now;
  return proceed(plan, progress, index + 1, now);
}

/** All removals start at once: they take nothing from a cluster that is still selected. */
function startRemovals(plan: RunPlan, progress: RunProgress, now: number): Step[] {
  progress.removal.startedAt = now;
  if (plan.removals.length === 0) return succeed(progress, now);
  return progress.removal.clusters.map((state, cluster): Step => {
    state.startedAt = now;
    return { do: 'removeCluster', cluster };
  });
}

/** The run ends when the last cluster is rid of it; a stopped run ends when it goes on. */
function continueRemovals(progress: RunProgress, now: number): Step[] {
  if (progress.requested !== 'Run' || !progress.removal.clusters.every(isEnded)) return [];
  return succeed(progress, now);
}

function succeed(progress: RunProgress, now: number): Step[] {
  progress.removal.updatedAt ??= now;
  progress.removal.endedAt = now;
  progress.outcome = { result: 'succeeded', at: now, message: '' };
  return [{ do: 'finish' }];
}

function fail(progress: RunProgress, message: string, now: number): Step[] {
  progress.outcome = { result: 'failed', at: now, message };
  return [{ do: 'finish' }];
}

function endCluster(cluster: ClusterProgress | undefined, now: number, failure?: string): void {
  if (cluster === undefined || isEnded(cluster)) return;
  cluster.endedAt = now;
  delete cluster.trouble;
  if (failure !== undefined) cluster.failure = failure;
}

/** A report about a cluster that is no longer in work comes too late and is dropped. */
function noteTrouble(plan: RunPlan, progress: RunProgress, name: string, reason: string, since: string): void {
  const current = currentStage(progress);
  const planned = plan.stages[current]?.clusters ?? plan.removals;
  const stage = progress.stages[current] ?? progress.removal;
  const cluster = stage.clusters[planned.findIndex((candidate) => candidate.name === name)];
  if (cluster?.startedAt === undefined || isEnded(cluster)) return;
  if (reason === '') delete cluster.trouble;
  else cluster.trouble = { reason, since };
}

function stageAt(progress: RunProgress, index: number): StageProgress {
  const stage = progress.stages[index];
  if (stage === undefined) throw new RangeError(`The plan has no stage with index ${String(index)}.`);
  return stage;
}
