/**
 * What has happened to a run so far. Together with the frozen {@link RunPlan} it says everything about a run;
 * status on the hub, the query answer and the text in the Temporal UI are views of these two.
 * All lists have the order of the plan. All times are epoch milliseconds of the workflow's clock.
 */
import type { RunPlan } from './plan.ts';

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

export interface StageProgress {
  /** When the first cluster started; absent for a stage without clusters. */
  startedAt?: number;
  /** When the last cluster was done; waits count from here. */
  updatedAt?: number;
  /** When the last task was done as well. */
  endedAt?: number;
  failure?: string;
  clusters: ClusterProgress[];
  tasks: TaskProgress[];
}

/** The run's own `Progressing` condition. `since` moves only when `status` does. */
export interface ProgressingState {
  status: 'True' | 'False';
  reason: string;
  message: string;
  since: number;
}

export interface RunProgress {
  initializedAt: number;
  progressing: ProgressingState;
  stages: StageProgress[];
  removal: StageProgress;
  /** Present when the run is over. */
  outcome?: { result: 'succeeded' | 'failed'; at: number; message: string };
}

/** Progress of a plan at the moment of its initialization. */
export function initialProgress(plan: RunPlan, now: number, progressing: ProgressingState): RunProgress {
  return {
    initializedAt: now,
    progressing,
    stages: plan.stages.map((stage) => ({
      clusters: stage.clusters.map(() => ({})),
      tasks: stage.afterTasks.map(() => ({})),
    })),
    removal: { clusters: plan.removals.map(() => ({})), tasks: [] },
  };
}
