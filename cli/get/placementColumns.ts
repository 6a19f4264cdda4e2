/** Columns of `flotilla get placements`. */
import { placementStepType, rolloutSteps, type PlacementStep } from '../../api/conditions.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { ageColumn, conditionCell, nameColumn, type Column } from './columns.ts';

export const placementColumns: readonly Column<ClusterResourcePlacement>[] = [
  nameColumn,
  { header: 'ROLLOUT', cell: ({ spec }) => spec.strategy?.type ?? 'RollingUpdate' },
  { header: 'SNAPSHOT', cell: ({ status }) => status?.observedResourceIndex ?? '' },
  { header: 'SCHEDULED', cell: (placement) => stepCell(placement, 'Scheduled') },
  { header: 'AVAILABLE', cell: (placement) => stepCell(placement, 'Available') },
  { header: 'CLUSTERS', cell: clustersChosen },
  ageColumn,
  { header: 'POLICY', wide: true, cell: ({ spec }) => spec.policy?.placementType ?? 'PickAll' },
  { header: 'GEN', wide: true, cell: ({ metadata }) => String(metadata.generation ?? '') },
  { header: 'MESSAGE', wide: true, cell: firstTrouble },
];

function stepCell({ metadata, status }: ClusterResourcePlacement, step: PlacementStep): string {
  return conditionCell(status?.conditions, placementStepType(metadata, step));
}

/** Entries without a cluster say which ones the policy lacks. */
function clustersChosen({ status }: ClusterResourcePlacement): string {
  const chosen = status?.placementStatuses?.filter(({ clusterName }) => (clusterName ?? '') !== '');
  return chosen === undefined ? '' : String(chosen.length);
}

function firstTrouble({ metadata, status }: ClusterResourcePlacement): string {
  const types = (['Scheduled', ...rolloutSteps] as const).map((step) => placementStepType(metadata, step));
  const trouble = status?.conditions?.find(({ type, status: value }) => types.includes(type) && value !== 'True');
  return trouble?.message ?? '';
}
