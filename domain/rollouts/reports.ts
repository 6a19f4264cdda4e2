/** What a cluster reports on its binding, and whether it still holds. */
import { findCondition } from '../../api/conditions.ts';
import { annotations } from '../../api/labels.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { wholeNumber } from '../snapshots/groups.ts';

/**
 * The binding's condition of a type, as long as nobody has begun to change the cluster since. A newer generation of the
 * binding alone does not end it: the scheduler makes one when it selects a cluster under a new policy, or does so no
 * longer.
 */
export function standingReport(binding: ClusterResourceBinding, type: string): Condition | undefined {
  const condition = findCondition(binding.status?.conditions, type);
  return condition !== undefined && stands(binding, condition) ? condition : undefined;
}

/** All conditions that hold in this sense, in their order. */
export function standingReports(binding: ClusterResourceBinding): Condition[] {
  return (binding.status?.conditions ?? []).filter((condition) => stands(binding, condition));
}

/** Whether the cluster reports that all it has at present is available. */
export function isAvailable(binding: ClusterResourceBinding): boolean {
  return standingReport(binding, 'Available')?.status === 'True';
}

/** That a cluster has what it is to have, and can use it. */
export interface AvailabilityReport {
  /** Epoch milliseconds. Conditions tell whole seconds, so this is the end of the second. */
  since: number;
  /** False when nobody can tell of each object whether it is available. */
  observed: boolean;
  /** It is the first that the cluster has ever got from the placement. */
  first?: true;
}

/** Absent while the cluster does not report that its present content is available. */
export function availabilityReport(binding: ClusterResourceBinding): AvailabilityReport | undefined {
  const available = standingReport(binding, 'Available');
  if (available?.status !== 'True') return undefined;
  return {
    since: Date.parse(available.lastTransitionTime) + 999,
    observed: !unobserved.has(available.reason),
    ...(contentGenerationOf(binding) === firstContent && { first: true }),
  };
}

/** Reasons of `Available` True when nobody can tell of each object whether it is available. */
const unobserved: ReadonlySet<string> = new Set(['NotAllWorkAreAvailabilityTrackable', 'WorkNotTrackable']);

/** Bindings are made with generation 1. What has this one is a first content for sure; another may be as well. */
const firstContent = 2;

function contentGenerationOf({ metadata }: ClusterResourceBinding): number | undefined {
  return wholeNumber(metadata.annotations?.[annotations.contentGeneration]);
}

function stands(binding: ClusterResourceBinding, { observedGeneration }: Condition): boolean {
  const changedAt = contentGenerationOf(binding) ?? binding.metadata.generation ?? 0;
  return (observedGeneration ?? -1) >= changedAt;
}
