/** What an External placement says about its rollout, which staged update runs drive, not the placement. */
import { findCondition, placementConditions, rolloutSteps } from '../../api/conditions.ts';
import type { ConditionContent, RolloutStep } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** Conditions after `Scheduled`, and the index that all clusters share; empty if they do not share one. */
export interface ExternalRollout {
  resourceIndex: string;
  conditions: ConditionContent[];
}

/**
 * Rollout of a placement over its selected clusters (at least one). While they are on different snapshots, which is
 * so during every run, nothing can be said about the placement as a whole: the entries hold the truth.
 */
export function externalRollout(entries: readonly PerClusterPlacementStatus[]): ExternalRollout {
  const resourceIndex = sharedIndex(entries);
  const undecided = whyUndecided(entries, resourceIndex);
  if (undecided !== undefined) return { resourceIndex, conditions: [undecided] };
  const conditions: ConditionContent[] = [];
  for (const step of rolloutSteps) {
    const condition = aggregate(step, entries);
    conditions.push(condition);
    if (condition.status !== 'True') break;
  }
  return { resourceIndex, conditions };
}

function sharedIndex(entries: readonly PerClusterPlacementStatus[]): string {
  const indexes = new Set(entries.map(({ observedResourceIndex }) => observedResourceIndex ?? ''));
  const [only = ''] = indexes;
  return indexes.size === 1 ? only : '';
}

function whyUndecided(
  entries: readonly PerClusterPlacementStatus[],
  resourceIndex: string,
): ConditionContent | undefined {
  const noneYet = entries.every(({ observedResourceIndex }) => (observedResourceIndex ?? '') === '');
  if (noneYet) return placementConditions.noRolloutYet();
  if (resourceIndex === '') return placementConditions.clustersDiffer();
  const undecided = entries.find((entry) => statusOf(entry, 'RolloutStarted') === 'Unknown');
  return undecided && placementConditions.clusterUndecided(undecided.clusterName ?? '');
}

/** Unknown outranks False, False outranks True; the count is that of the clusters with the winning status. */
function aggregate(step: RolloutStep, entries: readonly PerClusterPlacementStatus[]): ConditionContent {
  const statuses = entries.map((entry) => statusOf(entry, step));
  const winning = (['Unknown', 'False', 'True'] as const).find((status) => statuses.includes(status)) ?? 'Unknown';
  return placementConditions.step(step, winning, statuses.filter((status) => status === winning).length);
}

function statusOf({ conditions }: PerClusterPlacementStatus, type: string): Condition['status'] {
  return findCondition(conditions, type)?.status ?? 'Unknown';
}
