// Generated from api/crds/placement.kubernetes-fleet.io_clusterstagedupdateruns.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, LabelSelector, ObjectMeta } from '../meta.ts';

/**
 * Brings one resource snapshot of a placement to its clusters, stage by stage. It starts when it is created unless its state says otherwise; going back is a run with an older index.
 */
export interface ClusterStagedUpdateRun {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: UpdateRunSpec;
  status?: UpdateRunStatus;
}
/**
 * What to bring where, and in which order.
 */
export interface UpdateRunSpec {
  /**
   * The ClusterResourcePlacement to roll out; its strategy type must be External.
   */
  placementName: string;
  /**
   * Index of the resource snapshot to bring to the clusters, for example "1". Absent takes the latest one when the run is initialized.
   */
  resourceSnapshotIndex?: string;
  /**
   * The ClusterStagedUpdateStrategy with the stages.
   */
  stagedRolloutStrategyName: string;
  /**
   * What the run shall do. Initialize chooses the clusters and waits, Run updates them, Stop lets what was started finish and starts nothing more until it is Run again. Absent is Run.
   */
  state?: 'Initialize' | 'Run' | 'Stop';
}
/**
 * How far the run is.
 */
export interface UpdateRunStatus {
  /**
   * Index of the policy snapshot by which the clusters were chosen.
   */
  policySnapshotIndexUsed?: string;
  /**
   * Index of the resource snapshot that was taken when the spec names none.
   */
  resourceSnapshotIndexUsed?: string;
  /**
   * How many clusters are selected.
   */
  policyObservedClusterCount?: number;
  appliedStrategy?: ApplyStrategy;
  stagedUpdateStrategySnapshot?: UpdateStrategySpec;
  /**
   * One entry for each stage, in order.
   */
  stagesStatus?: StageUpdatingStatus[];
  deletionStageStatus?: StageUpdatingStatus;
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
/**
 * How objects are written to a cluster, copied from the placement when it says so.
 */
export interface ApplyStrategy {
  /**
   * Objects are written by server-side apply.
   */
  type: 'ServerSideApply';
  /**
   * Settings of server-side apply.
   */
  serverSideApplyConfig?: {
    /**
     * Take over fields that somebody else owns. Without it such a field makes the object fail.
     */
    force?: boolean;
  };
}
/**
 * The stages as they were when the run was initialized; the run keeps to them.
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
/**
 * How far one stage is.
 */
export interface StageUpdatingStatus {
  /**
   * Name of the stage.
   */
  stageName: string;
  /**
   * The clusters of the stage, in the order in which they are updated.
   */
  clusters: ClusterUpdatingStatus[];
  /**
   * One entry for each task before the stage.
   */
  beforeStageTaskStatus?: StageTaskStatus[];
  /**
   * One entry for each task after the stage, in the strategy's order.
   */
  afterStageTaskStatus?: StageTaskStatus[];
  /**
   * When the first cluster of the stage was started.
   */
  startTime?: string;
  /**
   * When the stage ended, its tasks included.
   */
  endTime?: string;
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
/**
 * How far one cluster is.
 */
export interface ClusterUpdatingStatus {
  /**
   * Name of the member cluster.
   */
  clusterName: string;
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
/**
 * How far one task is.
 */
export interface StageTaskStatus {
  /**
   * The task's type.
   */
  type: 'TimedWait' | 'Approval';
  /**
   * The ClusterApprovalRequest of an Approval.
   */
  approvalRequestName?: string;
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
}
