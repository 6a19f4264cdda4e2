/** What an External placement says about its rollout, which staged update runs drive, not the placement. */
import { placementConditions } from '../../api/conditions.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import type { Scope } from '../../api/references.ts';
import type { PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { aggregateSteps, statusOf } from './aggregate.ts';

/** Conditions after `Scheduled`, and the index that all clusters share; empty if they do not share one. */
export interface ExternalRollout {
  resourceIndex: string;
  conditions: ConditionContent[];
}

/**
 * Rollout of a placement over its selected clusters (at least one). While they are on different snapshots, which is
 * so during every run, nothing can be said about the placement as a whole: the entries hold the truth.
 */
export function externalRollout(scope: Scope, entries: readonly PerClusterPlacementStatus[]): ExternalRollout {
  const resourceIndex = sharedIndex(entries);
  const undecided = whyUndecided(scope, entries, resourceIndex);
  if (undecided !== undefined) return { resourceIndex, conditions: [undecided] };
  return { resourceIndex, conditions: aggregateSteps(scope, entries) };
}

function sharedIndex(entries: readonly PerClusterPlacementStatus[]): string {
  const indexes = new Set(entries.map(({ observedResourceIndex }) => observedResourceIndex ?? ''));
  const [only = ''] = indexes;
  return indexes.size === 1 ? only : '';
}

function whyUndecided(
  scope: Scope,
  entries: readonly PerClusterPlacementStatus[],
  resourceIndex: string,
): ConditionContent | undefined {
  const noneYet = entries.every(({ observedResourceIndex }) => (observedResourceIndex ?? '') === '');
  if (noneYet) return placementConditions(scope).noRolloutYet();
  if (resourceIndex === '') return placementConditions(scope).clustersDiffer();
  const undecided = entries.find((entry) => statusOf(entry, 'RolloutStarted') === 'Unknown');
  return undecided && placementConditions(scope).clusterUndecided(undecided.clusterName ?? '');
}
