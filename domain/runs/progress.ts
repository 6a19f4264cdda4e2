/**
 * What has happened to a run so far. Together with the frozen {@link RunPlan} it says everything about a run;
 * status on the hub, the query answer and the text in the Temporal UI are views of these two.
 * All lists have the order of the plan. All times are epoch milliseconds of the workflow's clock.
 */
import type { stageConditions, StageTaskMoment } from '../../api/runConditions.ts';
import type { RunPlan } from './plan.ts';

/**
 * What its owner wants of a run, as `spec.state` says: to be planned and no more, to be carried out, or to stop where
 * it is. A run without `state` is to be carried out.
 */
export type RequestedState = 'Initialize' | 'Run' | 'Stop';

/** Whether a run can be asked this now. One that has not begun cannot be stopped; the API server would say so too. */
export function isStep(requested: RequestedState, asked: RequestedState): boolean {
  return asked !== requested && !(asked === 'Stop' && requested === 'Initialize');
}

export interface ClusterProgress {
  startedAt?: number;
  endedAt?: number;
  /** Present when the cluster ended badly: one sentence. */
  failure?: string;
  /** Present while something hinders the cluster. */
  trouble?: { reason: string; /** RFC 3339. */ since: string };
}

export interface TaskProgress {
  /** Approval only: when the request was there. */
  requestedAt?: number;
  /** When the task was fulfilled: approved, or the wait was over. */
  doneAt?: number;
}

/** A stage's own `Progressing` condition. `since` moves only when the condition's status does. */
export interface StagePhase {
  phase: Exclude<keyof typeof stageConditions, 'succeeded' | 'failed'>;
  since: number;
}

export interface StageProgress {
  /** When the first cluster started; absent for a stage without clusters. */
  startedAt?: number;
  /** When the last cluster was done; waits count from here. */
  updatedAt?: number;
  /** When the last task was done as well. */
  endedAt?: number;
  failure?: string;
  /** Absent until there is something to say. */
  progressing?: StagePhase;
  clusters: ClusterProgress[];
  /** Absent for a stage that begins without asking. */
  beforeTasks?: TaskProgress[];
  /** After the clusters. */
  tasks: TaskProgress[];
}

/** The run's own `Progressing` condition. `since` moves only when `status` does. */
export interface ProgressingState {
  status: 'True' | 'False' | 'Unknown';
  reason: string;
  message: string;
  since: number;
}

export interface RunProgress {
  initializedAt: number;
  requested: RequestedState;
  /** Absent while the run has only been initialized. */
  progressing?: ProgressingState;
  stages: StageProgress[];
  removal: StageProgress;
  /** Present when the run is over. */
  outcome?: { result: 'succeeded' | 'failed'; at: number; message: string };
}

/** The tasks of one moment; none where the stage begins without asking. */
export function tasksOf(stage: StageProgress, when: StageTaskMoment): TaskProgress[] {
  return when === 'before' ? (stage.beforeTasks ?? []) : stage.tasks;
}

/** Progress of a plan at the moment of its initialization, before anything starts. */
export function initialProgress(plan: RunPlan, now: number, requested: RequestedState): RunProgress {
  return {
    initializedAt: now,
    requested,
    stages: plan.stages.map((stage) => ({
      clusters: stage.clusters.map(() => ({})),
      ...(stage.beforeTasks.length > 0 && { beforeTasks: stage.beforeTasks.map(() => ({})) }),
      tasks: stage.afterTasks.map(() => ({})),
    })),
    removal: { clusters: plan.removals.map(() => ({})), tasks: [] },
  };
}
