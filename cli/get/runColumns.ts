/** Columns of `flotilla get runs`. */
import { isConditionTrue } from '../../api/conditions.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { phaseOfObject } from '../../domain/runs/objectPhase.ts';
import { pictureOf } from '../run/picture.ts';
import { ageColumn, nameColumn, type Column } from './columns.ts';

export const runColumns: readonly Column<ClusterStagedUpdateRun>[] = [
  nameColumn,
  { header: 'PLACEMENT', cell: ({ spec }) => spec.placementName },
  {
    header: 'SNAPSHOT',
    cell: ({ spec, status }) => spec.resourceSnapshotIndex ?? status?.resourceSnapshotIndexUsed ?? '',
  },
  { header: 'STATE', cell: phaseOfObject },
  { header: 'STAGE', cell: currentStage },
  { header: 'CLUSTERS', cell: clustersDone },
  ageColumn,
  { header: 'STRATEGY', wide: true, cell: ({ spec }) => spec.stagedRolloutStrategyName },
  { header: 'MESSAGE', wide: true, cell: (run) => pictureOf({ run, approvals: [], troubles: new Map() }).message },
];

/** The stage in which the run is, or in which it ended. */
function currentStage({ status }: ClusterStagedUpdateRun): string {
  const stage = status?.stagesStatus?.find(({ conditions }) => !isConditionTrue(conditions, 'Succeeded'));
  return stage?.conditions === undefined ? '' : stage.stageName;
}

function clustersDone({ status }: ClusterStagedUpdateRun): string {
  if (status?.stagesStatus === undefined) return '';
  const clusters = status.stagesStatus.flatMap((stage) => stage.clusters);
  const done = clusters.filter(({ conditions }) => isConditionTrue(conditions, 'Succeeded'));
  return `${done.length}/${clusters.length}`;
}
