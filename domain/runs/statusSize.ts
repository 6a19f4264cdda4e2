/**
 * Keeps the status of a run over thousands of clusters below what an object may weigh. Above the limit, clusters that
 * are updated are shown by their names alone, and the stage says so; clusters in work or in trouble stay whole.
 */
import type {
  ClusterUpdatingStatus,
  StageUpdatingStatus,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { findCondition } from '../../api/conditions.ts';

/** Bytes of JSON. etcd refuses 1.5 MiB, of which the rest of the object and the encoding need a part. */
const statusLimit = 1024 * 1024;

/** The status, made smaller where it has to be. */
export function fitStatus(status: UpdateRunStatus): UpdateRunStatus {
  return sizeOf(status) <= statusLimit
    ? status
    : {
        ...status,
        stagesStatus: status.stagesStatus?.map(shrinkStage),
        ...(status.deletionStageStatus !== undefined && {
          deletionStageStatus: shrinkStage(status.deletionStageStatus),
        }),
      };
}

/**
 * Whether the plan itself leaves room for what a run has to say on the way.
 * @returns one sentence on what to change, or `undefined` when it fits
 */
export function statusProblem(status: UpdateRunStatus): string | undefined {
  const size = sizeOf(status);
  // Half is kept for the clusters in work and in trouble.
  if (size <= statusLimit / 2) return undefined;
  const clusters = (status.stagesStatus ?? []).reduce((sum, stage) => sum + stage.clusters.length, 0);
  return (
    `the run is over ${String(clusters)} clusters, whose names alone take ${String(Math.ceil(size / 1024))} KiB of its status ` +
    `and may take ${String(statusLimit / 2 / 1024)}; divide the clusters among several placements`
  );
}

function shrinkStage(stage: StageUpdatingStatus): StageUpdatingStatus {
  let left = 0;
  const clusters = stage.clusters.map((cluster): ClusterUpdatingStatus => {
    if (findCondition(cluster.conditions, 'Succeeded')?.status !== 'True') return cluster;
    left += 1;
    return { clusterName: cluster.clusterName };
  });
  if (left === 0) return stage;
  const note = `; ${String(left)} updated clusters are shown without conditions, because the status would be too large`;
  return {
    ...stage,
    clusters,
    conditions: stage.conditions?.map((condition) =>
      condition.type === 'Progressing' ? { ...condition, message: condition.message + note } : condition,
    ),
  };
}

function sizeOf(status: UpdateRunStatus): number {
  return Buffer.byteLength(JSON.stringify(status));
}
