/** The rollout of a placement that rolls out by itself, as lines: like `kubectl rollout status` of a Deployment. */
import { findCondition, isConditionTrue, placementStepType, rolloutSteps } from '../../api/conditions.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement, PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { describeIdentifier } from '../../domain/selection/identifiers.ts';
import type { StatusLine } from './runLines.ts';
import { placementTarget } from './target.ts';

export function placementLines(placement: ClusterResourcePlacement): StatusLine[] {
  const { metadata, status = {} } = placement;
  const name = placementTarget(referenceOf(placement));
  const scheduled = findCondition(status.conditions, placementStepType(metadata, 'Scheduled'));
  if (scheduled?.status !== 'True' || scheduled.observedGeneration !== metadata.generation) {
    const why = scheduled?.observedGeneration === metadata.generation ? scheduled?.message : undefined;
    const text = `Waiting for ${name} to be scheduled: ${why ?? 'no worker has looked at it since it was changed'}`;
    return [{ subject: 'rollout', text }];
  }
  const entries = status.placementStatuses ?? [];
  const updated = entries.filter(({ conditions }) => isConditionTrue(conditions, 'Applied')).length;
  const available = entries.filter(({ conditions }) => isConditionTrue(conditions, 'Available')).length;
  const counts = `${String(updated)} of ${String(entries.length)} clusters updated, ${String(available)} available`;
  return [
    { subject: 'rollout', text: `Waiting for ${name} to be rolled out: ${counts}` },
    ...entries.map((entry) => ({ subject: `cluster ${entry.clusterName ?? ''}`, text: troubleOf(entry) })),
  ];
}

/** Whether everything that the placement selects now is available on all clusters. */
export function isRolledOut({ metadata, status }: ClusterResourcePlacement): boolean {
  return (['Scheduled', ...rolloutSteps] as const).every((step) =>
    isConditionTrue(status?.conditions, placementStepType(metadata, step), metadata.generation),
  );
}

function troubleOf({ clusterName, failedPlacements, conditions }: PerClusterPlacementStatus): string {
  const step = ['Applied', 'Available'].find((type) => findCondition(conditions, type)?.status === 'False');
  if (step === undefined) return '';
  const [first, ...others] = failedPlacements ?? [];
  if (first === undefined) return `cluster ${clusterName ?? ''}: ${findCondition(conditions, step)?.message ?? ''}`;
  const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`;
  return `cluster ${clusterName ?? ''}: ${describeIdentifier(first)}: ${first.condition.message}${more}`;
}
