/** One step of a rollout counted over clusters. */
import { findCondition, placementConditions, rolloutSteps } from '../../api/conditions.ts';
import type { ConditionContent, RolloutStep } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { Scope } from '../../api/references.ts';
import type { PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';

/** The steps of a rollout over its selected clusters (at least one), up to the first that is not True. */
export function aggregateSteps(scope: Scope, entries: readonly PerClusterPlacementStatus[]): ConditionContent[] {
  const conditions: ConditionContent[] = [];
  for (const step of rolloutSteps) {
    const condition = aggregate(scope, step, entries);
    conditions.push(condition);
    if (condition.status !== 'True') break;
  }
  return conditions;
}

/** What an entry says about a step; Unknown where it says nothing. */
export function statusOf({ conditions }: PerClusterPlacementStatus, type: string): Condition['status'] {
  return findCondition(conditions, type)?.status ?? 'Unknown';
}

/** Unknown outranks False, False outranks True; the count is that of the clusters with the winning status. */
function aggregate(scope: Scope, step: RolloutStep, entries: readonly PerClusterPlacementStatus[]): ConditionContent {
  const statuses = entries.map((entry) => statusOf(entry, step));
  const winning = (['Unknown', 'False', 'True'] as const).find((status) => statuses.includes(status)) ?? 'Unknown';
  return placementConditions(scope).step(step, winning, statuses.filter((status) => status === winning).length);
}
