// Generated from api/crds/placement.kubernetes-fleet.io_clusterstagedupdatestrategies.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { LabelSelector, ObjectMeta } from '../meta.ts';

/**
 * The stages of an update, in order, and what has to happen around each. A run copies its strategy when it starts, so that later edits reach later runs only.
 */
export interface ClusterStagedUpdateStrategy {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: UpdateStrategySpec;
}
/**
 * The stages.
 */
export interface UpdateStrategySpec {
  /**
   * Stages in the order in which they are updated.
   */
  stages: StageConfig[];
}
/**
 * Some clusters that are updated together, and what has to happen before and after.
 */
export interface StageConfig {
  /**
   * Name of the stage, lower-case letters and digits.
   */
  name: string;
  /**
   * Labels of the member clusters in the stage. Absent selects none, an empty selector all.
   */
  labelSelector?: LabelSelector;
  /**
   * Label whose whole number orders the clusters, lowest first. Every cluster of the stage must carry it. Absent orders by name.
   */
  sortingLabelKey?: string;
  /**
   * How many clusters of the stage are updated at the same time, as a number or as a share of the stage such as 25%. Absent is 1.
   */
  maxConcurrency?: number | string;
  /**
   * What has to happen before the first cluster is updated.
   */
  beforeStageTasks?: StageTask[];
  /**
   * What has to happen after the clusters are updated; all of it, side by side.
   */
  afterStageTasks?: StageTask[];
}
/**
 * One thing to wait for.
 */
export interface StageTask {
  /**
   * TimedWait lets time pass; Approval waits for somebody to agree.
   */
  type: 'TimedWait' | 'Approval';
  /**
   * How long a TimedWait takes, for example 30s, 5m or 1h30m.
   */
  waitTime?: string;
}
