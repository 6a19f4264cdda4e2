/**
 * The frozen plan of a staged update run. It is made once, at initialization, and never changed:
 * whatever happens to the strategy, the labels or this program meanwhile, a run that has begun keeps its order.
 * A plan lives in the workflow's history, so it holds names only, no manifests.
 */
import type { ObjectReference } from '../../api/references.ts';
import type { ApplyStrategy } from '../../api/types/clusterresourceplacement.ts';

/** What is to be done before or after the clusters of a stage are updated, all tasks of one moment side by side. */
export type PlannedTask =
  | { type: 'TimedWait'; /** Milliseconds from the moment the last cluster was done. */ waitMs: number }
  | { type: 'Approval'; /** Name of the approval request on the hub. */ request: string };

/** One cluster of the plan and the binding through which it is reached. */
export interface PlannedCluster {
  name: string;
  binding: string;
}

/** One stage: its clusters in the order in which they start. */
export interface PlannedStage {
  name: string;
  clusters: PlannedCluster[];
  /** How many clusters may be in work at once; at least 1. */
  maxConcurrency: number;
  /** Approvals only. */
  beforeTasks: PlannedTask[];
  afterTasks: PlannedTask[];
}

/** Everything that the workflow needs to know to carry the run out. */
export interface RunPlan {
  run: ObjectReference & { uid: string; /** RFC 3339, see `creationOf`. */ createdAt: string; generation: number };
  /** `generation` is the one that leaves the rollout to runs; absent where it is not known. */
  placement: ObjectReference & { uid: string; generation?: number };
  resourceSnapshot: {
    index: string;
    name: string;
    /** The index as the run's spec gives it: empty when the run left the choice to us. */
    requestedIndex: string;
  };
  applyStrategy?: ApplyStrategy;
  stages: PlannedStage[];
  /** Milliseconds after which a cluster in work counts as stuck. */
  stuckAfterMs: number;
  /** Clusters that are no longer selected and still hold the placement's objects, in order of their names. */
  removals: PlannedCluster[];
}

/** How many clusters the stages have, and how many are removed. */
export function sizesOf(plan: RunPlan): { stages: number[]; removals: number } {
  return { stages: plan.stages.map(({ clusters }) => clusters.length), removals: plan.removals.length };
}
