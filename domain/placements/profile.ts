/** Under which names a placement that rolls out by itself shows its progress. */
import type { ConditionContent } from '../../api/conditions.ts';
import { placementStepType } from '../../api/conditions.ts';
import { documentedEntryConditions, documentedPlacementConditions } from '../../api/documentedConditions.ts';
import type { Scope } from '../../api/references.ts';
import type { PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { statusOf } from './aggregate.ts';

/**
 * `documented`: the conditions of the document about placements first, those of later generations after them;
 * `upstream`: only the latter. Where both have one of the same type, that of the document stands.
 */
export type StatusProfile = (typeof statusProfiles)[number];

export const statusProfiles = ['documented', 'upstream'] as const;

/**
 * Conditions of a placement as the document has them.
 * @param conditions after `Scheduled`, in the order of the steps
 * @param entries of the selected clusters, at least one
 */
export function documentedConditions(
  scope: Scope,
  conditions: readonly ConditionContent[],
  entries: readonly PerClusterPlacementStatus[],
): ConditionContent[] {
  const texts = documentedPlacementConditions(scope);
  const synchronized = entries.filter((entry) => statusOf(entry, 'WorkSynchronized') === 'True').length;
  const applied = entries.filter((entry) => statusOf(entry, 'Applied') === 'True').length;
  const failed = entries.filter((entry) => statusOf(entry, 'Applied') === 'False').length;
  const clusters = entries.length;
  const application = failed > 0 ? texts.notApplied(failed) : texts.applyPending(clusters - applied);
  const appliedType = placementStepType(scope, 'Applied');
  return [
    synchronized === clusters ? texts.synchronized(clusters) : texts.notSynchronized(clusters - synchronized),
    applied === clusters ? texts.applied(clusters) : application,
    ...conditions.filter(({ type }) => type !== appliedType),
  ];
}

/**
 * Conditions of a cluster's entry as the document has them.
 * @param conditions those of the later generations, `Scheduled` first
 */
export function documentedEntry(conditions: readonly ConditionContent[]): ConditionContent[] {
  const of = (wanted: string): ConditionContent | undefined => conditions.find(({ type }) => type === wanted);
  const { scheduled, notScheduled, synchronized, notSynchronized, applied, notApplied, applyPending } =
    documentedEntryConditions;
  const decision = of('Scheduled');
  if (decision?.status !== 'True') return [notScheduled(decision?.message ?? ''), ...conditions];
  const application = { True: applied, False: notApplied, Unknown: applyPending }[of('Applied')?.status ?? 'Unknown'];
  return [
    scheduled(decision.message),
    of('WorkSynchronized')?.status === 'True' ? synchronized() : notSynchronized(),
    application(),
    ...conditions.filter(({ type }) => type !== 'WorkSynchronized'),
  ];
}
